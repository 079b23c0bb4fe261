// Rows of the live screen: rates, lines, order, filter, and what is kept of many keys.
#include <doctest/doctest.h>

#include <limits>

#include "tests/unit/screen_support.h"

using namespace probevue;
using namespace probevue::screen_tests;

TEST_CASE("rates are growth since the frame before, by second") {
    ScreenTable table("n", {{"value"}}, text_keys());
    frame(table, 10 * second, {{"a", 5}, {"b", 100}});
    CHECK(shown(table) == "b=100@ a=5@");
    frame(table, 12 * second, {{"a", 9}, {"b", 100}, {"c", 3}});
    CHECK(shown(table) == "b=100@0 a=9@2 c=3@1.5");
    frame(table, 13 * second, {{"a", 4}, {"c", 3}});
    CHECK(shown(table) == "a=4@-5 c=3@0");
    SUBCASE("an array that was emptied has been counted from nothing") {
        frame(table, 15 * second, {{"a", 4}}, true);
        CHECK(shown(table) == "a=4@2");
    }
    SUBCASE("since it was printed before, however long ago the last frame was") {
        frame(table, 100 * second, {{"a", 4}}, true, 98 * second);
        CHECK(shown(table) == "a=4@2");
    }
    SUBCASE("two frames at one time: the second has no rate of its own") {
        frame(table, 13 * second, {{"a", 6}, {"c", 3}});
        CHECK(shown(table) == "a=6@-5 c=3@0");
        frame(table, 14 * second, {{"a", 6}, {"c", 3}});
        CHECK(shown(table) == "a=6@2 c=3@0");
    }
}

TEST_CASE("integers grow modulo 2^64") {
    const Figure before = Figure::whole(std::numeric_limits<int64_t>::max());
    CHECK(Figure::whole(std::numeric_limits<int64_t>::min()).less(before) == 1);
    CHECK(Figure::natural(1).less(Figure::natural(std::numeric_limits<uint64_t>::max())) == 2);
    CHECK(compare(Figure::natural((1ULL << 53) + 1), Figure::natural(1ULL << 53)) > 0);
    CHECK(compare(Figure::real(std::numeric_limits<double>::quiet_NaN()), Figure::real(-1)) < 0);
}

TEST_CASE("order: by value, rate and key, and the other way round") {
    ScreenTable table("n", {{"value"}}, text_keys());
    frame(table, second, {{"a", 5}, {"b", 7}, {"c", 5}});
    frame(table, 2 * second, {{"a", 6}, {"b", 7}, {"c", 6}, {"Dora", 2}});
    CHECK(shown(table) == "b=7@0 a=6@1 c=6@1 Dora=2@2");
    CHECK(shown(table, {.by = SortBy::value, .reversed = true}) == "Dora=2@2 a=6@1 c=6@1 b=7@0");
    CHECK(shown(table, {.by = SortBy::rate}) == "Dora=2@2 a=6@1 c=6@1 b=7@0");
    CHECK(shown(table, {.by = SortBy::key}) == "Dora=2@2 a=6@1 b=7@0 c=6@1");
    CHECK(shown(table, {.by = SortBy::key, .reversed = true}) == "c=6@1 b=7@0 a=6@1 Dora=2@2");
    CHECK(shown(table, {}, 2) == "b=7@0 a=6@1");
    CHECK(shown(table, {.filter = "dOR"}) == "Dora=2@2");
    size_t count = 0;
    CHECK(table.rows({.filter = "x"}, 10, count).empty());
    CHECK(count == 0);
}

TEST_CASE("a minute: what was counted lies in the seconds that it was counted in") {
    Minute minute;
    CHECK_FALSE(minute.ago(5 * second, 0));
    minute.add(10 * second, 12 * second, 6);
    minute.add(12 * second, 12 * second + second / 2, 4);
    CHECK(*minute.ago(13 * second, 0) == 4);
    CHECK(*minute.ago(13 * second, 1) == 3);
    CHECK(*minute.ago(13 * second, 2) == 3);
    CHECK_FALSE(minute.ago(13 * second, 3));
    minute.add(20 * second, 21 * second, 1);
    CHECK(*minute.ago(21 * second, 0) == 1);
    CHECK(*minute.ago(21 * second, 4) == 0);
    CHECK(*minute.ago(21 * second, 8) == 4);
    // After a long time what was before is not known any more.
    minute.add(21 * second, 221 * second, 200);
    CHECK(*minute.ago(221 * second, 59) == doctest::Approx(1));
    CHECK_FALSE(minute.ago(221 * second, 61));
}

TEST_CASE("lines are kept for a bounded number of keys, those of the greatest values and rates") {
    ScreenTable table("n", {{"value"}}, text_keys());
    std::vector<Item> items;
    for (int64_t i = 0; i < 100'000; ++i) items.push_back({"key" + std::to_string(i), i});
    frame(table, second, items);
    items[7].value += 1'000'000'000;
    items[8].value += 500;
    frame(table, 2 * second, items);
    size_t count = 0;
    size_t lines = 0;
    bool quick_one = false;
    for (const ScreenRow* row : table.rows({}, items.size(), count)) {
        lines += row->minute ? 1 : 0;
        quick_one = quick_one || (row->key == "key8" && row->minute);
    }
    CHECK(count == items.size());
    CHECK(lines == ScreenTable::most_lines);
    CHECK(quick_one);
    CHECK(table.rows({}, 1, count).front()->key == "key7");
    CHECK(table.rows({}, 1, count).front()->minute);
}

TEST_CASE("short numbers") {
    CHECK(short_number(0) == "0");
    CHECK(short_number(0.25) == "0.25");
    CHECK(short_number(12.5) == "12.5");
    CHECK(short_number(99'999) == "99999");
    CHECK(short_number(123'456) == "123.5k");
    CHECK(short_number(12'345'678) == "12.3M");
    CHECK(short_number(-3) == "-3");
    CHECK(short_number(1e300).size() < 310);
}
