// What variables hold as Prometheus' text, and how threads get at it.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "runtime/engine/engine.h"
#include "runtime/metrics/exchange.h"
#include "runtime/metrics/own.h"
#include "runtime/metrics/reader.h"
#include "runtime/sinks/output.h"
#include "runtime/sinks/text_sink.h"
#include "tests/unit/program_for.h"

using namespace probevue;

namespace {

// A script whose first clause has run once.
class Read {
public:
    explicit Read(const std::string& text, uint64_t max_series = 1000) {
        Compiled made = compile_for(text, {});
        INFO(made.messages);
        REQUIRE(made.program.has_value());
        program = std::move(*made.program);
        sink = std::make_unique<TextSink>(std::make_unique<MemoryOutput>(), SinkOptions{});
        auto created = Engine::create(program, EngineOptions{}, *sink);
        REQUIRE(created.has_value());
        engine = std::move(*created);
        sink->set_resolver(&engine->resolver());
        reader = std::make_unique<MetricsReader>(program, *engine, max_series);
        run(0);
    }
    void run(size_t clause) {
        EngineContext context;
        engine->run(clause, context, RecordOrigin{});
    }
    // The lines of a family that are no comments, or with `head` those that are.
    std::string lines(const std::string& name, bool head = false) {
        std::string all;
        reader->read(all);
        std::string out;
        for (size_t at = 0; at < all.size();) {
            const std::string line = all.substr(at, all.find('\n', at) - at);
            at += line.size() + 1;
            const bool is_head = line.starts_with("#");
            if (head == is_head && line.find(name) != std::string::npos) out += line + "\n";
        }
        return out;
    }

    Program program;
    std::unique_ptr<TextSink> sink;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<MetricsReader> reader;
};

}  // namespace

TEST_CASE("metrics: numbers are counters or gauges, with the comment above as help") {
    Read read(
        "// what \\ came\nint n;\nint m;\ndouble f; float g; short k; unsigned char c; String s[20]; ip_addr_t a;\n"
        "@@BEGIN { n++; n += 4; m = -7; f = 2.5; g = -0.5; k = -3; c = 200; s = \"x\\\"y\\nz\\\\\"; a = \"192.0.2.1\"; "
        "}");
    CHECK(read.lines("probevue_n_total") == "probevue_n_total 5\n");
    CHECK(read.lines("probevue_n_total", true) ==
          "# HELP probevue_n_total what \\\\ came\n# TYPE probevue_n_total counter\n");
    CHECK(read.lines("probevue_mvar") == "probevue_mvar -7\n");
    CHECK(read.lines("probevue_mvar", true) ==
          "# HELP probevue_mvar variable `m` of test.e\n# TYPE probevue_mvar gauge\n");
    CHECK(read.lines("probevue_f") == "probevue_f 2.5\n");
    CHECK(read.lines("probevue_g") == "probevue_g -0.5\n");
    CHECK(read.lines("probevue_k") == "probevue_k -3\n");
    CHECK(read.lines("probevue_c") == "probevue_c 200\n");
    CHECK(read.lines("_info") ==
          "probevue_svar_info{value=\"x\\\"y\\nz\\\\\"} 1\nprobevue_a_info{value=\"192.0.2.1\"} 1\n");
}

TEST_CASE("metrics: arrays are series by their keys, the greatest first") {
    Read read("int i; String s[8];\n@@BEGIN { i = 4; s = \"p\"; a[i][s]++; a[5][\"q\"] += 3; b[i]++; b[9] = 2; }");
    CHECK(read.lines("probevue_a_total{") ==
          "probevue_a_total{i=\"5\",s=\"q\"} 3\nprobevue_a_total{i=\"4\",s=\"p\"} 1\n");
    CHECK(read.lines("probevue_bvar{") == "probevue_bvar{i=\"9\"} 2\nprobevue_bvar{i=\"4\"} 1\n");
}

