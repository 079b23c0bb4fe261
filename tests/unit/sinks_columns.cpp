// What people see on a terminal: columns, scales, units, quiet colours.
#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "runtime/sinks/capture_sink.h"
#include "runtime/sinks/columns.h"
#include "runtime/sinks/ruler.h"
#include "runtime/sinks/si_text.h"
#include "tests/unit/sinks_build.h"

using namespace sinks_test;

namespace {

using Form = ArrayPrintOptions::Form;

std::string laid_out(std::string_view marked, const Look& look) {
    TextBuffer to;
    lay_out(to, marked, look);
    return std::string(to.view());
}

constexpr Look in_columns{.columns = true, .color = false};

std::string shown(const Array& array, const SinkOptions& how, Form form = Form::print) {
    CaptureSink sink(how);
    ArrayPrintOptions options;
    options.form = form;
    array.print(sink, options);
    return sink.output();
}

RecordField in(Unit unit, FieldKind kind = FieldKind::integer, uint32_t size = 8) {
    RecordField field = field_of(kind, size);
    field.unit = unit;
    return field;
}

}  // namespace

TEST_CASE("columns: cells stand below each other, at their side") {
    CHECK(laid_out("\1a\2"
                   "5\n\1bcd\2"
                   "12\n",
                   in_columns) == "a   5\nbcd12\n");
    CHECK(laid_out("", in_columns).empty());
    CHECK(laid_out("no cells\n\1a\1b\n", in_columns) == "no cells\nab\n");
    // No blanks at the end of a line, and what stands before the first cell is not moved.
    CHECK(laid_out("1.5 \1a\1b\n20.5 \1ccc\1\n", in_columns) == "1.5 a  b\n20.5 ccc\n");
    CHECK(laid_out("\1a\2"
                   "5\n\1bcd\2"
                   "12\n",
                   {}) == "a5\nbcd12\n");
}

TEST_CASE("columns: one that is too wide does not push the others away") {
    const std::string wide(100, 'w');
    CHECK(laid_out("\1" + wide + "\1x\n\1a\1x\n", in_columns) ==
          wide + "x\na" + std::string(widest_cell - 1, ' ') + "x\n");
}

TEST_CASE("columns: looks become escape sequences, or nothing") {
    CHECK(laid_out("\1n[\5k\3]\4 = \3"
                   "1\n",
                   {.columns = false, .color = true}) == "n[\x1b[36mk\x1b[0m]\x1b[2m = \x1b[0m1\n");
    CHECK(laid_out("\1n[\5k\3]\4 = \3"
                   "1\n",
                   in_columns) == "n[k] = 1\n");
}

TEST_CASE("units: three digits and a prefix") {
    CHECK(si_text(int64_t{0}, Unit::bytes) == "0 B");
    CHECK(si_text(int64_t{999}, Unit::bytes) == "999 B");
    CHECK(si_text(int64_t{1000}, Unit::bytes) == "1.00 kB");
    CHECK(si_text(int64_t{-15'249}, Unit::microseconds) == "-15.2 ms");
    CHECK(si_text(int64_t{999'499}, Unit::bytes) == "999 kB");
    CHECK(si_text(int64_t{999'500}, Unit::bytes) == "1.00 MB");
    CHECK(si_text(int64_t{9'994}, Unit::bytes) == "9.99 kB");
    CHECK(si_text(int64_t{3'600'000'000'000}, Unit::nanoseconds) == "3600 s");
    CHECK(si_text(int64_t{86'400}, Unit::seconds) == "86400 s");
    CHECK(si_text(std::numeric_limits<uint64_t>::max(), Unit::bytes) == "18.4 EB");
    CHECK(si_text(std::numeric_limits<int64_t>::min(), Unit::bytes) == "-9.22 EB");
    CHECK(si_text(int64_t{12'345}, Unit::none) == "12345");
    CHECK(si_text(1234.5, Unit::bytes) == "1.23 kB");
    CHECK(si_text(0.5, Unit::milliseconds) == "0.50 ms");
    CHECK(si_text(0.1, Unit::none) == "0.1");
    CHECK(si_text(std::numeric_limits<double>::infinity(), Unit::bytes) == "inf");
}

TEST_CASE("scales: round numbers where bars of their length end") {
    //                                           1111111111222222222233333333334
    //                                 01234567890123456789012345678901234567890
    CHECK(ruler(100, Form::linear_bars, Unit::none) == "0       20      40      60      80      100");
    CHECK(ruler(8351, Form::linear_bars, Unit::none) == "0         2k       4k        6k       8k");
    CHECK(ruler(8351, Form::linear_bars, Unit::bytes) == "0         2 kB     4 kB      6 kB     8 kB");
    CHECK(ruler(1, Form::linear_bars, Unit::none) == "0       0.2     0.4     0.6     0.8     1");
    CHECK(ruler(0, Form::linear_bars, Unit::none).empty());
    // log2(32) + 1 is 6: bars of 2, 8 and 32 are a third, two and three thirds of the longest.
    CHECK(ruler(6, Form::logarithmic_bars, Unit::none) == "0            2             8            32");
}

TEST_CASE("columns: arrays with bars below a scale") {
    Array array("n", {field_of(FieldKind::integer)}, in(Unit::bytes));
    array.add(5, 8351).add(1000, 70);
    CHECK(shown(array, {}) == "n[5] = 8351\nn[1000] = 70\n");
    CHECK(shown(array, {.look = in_columns}) == "n[5]    = 8351\nn[1000] =   70\n");
    CHECK(shown(array, {.look = in_columns, .si = true}) == "n[5]    = 8.35 kB\nn[1000] =    70 B\n");
    CHECK(shown(array, {.si = true}) == "n[5] = 8.35 kB\nn[1000] = 70 B\n");
    const std::string bar(40, '@');
    CHECK(shown(array, {.look = in_columns}, Form::linear_bars) ==
          "               |0         2k       4k        6k       8k\n"
          "n[5]    = 8351 |" +
              bar + "\nn[1000] =   70 |@\n");
    CHECK(shown(array, {.look = {.columns = false, .color = true}}, Form::linear_bars) ==
          "n[\x1b[36m5\x1b[0m]\x1b[2m = \x1b[0m8351 |\x1b[34m" + bar +
              "\x1b[0m\nn[\x1b[36m1000\x1b[0m]\x1b[2m = \x1b[0m70 |\x1b[34m@\x1b[0m\n");
}

TEST_CASE("columns: each number of a list in its column") {
    Array array("l", {field_of(FieldKind::integer)}, in(Unit::bytes, FieldKind::list, sizeof(ListValue)));
    array.add(Bytes().add(int64_t{1}), Bytes().add(ListValue{.count = 3, .sum = 4910, .min = 40, .max = 4000}));
    array.add(Bytes().add(int64_t{2}), Bytes().add(ListValue{.count = 100, .sum = 200, .min = 2, .max = 2}));
    CHECK(shown(array, {.look = in_columns}) ==
          "l[1] = count=3   sum=4910 avg=1636 min=40 max=4000\n"
          "l[2] = count=100 sum=200  avg=2    min=2  max=2\n");
    CHECK(shown(array, {.look = in_columns, .si = true}) ==
          "l[1] = count=3   sum=4.91 kB avg=1.64 kB min=40 B max=4.00 kB\n"
          "l[2] = count=100 sum=200 B   avg=2 B     min=2 B  max=2 B\n");
}
