// Both homes of clauses on the same loads: what runs in the kernel prints what it prints in the engine, and the numbers
// are those that the load must give.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/live/traced_script.h"

namespace probevue::live {
namespace {

struct Both {
    TracedRun engine;
    TracedRun kernel;
};

// Connections one after the other, and how many changes of state they cause.
struct Load {
    uint16_t port = 0;
    int count = 0;

    uint64_t caused() const { return 10 * static_cast<uint64_t>(count) + 2; }
    void operator()() const { connections("127.0.0.1", "127.0.0.1", port, count); }
};

// What stands in the way of a comparison; empty: every program saw all.
struct Seen {
    TracedRun run;
    std::string unseen;
};

Seen run_seen(const std::string& text, const Load& load, TraceSetup setup) {
    Seen out;
    Visible visible;
    out.run = run_traced(
        text, [&] { visible = witness_states(load, load.caused()); }, std::move(setup));
    CHECK(visible.problem == "");
    if (!visible.all())
        out.unseen = fmt::format("this kernel kept {} of {} events from all programs, as a witness says",
                                 visible.caused - visible.seen, visible.caused);
    if (out.run.statistics.nested != 0)
        out.unseen +=
            fmt::format(" {} events came inside of another one's program, and were counted", out.run.statistics.nested);
    return out;
}

// What is compared needs runs in which nothing was hidden from all programs. A run is taken again only where a second
// program says so, never because of what it printed, and each time it is said.
void take_until_seen(const std::function<std::string()>& attempt) {
    constexpr int attempts = 20;
    for (int i = 0; i < attempts; ++i) {
        const std::string unseen = attempt();
        if (unseen.empty()) return;
        fmt::print("taken again: {}\n", unseen);
        if (sees_all()) break;
    }
    FAIL_CHECK("there was no run of which programs saw all");
}

TracedRun run_whole(const std::string& text, const Load& load, TraceSetup setup = {}) {
    Seen seen;
    take_until_seen([&] {
        seen = run_seen(text, load, setup);
        return seen.unseen;
    });
    return std::move(seen.run);
}

std::string as_printed(const TracedRun& run) { return run.output; }

// `compared`: what of the output must be the same.
Both run_both(const std::string& text, const Load& load, std::string (*compared)(const TracedRun&) = as_printed) {
    const Both out{run_whole(text, load, {.home = HomeChoice::engine}),
                   run_whole(text, load, {.home = HomeChoice::kernel})};
    CHECK(compared(out.engine) == compared(out.kernel));
    CHECK(out.engine.errors == out.kernel.errors);
    CHECK(
        std::all_of(out.engine.homes.begin(), out.engine.homes.end(), [](Home home) { return home == Home::engine; }));
    CHECK(
        std::any_of(out.kernel.homes.begin(), out.kernel.homes.end(), [](Home home) { return home == Home::kernel; }));
    CHECK(out.engine.statistics.clauses.front().matched == out.kernel.statistics.clauses.front().matched);
    return out;
}

std::string states(const std::string& predicate, const std::string& body) {
    return fmt::format("@@net:tcp:state_change when (__netns == NETNS{}{}) {{ {} }}\n",
                       predicate.empty() ? "" : " and ", predicate, body);
}

// Lines end in 1 at the listener's end of a connection. The two ends change their states on two processors, so that
// only the order of each is the same in all runs.
std::string by_end(const TracedRun& run) {
    std::vector<std::string> lines = run.in_order();
    std::stable_partition(lines.begin(), lines.end(), [](const std::string& line) { return line.back() == '1'; });
    return fmt::format("{}", fmt::join(lines, "\n"));
}

constexpr Load hundred{17'101, 100};
constexpr Load one{17'102, 1};

}  // namespace

TEST_CASE("counts by every sort of key") {
    const Both both = run_both(
        states("",
               "count[__cur_state]++; pair[__prev_state][__cur_state] += 2; addr[__proto_info->local_addr]++; all++;") +
            "@@END { print(count); print(pair); print(addr); printf(\"%d\\n\", all); }",
        hundred);
    const std::vector<std::string> lines = both.kernel.in_order();
    CHECK(std::count(lines.begin(), lines.end(), "count[5] = 100") == 1);
    CHECK(std::count(lines.begin(), lines.end(), "pair[0, 2] = 200") == 1);
    CHECK(lines.back() == "1002");
}

TEST_CASE("Strings as keys, if and else, arithmetic") {
    run_both(
        states(
            "",
            "__auto String s[16]; s = __pname; if (__cur_state > 4) { by[\"late\"][s] += __cur_state * 3 - 1; } else { "
            "by[\"early\"][s]--; } if (s == \"no such name\") wrong++;") +
            "@@END { print(by); printf(\"%d\\n\", wrong); }",
        hundred);
}

TEST_CASE("lists keep count, sum, and extremes") {
    const Both both =
        run_both("__list all;\n" + states("", "append(all, __cur_state - 5); append(by[__cur_state], __prev_state);") +
                     "@@END { print(by); printf(\"%d %d %d %d\\n\", count(all), sum(all), min(all), max(all)); }",
                 hundred);
    CHECK(both.kernel.output.find("by[5] = count=100 sum=400 avg=4 min=4 max=4") != std::string::npos);
}

// The kernel adds eight bytes at a time: where a member is smaller, its neighbour would get the carry.
TEST_CASE("members of structures and arrays of eight bytes are counted by themselves, wherever that is") {
    const std::string text = "struct s { int a; int b; };\nstruct s h;\nint pair[2];\n" +
                             states("", "h.a--; h.b += 2; pair[1]++; if (pair[0]-- == 0) first++;") +
                             "@@END { printf(\"%d %d %d %d %d\\n\", h.a, h.b, pair[0], pair[1], first); }";
    for (const HomeChoice home : {HomeChoice::engine, HomeChoice::automatic}) {
        CHECK(run_whole(text, hundred, {.home = home}).output == "-1002 2004 -1002 1002 1\n");
    }
}

TEST_CASE("distributions of keys, of values below 0 and of large ones") {
    const Both both = run_both(
        "long long most;\n@@BEGIN { most = 0x7fffffffffffffff; add_dist(by[77], 5); }\n" +
            states("",
                   "add_dist(all, __cur_state - 5); add_dist(by[__cur_state], __prev_state * -1000003);"
                   "add_dist(pair[__proto_info->local_addr][__pname], (long long)__cur_state << (__prev_state * 5));"
                   "add_dist(ends, most); add_dist(ends, -1 - most); add_dist(ends, 0 - most);"
                   "add_dist(each, ++n * 92233720368547); add_dist(each, ++m * -31); add_dist(steps, ++k * 1009);") +
            "@@END { print(all); quantize(all); print(by); quantize(by); print(pair); quantize(pair); print(ends);"
            "quantize(ends); print(each); quantize(each); lquantize(steps);"
            "printf(\"%lld %lld %lld %lld\\n\", count(each), sum(each), min(each), max(each));"
            "printf(\"%lld %lld\\n\", quantile(steps, 0.5), quantile(by[5], 0.5)); }",
        hundred);
    CHECK(both.kernel.output.find("by[77] = count=1 min=5 p50=5 p90=5 p99=5 max=5\n") != std::string::npos);
    CHECK(both.kernel.output.find("all = count=1002 min=-5 p50=-1 p90=4 p99=5 max=5\n") == 0);
    CHECK(both.kernel.output.find("ends = count=3006 min=-9223372036854775808 ") != std::string::npos);
    CHECK(both.kernel.output.find("\n2004 ") != std::string::npos);
    CHECK(both.kernel.statistics.engine.summaries_full == 0);
    CHECK(both.kernel.statistics.engine.array_full == 0);
}

TEST_CASE("an interval clause that prints and clears distributions misses nothing and counts nothing twice") {
    const std::string text =
        states("", "add_dist(d[__cur_state > 0], __cur_state * 1000); add_dist(all, ++n); add_dist(twice, 7);") +
        "@@interval:*:clock:100 { total += count(d[0]) + count(d[1]); points += sum(d[0]) + sum(d[1]); clear(d);"
        "add_dist(d[2], 1); delete(d, 2); seen += count(twice); clear(twice); }\n"
        "@@END { printf(\"%d %d %d %d %d %d\\n\", total + count(d[0]) + count(d[1]), points + sum(d[0]) + sum(d[1]),"
        "count(all), max(all), sum(all), seen + count(twice)); }";
    const Load load{17'105, many(2000, 500)};
    const TracedRun ran = run_whole(text, load);
    CHECK(ran.homes.front() == Home::kernel);
    const uint64_t all = load.caused();
    // The states of a connection sum up to 51 (see by_state below), the listener's are 1 and 0.
    const uint64_t points = 1'000 * (51 * static_cast<uint64_t>(load.count) + 1);
    CHECK(ran.output == fmt::format("{0} {1} {0} {0} {2} {0}\n", all, points, all * (all + 1) / 2));
}

TEST_CASE("values of distributions that find no memory are counted, in both homes") {
    for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
        TraceSetup setup{.home = home};
        setup.session.engine.max_summaries = 4'000;
        const TracedRun ran =
            run_whole(states("", "add_dist(d, (long long)1 << (++n % 60));") + "@@END { printf(\"%d\\n\", count(d)); }",
                      hundred, setup);
        const uint64_t counted = std::stoull(ran.output);
        CHECK(counted > 0);
        CHECK(ran.statistics.engine.summaries_full > 0);
        CHECK(counted + ran.statistics.engine.summaries_full == hundred.caused());
    }
}

TEST_CASE("lines of clauses in the kernel, in the order of time") {
    const Both both = run_both(states("",
                                      "printf(\"%d>%d %s %I %d\\n\", __prev_state, __cur_state, get_probe(), "
                                      "__proto_info->local_addr, __proto_info->local_port == 17102);"),
                               one, by_end);
    CHECK(both.kernel.in_order().size() == 12);
    CHECK(both.kernel.output.find("0>2 @@net:tcp:state_change") != std::string::npos);
}

TEST_CASE("clauses in both homes on one event run in the order of the text") {
    const std::string text = states("__cur_state == 1", "printf(\"first\\n\");") +
                             states("__cur_state == 1", "String s[8]; s = \"sec\" + \"ond\"; printf(\"%s\\n\", s);") +
                             states("__cur_state == 1", "printf(\"third\\n\");") +
                             states("__cur_state == 1", "String s[8]; s = \"fou\" + \"rth\"; printf(\"%s\\n\", s);");
    const TracedRun ran = run_whole(text, one);
    CHECK(ran.homes == std::vector<Home>{Home::kernel, Home::engine, Home::kernel, Home::engine});
    CHECK(ran.output == "first\nsecond\nthird\nfourth\n");
    CHECK(ran.statistics.clauses[0].matched == 1);
    CHECK(ran.statistics.clauses[1].matched == 1);
}

TEST_CASE("exit() in the kernel ends everything behind it") {
    const std::string text = states("__cur_state == 4", "n++; printf(\"last\\n\"); exit();") +
                             states("", "printf(\"%d\\n\", __cur_state);") + "@@END { printf(\"%d\\n\", n); }";
    const Both both = run_both(text, one);
    CHECK(both.kernel.output.find("last\n1\n") != std::string::npos);
}

TEST_CASE("division by zero is 0, with one warning, counted") {
    const Both both = run_both("int zero;\n" + states("", "n += 7 + __cur_state / zero + __cur_state % zero;") +
                                   "@@END { printf(\"%d\\n\", n); }",
                               hundred);
    CHECK(both.kernel.output == "7014\n");
    CHECK(both.kernel.errors.find("division by zero") != std::string::npos);
    CHECK(both.kernel.statistics.engine.divisions_by_zero == 2004);
    CHECK(both.engine.statistics.engine.divisions_by_zero == 2004);
}

TEST_CASE("what BEGIN sets is known in the kernel, what is assigned there at the end") {
    const std::string text = "int from; \n@@BEGIN { from = 5; last[77] = 3; n = 1000; }\n" +
                             states("__cur_state >= from", "last[__cur_state] = __prev_state; n++;") +
                             states("__cur_state == 10", "delete(gone, 1);") +
                             states("__cur_state == 1", "gone[1] = 2; gone[2] = 3;") +
                             "@@END { print(last); print(gone); printf(\"%d %d\\n\", n, from); }";
    const Both both = run_both(text, hundred);
    CHECK(both.kernel.output.find("last[77] = 3") != std::string::npos);
    CHECK(both.kernel.output.find("gone[1]") == std::string::npos);
    CHECK(both.kernel.output.find("gone[2] = 3") != std::string::npos);
}

TEST_CASE("an interval clause that prints and clears misses nothing and counts nothing twice") {
    const std::string text =
        states("", "count[__cur_state > 0]++; all++;") +
        "@@interval:*:clock:100 { total += count[0] + count[1]; clear(count); seen += all; all = 0; }\n" +
        "@@END { printf(\"%d %d\\n\", total + count[0] + count[1], seen + all); }";
    const Load load{17'103, many(2000, 500)};
    const TracedRun ran = run_whole(text, load);
    CHECK(ran.homes.front() == Home::kernel);
    CHECK(ran.output == fmt::format("{0} {0}\n", load.caused()));
}

TEST_CASE("more elements than the kernel has room for between two looks") {
    constexpr uint64_t room = 32'768;  // runtime/kernel/values.cpp: tally_entries
    constexpr int each = 4;            // elements of an event
    std::string made;
    for (int i = 0; i < each; ++i) made += fmt::format("at[timestamp()][{}][__cur_state][__sock]++; ", i);
    const Load load{17'104, many(2'500, 1'000)};
    CHECK(each * load.caused() > room);
    const TracedRun ran = run_whole(states("", made + "n++;") + "@@END { quantize(at); printf(\"%d\\n\", n); }", load,
                                    {.home = HomeChoice::kernel});
    CHECK(ran.statistics.engine.array_full == 0);
    CHECK(ran.in_order().back() == std::to_string(load.caused()));
    CHECK(ran.in_order().size() == each * load.caused() + 1);
}

TEST_CASE("as many clauses as an event has bits for, each with a predicate of its own") {
    std::string text;
    for (int i = 0; i < 63; ++i) text += states(fmt::format("__cur_state == {}", i % 11), fmt::format("n[{}]++;", i));
    const Both both = run_both(text + "@@END { print(n); }", hundred);
    std::string expected;
    constexpr std::array<int, 11> by_state = {101, 1, 100, 100, 200, 100, 100, 0, 100, 100, 100};
    for (size_t i = 0; i < 63; ++i) {
        const int times = by_state[i % by_state.size()];
        if (times != 0) expected += fmt::format("n[{}] = {}\n", i, times);
    }
    CHECK(both.engine.output == expected);
}

TEST_CASE("expressions have the same values in both homes") {
    static constexpr std::array<const char*, 8> types = {"signed char", "unsigned char", "short", "unsigned short",
                                                         "int",         "unsigned int",  "long",  "unsigned long"};
    static constexpr std::array<const char*, 8> values = {"0",    "1",     "-1",         "7",
                                                          "-128", "65535", "2147483647", "-9223372036854775807"};
    static constexpr std::array<const char*, 16> operators = {"+", "-", "*",  "/",  "%",  "&",  "|",  "^",
                                                              "<", ">", "<=", ">=", "==", "!=", "<<", ">>"};
    std::mt19937 random(20'260'610);
    const auto below = [&](size_t bound) { return std::uniform_int_distribution<size_t>(0, bound - 1)(random); };
    std::string text;
    std::string begin;
    for (size_t t = 0; t < types.size(); ++t) {
        for (size_t i = 0; i < 2; ++i) {
            text += fmt::format("{} v{}_{};\n", types[t], t, i);
            begin += fmt::format("v{}_{} = ({}){};\n", t, i, types[t], values[below(values.size())]);
        }
    }
    text += "@@BEGIN {\n" + begin + "}\n";
    const std::function<std::string(int)> make = [&](int depth) -> std::string {
        if (depth == 0)
            return below(4) == 0 ? fmt::format("({})", values[below(values.size())])
                                 : fmt::format("v{}_{}", below(types.size()), below(2));
        switch (below(6)) {
            case 0:
                return fmt::format("(({})({}))", types[below(types.size())], make(depth - 1));
            case 1:
                return fmt::format("({}({}))", below(2) == 0 ? "- " : "~", make(depth - 1));
            case 2:
                return fmt::format("({} ? {} : {})", make(depth - 1), make(depth - 1), make(depth - 1));
            default: {
                const std::string op = operators[below(operators.size())];
                const std::string right = op == "<<" || op == ">>" ? std::to_string(below(32)) : make(depth - 1);
                return fmt::format("({} {} {})", make(depth - 1), op, right);
            }
        }
    };
    constexpr int clauses = 20;
    constexpr int each = 10;
    for (int c = 0; c < clauses; ++c) {
        std::string body;
        for (int i = 0; i < each; ++i)
            body += fmt::format("printf(\"{} %lld\\n\", (long long){});\n", c * each + i,
                                make(1 + static_cast<int>(below(3))));
        text += states("__cur_state == 1", body);
    }
    const Both both = run_both(text, one);
    CHECK(both.kernel.in_order().size() == clauses * each);
    CHECK(std::count(both.kernel.homes.begin(), both.kernel.homes.end(), Home::kernel) == clauses);
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