TEST_CASE("metrics: beyond the cap the rest is one series, or counted") {
    Read read(
        "int i; @@BEGIN { a[1] += 10; a[2] += 9; a[3] += 2; a[4] += 1; append(l[1], 5); append(l[1], 6); append(l[2], "
        "7);"
        " append(l[3], 8); s[1] = \"x\"; s[2] = \"y\"; s[3] = \"z\"; }",
        2);
    CHECK(read.lines("probevue_a_total{") ==
          "probevue_a_total{key1=\"1\"} 10\nprobevue_a_total{key1=\"2\"} 9\nprobevue_a_total{key1=\"other\"} 3\n");
    CHECK(read.lines("probevue_l_sum{") ==
          "probevue_l_sum{key1=\"1\"} 11\nprobevue_l_sum{key1=\"2\"} 7\n"
          "probevue_l_sum{key1=\"other\"} 8\n");
    CHECK(read.lines("probevue_l_count{key1=\"other\"}") == "probevue_l_count{key1=\"other\"} 1\n");
    CHECK(read.lines("probevue_svar_info") ==
          "probevue_svar_info{key1=\"1\",value=\"x\"} 1\nprobevue_svar_info{key1=\"2\",value=\"y\"} 1\n");
    CHECK(read.lines("series_dropped") ==
          "probevue_series_dropped{variable=\"a\"} 2\n"
          "probevue_series_dropped{variable=\"l\"} 1\n"
          "probevue_series_dropped{variable=\"s\"} 1\n");
}

TEST_CASE("metrics: buckets of distributions are cumulative, and once there they stay") {
    Read read("@@BEGIN { add_dist(x, 5); add_dist(x, 6); add_dist(x, 130); }\n@@END { add_dist(x, -3); }");
    CHECK(read.lines("probevue_x") ==
          "probevue_x_bucket{le=\"7\"} 2\nprobevue_x_bucket{le=\"15\"} 2\nprobevue_x_bucket{le=\"31\"} 2\n"
          "probevue_x_bucket{le=\"63\"} 2\nprobevue_x_bucket{le=\"127\"} 2\nprobevue_x_bucket{le=\"255\"} 3\n"
          "probevue_x_bucket{le=\"+Inf\"} 3\nprobevue_x_sum 141\nprobevue_x_count 3\n");
    read.run(1);
    CHECK(read.lines("probevue_x") ==
          "probevue_x_bucket{le=\"-2\"} 1\nprobevue_x_bucket{le=\"-1\"} 1\nprobevue_x_bucket{le=\"0\"} 1\n"
          "probevue_x_bucket{le=\"1\"} 1\nprobevue_x_bucket{le=\"3\"} 1\nprobevue_x_bucket{le=\"7\"} 3\n"
          "probevue_x_bucket{le=\"15\"} 3\nprobevue_x_bucket{le=\"31\"} 3\nprobevue_x_bucket{le=\"63\"} 3\n"
          "probevue_x_bucket{le=\"127\"} 3\nprobevue_x_bucket{le=\"255\"} 4\nprobevue_x_bucket{le=\"+Inf\"} 4\n"
          "probevue_x_sum 138\nprobevue_x_count 4\n");
}

TEST_CASE("metrics: ranges") {
    Read read(
        "range_t lin, pow, str;\n@@BEGIN { set_range(lin, LINEAR, 0, 25, 10); set_range(pow, POWER, 2);"
        " add_range(str, \"read\", \"write\"); add_range(str, \"open\");"
        " qrange(a[1], lin, 5); qrange(a[1], lin, 24); qrange(a[1], lin, 25); qrange(b[1], pow, 9); qrange(b[1], pow, "
        "2);"
        " qrange(c[1], str, \"open\"); qrange(c[1], str, \"close\"); }");
    CHECK(read.lines("probevue_a_") ==
          "probevue_a_bucket{key1=\"1\",le=\"9\"} 1\nprobevue_a_bucket{key1=\"1\",le=\"19\"} 1\n"
          "probevue_a_bucket{key1=\"1\",le=\"24\"} 2\nprobevue_a_bucket{key1=\"1\",le=\"+Inf\"} 3\n"
          "probevue_a_count{key1=\"1\"} 3\n");
    CHECK(read.lines("probevue_bvar_") ==
          "probevue_bvar_bucket{key1=\"1\",le=\"3\"} 1\nprobevue_bvar_bucket{key1=\"1\",le=\"7\"} 1\n"
          "probevue_bvar_bucket{key1=\"1\",le=\"15\"} 2\nprobevue_bvar_bucket{key1=\"1\",le=\"+Inf\"} 2\n"
          "probevue_bvar_count{key1=\"1\"} 2\n");
    CHECK(read.lines("probevue_c_") ==
          "probevue_c_total{key1=\"1\",slot=\"Others\"} 1\nprobevue_c_total{key1=\"1\",slot=\"open\"} 1\n"
          "probevue_c_total{key1=\"1\",slot=\"read,write\"} 0\n");
}

