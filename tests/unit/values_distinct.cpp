#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <unordered_set>
#include <vector>

#include "runtime/values/distinct.h"

namespace probevue {
namespace {

constexpr size_t much = size_t{1} << 30;

uint64_t hash_of(uint64_t value) { return distinct_hash(0, reinterpret_cast<const std::byte*>(&value), sizeof value); }

uint64_t hash_of(const std::string& text) {
    return distinct_hash(0, reinterpret_cast<const std::byte*>(text.data()), text.size());
}

TEST_CASE("few different values are counted exactly") {
    Room room(much);
    Distinct values;
    for (int times = 0; times < 3; ++times) {
        for (uint64_t v = 0; v < Distinct::most_exact; ++v) REQUIRE(values.add(hash_of(v), room));
    }
    CHECK(values.is_exact());
    CHECK(values.count() == Distinct::most_exact);
    REQUIRE(values.add(hash_of(uint64_t{1} << 40), room));
    CHECK_FALSE(values.is_exact());
    CHECK(std::llabs(static_cast<long long>(values.count()) - 1'025) <= 20);
}

TEST_CASE("estimates of consecutive numbers, of multiples and of texts lie within 2 %") {
    for (const uint64_t step : {uint64_t{1}, uint64_t{256}, uint64_t{1} << 32}) {
        Room room(much);
        Distinct values;
        for (uint64_t v = 1; v <= 1'000'000; ++v) {
            REQUIRE(values.add(hash_of(v * step), room));
            if (v == 5'000 || v == 50'000 || v == 1'000'000)
                CHECK(std::fabs(static_cast<double>(values.count()) / static_cast<double>(v) - 1) <= 0.02);
        }
    }
    Room room(much);
    Distinct texts;
    for (int v = 1; v <= 200'000; ++v) REQUIRE(texts.add(hash_of("host" + std::to_string(v) + ".example"), room));
    CHECK(std::fabs(static_cast<double>(texts.count()) / 200'000 - 1) <= 0.02);
}

TEST_CASE("hashes of values of any size differ") {
    std::unordered_set<uint64_t> seen;
    std::string text;
    for (int length = 0; length < 100; ++length) {
        CHECK(seen.insert(hash_of(text)).second);
        text += '\0';
    }
    const std::string parts[] = {"ab", "c", "a", "bc"};
    const auto two = [&](const std::string& a, const std::string& b) {
        return distinct_hash(hash_of(a), reinterpret_cast<const std::byte*>(b.data()), b.size());
    };
    CHECK(two(parts[0], parts[1]) != two(parts[2], parts[3]));
}

TEST_CASE("merging does not depend on order, nor on who was exact") {
    Room room(much);
    std::vector<Distinct> parts(4);
    Distinct whole;
    const uint64_t sizes[] = {10, 900, 5'000, 40};
    for (size_t part = 0; part < parts.size(); ++part) {
        for (uint64_t v = 0; v < sizes[part]; ++v) {
            REQUIRE(parts[part].add(hash_of(v * (part + 1)), room));
            REQUIRE(whole.add(hash_of(v * (part + 1)), room));
        }
    }
    std::vector<size_t> order = {0, 1, 2, 3};
    do {
        Distinct merged;
        for (const size_t part : order) REQUIRE(merged.merge(parts[part], room));
        CHECK(merged.count() == whole.count());
        CHECK(merged.is_exact() == whole.is_exact());
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("memory of different values is bounded") {
    Room room(1'000);
    Distinct values;
    uint64_t taken = 0;
    for (uint64_t v = 0; v < 10'000; ++v) taken += values.add(hash_of(v), room) ? 1 : 0;
    CHECK(taken == values.count());  // exact as far as there was room
    CHECK(taken >= 48);
    CHECK(taken < 128);
    CHECK(values.taken() <= 1'000);
}

}  // namespace
}  // namespace probevue
