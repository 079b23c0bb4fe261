#include <doctest/doctest.h>

#include <limits>
#include <string>

#include "runtime/values/intern.h"
#include "runtime/values/list.h"
#include "runtime/values/range.h"

namespace probevue {
namespace {

std::string shown(const RangeTable& table, uint64_t handle) {
    std::string out;
    for (const RangeSlot& slot : table.slots(handle)) out += slot.label + "=" + std::to_string(slot.count) + ";";
    return out;
}

uint64_t counted(RangeTable& table, std::initializer_list<int64_t> values) {
    uint64_t handle = 0;
    for (const int64_t value : values) handle = table.count(handle, 0, value);
    return handle;
}

TEST_CASE("linear ranges: lower bound in, upper bound out") {
    RangeTable table(1);
    REQUIRE(table.set_linear(0, 0, 30, 10));
    CHECK(shown(table, counted(table, {0, 9, 10, 29, 30, -1, 20})) == "0 - 10=2;10 - 20=1;20 - 30=2;Others=2;");
    REQUIRE(table.set_linear(0, -5, 6, 4));  // the last slot is cut
    CHECK(shown(table, counted(table, {-5, -2, -1, 5, 6})) == "-5 - -1=2;-1 - 3=1;3 - 6=1;Others=1;");
}

TEST_CASE("linear ranges at the ends of the numbers") {
    constexpr int64_t least = std::numeric_limits<int64_t>::min();
    constexpr int64_t greatest = std::numeric_limits<int64_t>::max();
    RangeTable table(1);
    REQUIRE(table.set_linear(0, least, greatest, greatest));
    CHECK(
        shown(table, counted(table, {least, -2, 0, greatest})) ==
        "-9223372036854775808 - -1=2;-1 - 9223372036854775806=1;9223372036854775806 - 9223372036854775807=0;Others=1;");
    CHECK_FALSE(table.set_linear(0, least, greatest, 1));
    CHECK_FALSE(table.set_linear(0, 0, 10, 0));
    CHECK_FALSE(table.set_linear(0, 0, 10, -1));
    CHECK_FALSE(table.set_linear(0, 10, 10, 1));
    CHECK(shown(table, counted(table, {5})) == "Others=1;");
}

TEST_CASE("powers of two: from the first slot that is hit to the last") {
    RangeTable table(1);
    table.set_power(0);
    CHECK(shown(table, counted(table, {2, 3, 16, 0, -7})) == "2 - 4=2;4 - 8=0;8 - 16=0;16 - 32=1;Others=2;");
    CHECK(shown(table, counted(table, {1})) == "1 - 2=1;Others=0;");
    CHECK(shown(table, counted(table, {0})) == "Others=1;");
    CHECK(shown(table, counted(table, {std::numeric_limits<int64_t>::max()})) ==
          "4611686018427387904 - 9223372036854775808=1;Others=0;");
}

TEST_CASE("string ranges: a slot for each call of add_range") {
    RangeTable table(2);
    table.add_strings(1, {"read", "write", "open"});
    uint64_t handle = table.count(0, 1, std::string_view("write"));
    handle = table.count(handle, 1, std::string_view("close"));
    table.add_strings(1, {"close"});
    handle = table.count(handle, 1, std::string_view("close"));
    handle = table.count(handle, 1, std::string_view("rea"));
    CHECK(shown(table, handle) == "read,write,open=1;close=1;Others=2;");
    table.clear(1);
    CHECK(shown(table, table.count(0, 1, std::string_view("read"))) == "Others=1;");
}

TEST_CASE("handles of ranges") {
    RangeTable table(1);
    table.set_power(0);
    const uint64_t handle = counted(table, {1});
    CHECK(table.slots(0).empty());
    CHECK(table.slots(handle + 1).empty());
    table.release(handle);
    CHECK(table.slots(handle).empty());
    const uint64_t next = counted(table, {4});  // takes the place, not the number
    CHECK(next != handle);
    CHECK(table.slots(handle).empty());
    CHECK(shown(table, next) == "4 - 8=1;Others=0;");
    CHECK(table.count(7, 99, int64_t{1}) == 7);  // no such range
}

TEST_CASE("elements keep the slots that they were counted in") {
    RangeTable table(1);
    REQUIRE(table.set_linear(0, 0, 10, 10));
    uint64_t handle = counted(table, {5});
    table.set_power(0);
    handle = table.count(handle, 0, int64_t{6});
    CHECK(shown(table, handle) == "0 - 10=2;Others=0;");
}

TEST_CASE("lists") {
    ListValue list;
    append(list, -5);
    append(list, 7);
    append(list, 1);
    CHECK(list.count == 3);
    CHECK(list.sum == 3);
    CHECK(list.min == -5);
    CHECK(list.max == 7);
    ListValue other;
    append(other, list);
    CHECK(other.min == -5);
    append(other, 100);
    append(list, other);
    CHECK(list.count == 7);
    CHECK(list.sum == 106);
    CHECK(list.max == 100);
    append(list, ListValue());
    CHECK(list.count == 7);
    CHECK(list.min == -5);
}

TEST_CASE("interned values") {
    InternTable<std::string> table;
    const uint64_t a = table.intern("a", 2);
    CHECK(a == 1);
    CHECK(table.intern("b", 2) == 2);
    CHECK(table.intern("a", 2) == a);
    CHECK(table.intern("c", 2) == 0);  // full
    REQUIRE(table.find(2) != nullptr);
    CHECK(*table.find(2) == "b");
    CHECK(table.find(0) == nullptr);
    CHECK(table.find(3) == nullptr);
}

}  // namespace
}  // namespace probevue
