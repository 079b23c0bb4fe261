#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <vector>

#include "runtime/values/distribution.h"
#include "runtime/values/summaries.h"

namespace probevue {
namespace {

constexpr int64_t least = std::numeric_limits<int64_t>::min();
constexpr int64_t greatest = std::numeric_limits<int64_t>::max();
constexpr size_t much = size_t{1} << 30;

Distribution of(const std::vector<int64_t>& values) {
    Room room(much);
    Distribution out;
    for (const int64_t value : values) REQUIRE(out.add(value, room));
    return out;
}

// The value of nearest rank among sorted ones, by definition.
int64_t exact(const std::vector<int64_t>& sorted, uint64_t part) {
    const auto rank = static_cast<size_t>(
        std::ceil(static_cast<long double>(sorted.size()) * part / static_cast<long double>(Distribution::whole)));
    return sorted[std::max<size_t>(rank, 1) - 1];
}

TEST_CASE("a distribution without values is all zeros") {
    const Distribution none;
    CHECK(none.count() == 0);
    CHECK(none.quantile(500'000'000) == 0);
    CHECK(none.bins().empty());
}

TEST_CASE("small numbers have a bin each: quantiles are exact") {
    std::vector<int64_t> values;
    for (int64_t v = -127; v <= 127; ++v) values.push_back(v);
    const Distribution all = of(values);
    for (uint64_t percent = 0; percent <= 100; ++percent)
        CHECK(all.quantile(percent * 10'000'000) == exact(values, percent * 10'000'000));
    CHECK(all.bins().size() == values.size());
}

TEST_CASE("a part of the whole is exact where a double is not") {
    std::vector<int64_t> values;
    for (int64_t v = 1; v <= 100; ++v) values.push_back(v);
    CHECK(of(values).quantile(70'000'000) == 7);  // 0.07 * 100 is above 7 in a double
    CHECK(of(values).quantile(70'000'001) == 8);
    CHECK(of(values).quantile(990'000'000) == 99);
}

TEST_CASE("numbers at both ends have bins") {
    const Distribution ends = of({least, least + 1, -1, 0, 1, greatest});
    CHECK(ends.min() == least);
    CHECK(ends.max() == greatest);
    CHECK(ends.quantile(0) == least);
    CHECK(ends.quantile(Distribution::whole) == greatest);
    const std::vector<Distribution::Bin> bins = ends.bins();
    REQUIRE(bins.size() == 6);
    CHECK(bins.front().from == least);
    CHECK(bins.front().to == least);
    CHECK(bins[1].from == least + 1);
    CHECK(bins.back().to == greatest);
}

TEST_CASE("bins are in order, next to each other, and each holds what is counted in it") {
    std::vector<int64_t> values;
    for (int shift = 0; shift < 63; ++shift) {
        for (const int64_t near : {-1, 0, 1}) {
            values.push_back((int64_t{1} << shift) + near);
            values.push_back(-(int64_t{1} << shift) - near);
        }
    }
    for (const int64_t value : values) {
        const Distribution::Bin bin = of({value}).bins().front();
        CHECK(bin.from <= value);
        CHECK(value <= bin.to);
        // The width is at most a 64th of the least magnitude.
        const double width = static_cast<double>(bin.to) - static_cast<double>(bin.from);
        CHECK(width <= std::min(std::fabs(static_cast<double>(bin.from)), std::fabs(static_cast<double>(bin.to))) / 64);
        if (bin.to != greatest) CHECK(of({bin.to + 1}).bins().front().from == bin.to + 1);
    }
}

TEST_CASE("parts merge to the same bytes in any order") {
    std::mt19937_64 random(7);
    std::vector<Distribution> parts;
    Room room(much);
    Distribution whole;
    for (int part = 0; part < 5; ++part) {
        Distribution& one = parts.emplace_back();
        for (int i = 0; i < 1'000; ++i) {
            const auto value = static_cast<int64_t>(random()) >> (random() % 60);
            REQUIRE(one.add(value, room));
            REQUIRE(whole.add(value, room));
        }
    }
    std::vector<size_t> order = {0, 1, 2, 3, 4};
    do {
        Distribution merged;
        for (const size_t part : order) REQUIRE(merged.merge(parts[part], room));
        const auto got = merged.bins();
        const auto wanted = whole.bins();
        const bool same = std::equal(got.begin(), got.end(), wanted.begin(), wanted.end(),
                                     [](const Distribution::Bin& a, const Distribution::Bin& b) {
                                         return a.from == b.from && a.to == b.to && a.count == b.count;
                                     });
        CHECK(same);
        CHECK(merged.count() == whole.count());
        CHECK(merged.sum() == whole.sum());
        CHECK(merged.min() == whole.min());
        CHECK(merged.max() == whole.max());
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("values that were counted elsewhere by bin are as if they had been counted here") {
    std::mt19937_64 random(7);
    std::vector<int64_t> values;
    for (int i = 0; i < 5'000; ++i) values.push_back(static_cast<int64_t>(random()) >> (random() % 64));
    values.insert(values.end(), {least, least, greatest, 0, -1});
    const Distribution wanted = of(values);
    std::map<int64_t, Distribution::Several> bins;
    for (const int64_t value : values) {
        const int64_t from = of({value}).bins().front().from;
        Distribution::Several& bin = bins.try_emplace(from, Distribution::Several{0, 0, value, value}).first->second;
        ++bin.count;
        bin.sum = static_cast<int64_t>(static_cast<uint64_t>(bin.sum) + static_cast<uint64_t>(value));
        bin.min = std::min(bin.min, value);
        bin.max = std::max(bin.max, value);
    }
    Room room(much);
    Distribution got;
    CHECK(got.add({0, 0, 0, 0}, room));
    CHECK(room.left() == much);
    for (const auto& [from, bin] : bins) REQUIRE(got.add(bin, room));
    CHECK(got.count() == wanted.count());
    CHECK(got.sum() == wanted.sum());
    CHECK(got.min() == wanted.min());
    CHECK(got.max() == wanted.max());
    const std::vector<Distribution::Bin> has = got.bins();
    const std::vector<Distribution::Bin> should = wanted.bins();
    CHECK(std::equal(has.begin(), has.end(), should.begin(), should.end(),
                     [](const Distribution::Bin& a, const Distribution::Bin& b) {
                         return a.from == b.from && a.to == b.to && a.count == b.count;
                     }));
    for (uint64_t percent = 0; percent <= 100; ++percent)
        CHECK(got.quantile(percent * 10'000'000) == wanted.quantile(percent * 10'000'000));
}

TEST_CASE("values that are not of one bin are refused, and those that find no room") {
    Room room(64 * sizeof(uint64_t));  // one page of bins
    Distribution d;
    CHECK_FALSE(d.add({2, 128 + 130, 128, 130}, room));
    CHECK_FALSE(d.add({2, 0, -1, 1}, room));
    CHECK(room.left() == 64 * sizeof(uint64_t));
    CHECK(d.add({3, 128 + 129 + 129, 128, 129}, room));
    CHECK_FALSE(d.add({2, 10, 5, 5}, room));
    CHECK(d.count() == 3);
    CHECK(d.sum() == 386);
    CHECK(d.quantile(500'000'000) == 128);
}

TEST_CASE("memory is bounded: what has no room is refused and changes nothing") {
    Room room(2 * 64 * sizeof(uint64_t));  // two pages of bins
    Distribution d;
    CHECK(d.add(1, room));
    CHECK(d.add(1'000, room));
    CHECK_FALSE(d.add(1'000'000, room));
    CHECK(d.add(2, room));
    CHECK(d.count() == 3);
    CHECK(d.max() == 1'000);
    CHECK(room.left() == 0);
    Distribution other = of({5, 1'000'000, 2'000'000'000});
    CHECK_FALSE(d.merge(other, room));
    CHECK(d.count() == 3);
}

TEST_CASE("a released handle gives its room back and is not taken for the next") {
    Summaries all(10'000);
    uint64_t handle = 0;
    Distribution* made = all.made(all.distributions, handle);
    REQUIRE(made != nullptr);
    REQUIRE(made->add(5, all.room));
    CHECK(all.room.left() < 10'000);
    const uint64_t old = handle;
    all.release(all.distributions, handle);
    CHECK(all.room.left() == 10'000);
    CHECK(all.distributions.find(old) == nullptr);
    handle = 0;
    REQUIRE(all.made(all.distributions, handle) != nullptr);
    CHECK(handle != old);
    CHECK(all.distributions.find(old) == nullptr);
}

}  // namespace
}  // namespace probevue