TEST_CASE("metrics: many slots of a range share buckets, and nothing is lost") {
    Read read(
        "range_t r;\n@@BEGIN { set_range(r, LINEAR, 0, 1000, 1); qrange(a[1], r, 0); qrange(a[1], r, 15);"
        " qrange(a[1], r, 16); qrange(a[1], r, 999); }");
    const std::string lines = read.lines("probevue_a_bucket");
    CHECK(std::count(lines.begin(), lines.end(), '\n') <= 65);
    CHECK(lines.starts_with("probevue_a_bucket{key1=\"1\",le=\"15\"} 2\nprobevue_a_bucket{key1=\"1\",le=\"31\"} 3\n"));
    CHECK(lines.ends_with("le=\"999\"} 4\nprobevue_a_bucket{key1=\"1\",le=\"+Inf\"} 4\n"));
}

TEST_CASE("metrics: names that are taken are made others") {
    Read read("int up, packets, x_sum; __list x;\n@@BEGIN { up = 3; packets++; append(x, 4); x_sum = 5; y++; Y++; }");
    CHECK(read.lines("probevue_script_up") == "probevue_script_up 3\n");
    CHECK(read.lines("probevue_script_packets_total") == "probevue_script_packets_total 1\n");
    CHECK(read.lines("probevue_x_sumvar") == "probevue_x_sumvar 5\n");
    CHECK(read.lines("probevue_x_sum ") == "probevue_x_sum 4\n");
    CHECK(read.lines("probevue_y_total") == "probevue_y_total 1\n");
    CHECK(read.lines("probevue_script_y_total") == "probevue_script_y_total 1\n");
}

TEST_CASE("metrics: losses of all stages, and what a session is") {
    Statistics statistics;
    statistics.buffer_full = 3;
    statistics.packets = 9;
    statistics.cpu_ns = 1'500'000'000;
    std::string text;
    append_own(text, statistics, {false, 4096, 2});
    for (const std::string_view line :
         {"\nprobevue_up 0\n", "\nprobevue_lost_total{stage=\"buffer_full\"} 3\n", "\nprobevue_packets_total 9\n",
          "\nprobevue_lost_total{stage=\"array_full\"} 0\n", "\nprobevue_cpu_seconds_total 1.5\n",
          "\nprobevue_resident_memory_bytes 4096\n", "\nprobevue_push_failures_total 2\n"})
        CHECK(text.find(line) != std::string::npos);
    for (const std::string_view name : own_names())
        CHECK((name == "probevue_series_dropped" || text.find("# TYPE " + std::string(name)) != std::string::npos));
    CHECK(resident_memory() > 1'000'000);
}

TEST_CASE("metrics: a text is made when it is asked for, by who is woken, and not too often") {
    int woken = 0;
    TextExchange texts([&] { ++woken; });
    CHECK_FALSE(texts.wanted());
    TextExchange::Text got;
    std::thread asks([&] { got = texts.ask(); });
    while (!texts.wanted()) std::this_thread::yield();
    texts.answer("one", 60'000'000'000);
    asks.join();
    REQUIRE(got != nullptr);
    CHECK(*got == "one");
    CHECK(woken == 1);
    CHECK(*texts.ask() == "one");  // it took a minute: the next is made in ten
    CHECK(woken == 1);
    texts.close("last");
    CHECK(*texts.ask() == "last");
    CHECK_FALSE(texts.wanted());
}
