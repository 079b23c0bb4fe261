// Names, labels, escapes and numbers of metrics. What promtool accepts is compared with promtool itself in
// tests/diff/metrics_test.sh.
#include <doctest/doctest.h>

#include <limits>

#include "runtime/metrics/address.h"
#include "runtime/metrics/names.h"
#include "runtime/metrics/textfile.h"

using namespace probevue;

namespace {

std::string label(std::string_view text) {
    std::string out;
    append_label_value(out, text);
    return out;
}

std::string help(std::string_view text) {
    std::string out;
    append_help(out, text);
    return out;
}

template <typename Number>
std::string number(Number value, Unit unit) {
    std::string out;
    append_in_base_unit(out, value, unit);
    return out;
}

std::vector<std::string> labels(const std::vector<std::string>& words) { return label_names(words, words.size()); }

}  // namespace

TEST_CASE("families are named by variable, unit and kind") {
    CHECK(family_name("syn", Unit::none, MetricKind::counter) == "probevue_syn_total");
    CHECK(family_name("open", Unit::none, MetricKind::gauge) == "probevue_open");
    CHECK(family_name("bytes_in", Unit::bytes, MetricKind::counter) == "probevue_in_bytes_total");
    CHECK(family_name("bytes", Unit::bytes, MetricKind::counter) == "probevue_bytes_total");
    CHECK(family_name("rtt_us", Unit::microseconds, MetricKind::histogram) == "probevue_rtt_seconds");
    CHECK(family_name("microseconds", Unit::microseconds, MetricKind::summary) == "probevue_seconds");
    CHECK(family_name("seen_total", Unit::none, MetricKind::counter) == "probevue_seen_total");
    CHECK(family_name("name", Unit::none, MetricKind::info) == "probevue_name_info");
    CHECK(family_name("BytesIn", Unit::none, MetricKind::gauge) == "probevue_bytesvar_in");
}

TEST_CASE("words that Prometheus means something by are no longer these") {
    CHECK(family_name("syn_count", Unit::none, MetricKind::gauge) == "probevue_syn_countvar");
    CHECK(family_name("count_syn", Unit::none, MetricKind::gauge) == "probevue_count_syn");
    CHECK(family_name("d", Unit::none, MetricKind::gauge) == "probevue_dvar");
    CHECK(family_name("rtt_ms", Unit::none, MetricKind::gauge) == "probevue_rtt_msvar");
    CHECK(family_name("minutes", Unit::none, MetricKind::counter) == "probevue_minutesvar_total");
    CHECK(family_name("kilobytes", Unit::none, MetricKind::gauge) == "probevue_kilobytesvar");
    CHECK(family_name("counter", Unit::none, MetricKind::counter) == "probevue_countervar_total");
    CHECK(family_name("open_total", Unit::none, MetricKind::gauge) == "probevue_open_totalvar");
}

TEST_CASE("labels are the words of the keys") {
    CHECK(labels({"src_addr", "dst_port"}) == std::vector<std::string>{"src_addr", "dst_port"});
    CHECK(labels({"src_addr", "src_addr", "src_addr"}) ==
          std::vector<std::string>{"src_addr", "src_addr2", "src_addr3"});
    CHECK(labels({"", "port", ""}) == std::vector<std::string>{"key1", "port", "key3"});
    CHECK(labels({"__tid"}) == std::vector<std::string>{"tid"});
    CHECK(labels({"le", "value"}) == std::vector<std::string>{"le_key", "value_key"});
    CHECK(labels({"remoteAddr"}) == std::vector<std::string>{"remote_addr"});
    CHECK(label_names({}, 2) == std::vector<std::string>{"key1", "key2"});
}

TEST_CASE("what is not plain in texts is escaped") {
    CHECK(label("a\"b\\c\nd") == "a\\\"b\\\\c\\nd");
    CHECK(label("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
    CHECK(label("\xff\xc3(") == "\\\\xff\\\\xc3(" + std::string());
    CHECK(help("say \"x\" \\ and\nend") == "say \"x\" \\\\ and\\nend");
}

TEST_CASE("numbers are in base units, exactly") {
    CHECK(number(__int128{1500}, Unit::microseconds) == "0.0015");
    CHECK(number(__int128{-1}, Unit::nanoseconds) == "-0.000000001");
    CHECK(number(__int128{3'000}, Unit::milliseconds) == "3");
    CHECK(number(__int128{0}, Unit::nanoseconds) == "0");
    CHECK(number(static_cast<__int128>(std::numeric_limits<uint64_t>::max()), Unit::none) == "18446744073709551615");
    CHECK(number(static_cast<__int128>(std::numeric_limits<int64_t>::min()), Unit::bytes) == "-9223372036854775808");
    CHECK(number(static_cast<__int128>(std::numeric_limits<int64_t>::max()), Unit::seconds) == "9223372036854775807");
    CHECK(number(2.5, Unit::milliseconds) == "0.0025");
    CHECK(number(std::numeric_limits<double>::infinity(), Unit::none) == "+Inf");
    CHECK(number(-std::numeric_limits<double>::infinity(), Unit::none) == "-Inf");
    CHECK(number(std::numeric_limits<double>::quiet_NaN(), Unit::none) == "NaN");
}

TEST_CASE("addresses to listen at") {
    const auto text = [](std::string_view given) {
        const Result<ListenAddress> parsed = parse_listen_address(given);
        if (!parsed) return "refused: " + parsed.error().message;
        return to_text(parsed->address) + (parsed->is_loopback ? "" : " open");
    };
    CHECK(text("127.0.0.1:9465") == "127.0.0.1:9465");
    CHECK(text(":9465") == "127.0.0.1:9465");
    CHECK(text("localhost:0") == "127.0.0.1:0");
    CHECK(text("[::1]:9465") == "[::1]:9465");
    CHECK(text("0.0.0.0:80") == "0.0.0.0:80 open");
    CHECK(text("[::]:80") == "[::]:80 open");
    for (const std::string_view wrong : {"9465", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "::1:9465", "[::1:9465",
                                         "host:9465", "127.0.0.1:94x", "", ":", "[]:1"})
        CHECK(text(wrong).starts_with("refused: --metrics wants an address and a port, not `"));
}

TEST_CASE("a label is put before others of each series") {
    CHECK(with_label("# HELP a b {\na 1\na{b=\"c d\"} 2\n", "script=\"x\"") ==
          "# HELP a b {\na{script=\"x\"} 1\na{script=\"x\",b=\"c d\"} 2\n");
    CHECK(with_label("", "script=\"x\"").empty());
}
