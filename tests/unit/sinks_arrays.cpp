// print(), quantize() and lquantize() of associative arrays as text.
#include <doctest/doctest.h>

#include <limits>
#include <string>

#include "runtime/sinks/capture_sink.h"
#include "tests/unit/sinks_build.h"

using namespace sinks_test;

namespace {

const RecordField number = field_of(FieldKind::integer);
const RecordField unsigned_number = field_of(FieldKind::integer, 8, false);
const RecordField text = field_of(FieldKind::string, 16);
const RecordField ip = field_of(FieldKind::ip, 24);

std::string printed(const Array& array, const ArrayPrintOptions& options = {}, Resolver* resolver = nullptr) {
    CaptureSink sink;
    sink.set_resolver(resolver);
    array.print(sink, options);
    return sink.output();
}

Array three_numbers() {
    Array array("a", {number}, number);
    array.add(10, 5).add(-1, 7).add(9, 5);
    return array;
}

Bytes string_key(std::string_view value) { return Bytes().string(value, 16); }
Bytes number_value(int64_t value) { return Bytes().add(value); }

}  // namespace

TEST_CASE("sinks: an array prints sorted by key, numbers by value") {
    CHECK(printed(three_numbers()) == "a[-1] = 7\na[9] = 5\na[10] = 5\n");
    CHECK(printed(Array("a", {number}, number)).empty());
}

TEST_CASE("sinks: order, value order and limit are as asked for, equal values by key") {
    ArrayPrintOptions options;
    options.descending = true;
    CHECK(printed(three_numbers(), options) == "a[10] = 5\na[9] = 5\na[-1] = 7\n");
    options.by_value = true;
    CHECK(printed(three_numbers(), options) == "a[-1] = 7\na[9] = 5\na[10] = 5\n");
    options.descending = false;
    CHECK(printed(three_numbers(), options) == "a[9] = 5\na[10] = 5\na[-1] = 7\n");
    options.limit = 2;
    CHECK(printed(three_numbers(), options) == "a[9] = 5\na[10] = 5\n");
    options.limit = 100;
    CHECK(printed(three_numbers(), options) == "a[9] = 5\na[10] = 5\na[-1] = 7\n");
}

TEST_CASE("sinks: signedness counts in sorting and printing") {
    Array array("u", {unsigned_number}, unsigned_number);
    array.add(-1, -1).add(5, 1);
    CHECK(printed(array) == "u[5] = 1\nu[18446744073709551615] = 18446744073709551615\n");
}

TEST_CASE("sinks: Strings sort by bytes and print without quotes, on one line") {
    Array array("s", {text}, text);
    array.add(string_key("b"), string_key("x y"))
        .add(string_key("B"), string_key(""))
        .add(string_key("\xc3\xa4"), string_key("\xff"));
    array.add(string_key("a\nb\x1b"), string_key("\"q\""));
    CHECK(printed(array) == "s[B] = \ns[a\\nb\\x1b] = \"q\"\ns[b] = x y\ns[\xc3\xa4] = \xff\n");
}

TEST_CASE("sinks: several dimensions sort from the first on, addresses by value with IPv4 first") {
    Array array("n", {ip, number}, number);
    const auto add = [&](const char* address, int64_t port) {
        array.add(Bytes().add(*parse_ip(address)).add(port), number_value(1));
    };
    add("2001:db8::1", 1);
    add("10.0.0.10", 443);
    add("10.0.0.9", 443);
    add("10.0.0.9", 80);
    add("::1", 2);
    CHECK(printed(array) ==
          "n[10.0.0.9, 80] = 1\nn[10.0.0.9, 443] = 1\nn[10.0.0.10, 443] = 1\nn[::1, 2] = 1\nn[2001:db8::1, 1] = 1\n");
}

TEST_CASE("sinks: floating point keys sort numerically") {
    Array array("f", {field_of(FieldKind::floating)}, field_of(FieldKind::floating));
    for (double key : {2.5, -1.0, 0.1, -std::numeric_limits<double>::infinity(), 1e20}) {
        array.add(Bytes().add(key), Bytes().add(key * 2));
    }
    CHECK(printed(array) == "f[-inf] = -inf\nf[-1] = -2\nf[0.1] = 0.2\nf[2.5] = 5\nf[1e+20] = 2e+20\n");
}

