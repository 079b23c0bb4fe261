// What the numbers of a script count, inferred from the built-ins that they come from.
#include <doctest/doctest.h>

#include <string>

#include "tests/unit/sema_support.h"

using namespace probevue;

namespace {

// The unit of the array `a` of a script whose packet clause is `body`.
std::string unit_of(const std::string& body) {
    const Checked checked(
        "double real; int whole; long long other; probev_timestamp_t past;\n@@net:bpf:any:tcp:\"tcp\" { " + body +
        " }");
    REQUIRE_MESSAGE(!checked.diagnostics.has_errors(), checked.all());
    for (const auto& array : checked.script.arrays) {
        if (array.name == "a") return std::string(name_of(array.unit).symbol);
    }
    return "no array";
}

}  // namespace

TEST_CASE("units: arrays have that of what is stored") {
    CHECK(unit_of("a[1] = __pkt->len;") == "B");
    CHECK(unit_of("a[1] += __ip4hdr->total_len - __ip4hdr->hdr_len;") == "B");
    CHECK(unit_of("a[1] = -__pkt->len + 14;") == "B");
    CHECK(unit_of("a[1] = 0; a[1] += __pkt->caplen;") == "B");
    CHECK(unit_of("a[1]++;") == "");
    CHECK(unit_of("a[1] = __tcphdr->dst_port;") == "");
    CHECK(unit_of("append(a[1], __pkt->ip_len);") == "B");
    CHECK(unit_of("add_dist(a[1], __pkt->ip_len);") == "B");
    CHECK(unit_of("add_distinct(a[1], __pkt->ip_len);") == "");
    CHECK(unit_of("a[1] = whole ? __pkt->len : 0;") == "B");
}

TEST_CASE("units: other quantities have another unit, or none") {
    CHECK(unit_of("a[1] = __pkt->len * 8;") == "");
    CHECK(unit_of("a[1] = __pkt->len / 1024;") == "");
    CHECK(unit_of("a[1] = __pkt->len / __pkt->caplen;") == "");
    CHECK(unit_of("a[1] = __pkt->len > 100;") == "");
    CHECK(unit_of("a[1] = __pkt->len & 7;") == "");
    CHECK(unit_of("a[1] = __pkt->len; a[2] = __pkt->ttl;") == "");
    CHECK(unit_of("a[1] = __pkt->len + __pkt->ttl;") == "");
    CHECK(unit_of("a[1] = __pkt->len; a[2] = diff_time(past, timestamp(), MICROSECONDS);") == "");
    // By a count it is what one has on the average.
    CHECK(unit_of("whole++; a[1] = __pkt->len / whole;") == "B");
    CHECK(unit_of("whole = __pkt->ttl; a[1] = __pkt->len / whole;") == "B");
}

TEST_CASE("units: times") {
    CHECK(unit_of("a[1] = diff_time(past, timestamp(), NANOSECONDS);") == "ns");
    CHECK(unit_of("a[1] = diff_time(past, timestamp(), MICROSECONDS);") == "us");
    CHECK(unit_of("a[1] = diff_time(past, timestamp(), MILLISECONDS);") == "ms");
    CHECK(unit_of("a[1] = diff_time(past, timestamp(), MICROSECONDS) / 1000;") == "ms");
    CHECK(unit_of("a[1] = diff_time(past, timestamp(), MICROSECONDS) / 1000000;") == "s");
    CHECK(unit_of("a[1] = diff_time(past, timestamp(), MICROSECONDS) / 10;") == "");
    CHECK(unit_of("a[1] = diff_time(past, timestamp(), MILLISECONDS) * 1000;") == "us");
    CHECK(unit_of("a[1] = 1000 * diff_time(past, timestamp(), MILLISECONDS);") == "us");
    CHECK(unit_of("real = diff_time(past, timestamp(), MICROSECONDS) / 1000.0; a[1] = real;") == "ms");
    CHECK(unit_of("a[1] = real / 1e9; real = diff_time(past, timestamp(), NANOSECONDS);") == "s");
}

TEST_CASE("units: go through variables, lists and each other, whatever the order") {
    CHECK(unit_of("a[1] = other; other = whole; whole = __pkt->len;") == "B");
    CHECK(unit_of("other += __pkt->len; whole = other; a[1] = whole;") == "B");
    CHECK(unit_of("append(b[1], __pkt->len); a[1] = sum(b[1]);") == "B");
    CHECK(unit_of("append(b[1], __pkt->len); a[1] = count(b[1]);") == "");
    CHECK(unit_of("add_dist(b[1], __pkt->len); a[1] = quantile(b[1], 0.99);") == "B");
    CHECK(unit_of("whole = __pkt->len; whole = __pkt->ttl; a[1] = whole;") == "");
    CHECK(unit_of("other = whole; whole = other; a[1] = other;") == "");
}

TEST_CASE("units: of keys, and of columns of a table") {
    const Checked checked(
        "@@net:bpf:any:tcp:\"tcp\" { n[__pkt->len][__pkt->ttl]++; append(l[__pkt->len][__pkt->ttl], __pkt->caplen); }\n"
        "@@END { print_table(\"%d %d %d %d %d %d\\n\", n, sum(l), count(l), sum(l) / 1024); }");
    REQUIRE_MESSAGE(!checked.diagnostics.has_errors(), checked.all());
    CHECK(checked.script.arrays.front().key_units == std::vector{Unit::bytes, Unit::none});
    std::string units;
    for (const RecordField& field : checked.script.tables.front().layout.row.fields)
        units += std::string(name_of(field.unit).symbol) + ",";
    CHECK(units == "B,,,B,,,");
}

TEST_CASE("units: an assignment within a key is walked once, however deep it stands") {
    std::string body = "__pkt->len";
    for (int i = 0; i < 100; ++i) body = "a[" + body + "] += __pkt->len";
    CHECK(unit_of(body + ";") == "B");
}