TEST_CASE("sinks: lists show all aggregates or those asked for, and sort by the first of them") {
    Array array("l", {number}, field_of(FieldKind::list, 32));
    array.add(Bytes().add(int64_t{1}), Bytes().add(ListValue{.count = 3, .sum = 12, .min = 1, .max = 9}));
    array.add(Bytes().add(int64_t{2}), Bytes().add(ListValue{.count = 2, .sum = -7, .min = -5, .max = -2}));
    array.add(Bytes().add(int64_t{3}), Bytes().add(ListValue{}));
    CHECK(printed(array) ==
          "l[1] = count=3 sum=12 avg=4 min=1 max=9\n"
          "l[2] = count=2 sum=-7 avg=-3 min=-5 max=-2\n"
          "l[3] = count=0 sum=0 avg=0 min=0 max=0\n");
    ArrayPrintOptions options;
    options.list_values = ArrayPrintOptions::list_avg | ArrayPrintOptions::list_max;
    options.by_value = true;
    CHECK(printed(array, options) == "l[2] = avg=-3 max=-2\nl[3] = avg=0 max=0\nl[1] = avg=4 max=9\n");
}

TEST_CASE("sinks: a range shows its slots, indented") {
    TableResolver resolver;
    resolver.ranges[1] = {
        {.label = "0 - 10", .count = 4}, {.label = "10 - 20", .count = 1}, {.label = "Others", .count = 3}};
    resolver.ranges[2] = {{.label = "read,write", .count = 9}, {.label = "Others", .count = 0}};
    Array array("r", {text}, field_of(FieldKind::range));
    array.add(string_key("eth1"), number_value(1)).add(string_key("eth0"), number_value(2));
    CHECK(printed(array, {}, &resolver) ==
          "r[eth0]\n    read,write  9\n    Others  0\nr[eth1]\n    0 - 10  4\n    10 - 20  1\n    Others  3\n");
    ArrayPrintOptions options;
    options.by_value = true;  // 8 before 9
    CHECK(printed(array, options, &resolver).starts_with("r[eth1]\n"));
    options.form = ArrayPrintOptions::Form::linear_bars;
    options.limit = 1;
    const std::string full(40, '@');
    CHECK(printed(array, options, &resolver) == "r[eth1]\n    0 - 10  4 |" + full +
                                                    "\n    10 - 20  1 |@@@@@@@@@@\n    Others  3 |" +
                                                    std::string(30, '@') + "\n");
}

TEST_CASE("sinks: bars are scaled to the longest, linear and logarithmic") {
    Array array("q", {number}, number);
    array.add(12, 40).add(13, 20).add(27, 1).add(28, 0).add(29, -5);
    ArrayPrintOptions options;
    options.form = ArrayPrintOptions::Form::linear_bars;
    CHECK(printed(array, options) == "q[12] = 40 |" + std::string(40, '@') + "\nq[13] = 20 |" + std::string(20, '@') +
                                         "\nq[27] = 1 |@\nq[28] = 0 |\nq[29] = -5 |\n");
    // log2(value) + 1: 1024 is 11, 16 is 5, 1 is 1.
    Array powers("q", {number}, number);
    powers.add(1, 1024).add(2, 16).add(3, 1);
    options.form = ArrayPrintOptions::Form::logarithmic_bars;
    CHECK(printed(powers, options) ==
          "q[1] = 1024 |" + std::string(40, '@') + "\nq[2] = 16 |" + std::string(18, '@') + "\nq[3] = 1 |@@@@\n");
    // The largest value that there is, and a text, which has no length.
    Array large("q", {number}, unsigned_number);
    large.add(1, -1);
    options.form = ArrayPrintOptions::Form::linear_bars;
    CHECK(printed(large, options) == "q[1] = 18446744073709551615 |" + std::string(40, '@') + "\n");
    Array texts("q", {number}, text);
    texts.add(Bytes().add(int64_t{1}), string_key("x"));
    CHECK(printed(texts, options) == "q[1] = x |\n");
}

TEST_CASE("sinks: paths sort by their text, stacks stay on one line") {
    TableResolver resolver;
    resolver.paths = {{1, "/z"}, {2, "/a"}};
    Array array("p", {field_of(FieldKind::path)}, field_of(FieldKind::stack));
    array.add(1, 1).add(2, 0);
    CHECK(printed(array, {}, &resolver) == "p[/a] = \np[/z] = 0x10 work+0x3c;0x20 main+0x1c\n");
}

TEST_CASE("sinks: a table prints its rows by the first value, by another field, or by the keys") {
    Table table({number, text, number, unsigned_number}, 2, "dsdu");
    const auto add = [&](int64_t port, std::string_view name, int64_t first, int64_t second) {
        table.add(Bytes().add(port).string(name, 16).add(first).add(second));
    };
    add(80, "b", 5, 1);
    add(9, "c", 5, 7);
    add(80, "a", 5, -1);
    add(10, "a", -2, 3);
    const auto lines = [&] {
        CaptureSink sink;
        table.print(sink);
        return sink.output();
    };
    const std::string all = "18446744073709551615\n";
    CHECK(lines() == "    9    c    5    7\n   80    a    5  " + all + "   80    b    5    1\n   10    a   -2    3\n");
    table.layout.limit = 2;
    CHECK(lines() == "    9    c    5    7\n   80    a    5  " + all);
    table.layout.sort_field = 3;
    CHECK(lines() == "   80    a    5  " + all + "    9    c    5    7\n");
    table.layout.descending = false;
    CHECK(lines() == "   80    b    5    1\n   10    a   -2    3\n");
    table.layout.sort_field = 1;
    CHECK(lines() == "   10    a   -2    3\n   80    a    5  " + all);
    table.layout.by_key = true;
    CHECK(lines() == "    9    c    5    7\n   10    a   -2    3\n");
    table.layout.descending = true;
    CHECK(lines() == "   80    b    5    1\n   80    a    5  " + all);
    table.layout.limit = 1;
    table.layout.header = {"P", "NAME", "ONE", "N"};
    table.layout.row.pieces[1].left = true;
    CHECK(lines() == "    P  NAME  ONE    N\n   80  b      5    1\n");
}

TEST_CASE("sinks: -c prefixes stand before what begins a line") {
    CaptureSink sink(SinkOptions{.time_prefix = TimePrefix::since_start, .thread_prefix = true});
    sink.set_start(1'000'000'000);
    const RecordOrigin origin{.time_ns = 2'500'000'000, .pid = 5, .tid = 6};
    print_text(sink, "one ", origin);
    print_text(sink, "line\n", origin);
    Array array("a", {number}, number);
    array.add(1, 2).add(3, 4);
    array.print(sink, {}, origin);
    sink.text("ready\n", origin);
    CHECK(sink.output() == "1.500000 [6] one line\n1.500000 [6] a[1] = 2\n1.500000 [6] a[3] = 4\n1.500000 [6] ready\n");

    CaptureSink raw(SinkOptions{.time_prefix = TimePrefix::raw});
    print_text(raw, "x\n", origin);
    CHECK(raw.output() == "2500000000 x\n");
    setenv("TZ", "UTC", 1);
    tzset();
    CaptureSink date(SinkOptions{.time_prefix = TimePrefix::date});
    print_text(date, "x\n", {.time_ns = 1'781'013'807'123'456'789});
    CHECK(date.output() == "2026-06-09 14:03:27.123456 x\n");
}

TEST_CASE("sinks: pid and tid lists choose what is shown") {
    CaptureSink sink(SinkOptions{.pids = {5, 7}, .tids = {6}});
    print_text(sink, "a", {.time_ns = 1, .pid = 5, .tid = 6});
    print_text(sink, "b", {.time_ns = 1, .pid = 5, .tid = 5});
    print_text(sink, "c", {.time_ns = 1, .pid = 6, .tid = 6});
    print_text(sink, "d", {.time_ns = 1});
    CHECK(sink.output() == "ad");
}

TEST_CASE("sinks: stacks folded for flame graphs, those through the same functions added up") {
    Array array("n", {text, field_of(FieldKind::stack)}, number);
    // Two stacks that differ in their addresses, and none.
    array.add(Bytes().string("a;b", 16).add(uint64_t{1}), number_value(5));
    array.add(Bytes().string("a;b", 16).add(uint64_t{2}), number_value(7));
    array.add(Bytes().string("z", 16).add(uint64_t{0}), number_value(2));
    TableResolver resolver;
    ArrayPrintOptions options;
    options.folded = true;
    CHECK(printed(array, options, &resolver) == "a:b;main;work 12\nz 2\n");
    options.by_value = true;
    CHECK(printed(array, options, &resolver) == "z 2\na:b;main;work 12\n");
    options.descending = true;
    options.limit = 1;
    CHECK(printed(array, options, &resolver) == "a:b;main;work 12\n");
}
