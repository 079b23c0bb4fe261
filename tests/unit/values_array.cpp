#include <doctest/doctest.h>

#include <array>
#include <map>
#include <random>
#include <set>

#include "runtime/values/associative_array.h"
#include "runtime/values/thread_table.h"

namespace probevue {
namespace {

const std::byte* bytes(const void* memory) { return static_cast<const std::byte*>(memory); }
uint64_t& number(std::byte* value) { return *reinterpret_cast<uint64_t*>(value); }

// An array of whole-word keys, one dimension a word, with one word as value.
AssociativeArray make(uint32_t words, uint64_t most = 1'000'000, uint64_t seed = 1) {
    std::vector<KeyPart> parts;
    for (uint32_t i = 0; i < words; ++i) parts.push_back({i * 8, 8});
    return {std::move(parts), words * 8, 8, most, seed};
}

TEST_CASE("an array behaves as a map, for keys of any size") {
    for (const uint32_t words : {1u, 2u, 3u, 4u, 5u, 9u}) {
        AssociativeArray array = make(words);
        std::map<std::vector<uint64_t>, uint64_t> model;
        std::mt19937_64 random(words);
        for (int i = 0; i < 40'000; ++i) {
            std::vector<uint64_t> key(words);
            for (uint64_t& word : key) word = random() % 7;
            key[words - 1] = random() % 3000;
            switch (random() % 5) {
                case 0: {
                    const bool had = model.erase(key) != 0;
                    REQUIRE(array.remove(bytes(key.data()), 0, [](std::byte*) {}) == (had ? 1 : 0));
                    break;
                }
                case 1: {
                    const std::byte* found = array.find(bytes(key.data()));
                    const auto expected = model.find(key);
                    REQUIRE((found != nullptr) == (expected != model.end()));
                    if (found != nullptr) REQUIRE(load_word(found) == expected->second);
                    break;
                }
                default: {
                    std::byte* value = array.ref(bytes(key.data()));
                    REQUIRE(value != nullptr);
                    REQUIRE(number(value) == model[key]);  // a new one is zero, also where one was deleted before
                    number(value) = model[key] = random();
                }
            }
            REQUIRE(array.size() == model.size());
        }
        std::map<std::vector<uint64_t>, uint64_t> seen;
        array.for_each([&](const std::byte* key, const std::byte* value) {
            std::vector<uint64_t> copy(words);
            std::memcpy(copy.data(), key, words * 8);
            seen[copy] = load_word(value);
        });
        CHECK(seen == model);
    }
}

TEST_CASE("addresses of values stay while others come and go") {
    AssociativeArray array = make(1);
    const uint64_t first = 1;
    std::byte* value = array.ref(bytes(&first));
    number(value) = 4711;
    for (uint64_t key = 2; key < 100'000; ++key) REQUIRE(array.ref(bytes(&key)) != nullptr);
    CHECK(array.find(bytes(&first)) == value);
    for (uint64_t key = 2; key < 100'000; ++key) REQUIRE(array.remove(bytes(&key), 0, [](std::byte*) {}) == 1);
    CHECK(array.find(bytes(&first)) == value);
    CHECK(number(value) == 4711);
}

TEST_CASE("a million elements, and no more") {
    constexpr uint64_t most = 1'000'000;
    AssociativeArray array = make(1, most);
    for (uint64_t key = 0; key < most; ++key) {
        const uint64_t spread = key * 0x10001;
        std::byte* value = array.ref(bytes(&spread));
        REQUIRE(value != nullptr);
        number(value) = key;
    }
    CHECK(array.size() == most);
    const uint64_t other = 3;
    CHECK(array.ref(bytes(&other)) == nullptr);
    CHECK(array.find(bytes(&other)) == nullptr);
    const uint64_t known = 999 * 0x10001;
    CHECK(number(array.ref(bytes(&known))) == 999);  // one that is there needs no room
    CHECK(array.remove(bytes(&known), 0, [](std::byte*) {}) == 1);
    CHECK(array.ref(bytes(&other)) != nullptr);  // room again
    CHECK(array.size() == most);
    array.clear();
    CHECK(array.size() == 0);
    CHECK(array.find(bytes(&other)) == nullptr);
    CHECK(array.ref(bytes(&other)) != nullptr);
}

TEST_CASE("ANY deletes and finds by the other dimensions") {
    const auto fill = [](AssociativeArray& array) {
        for (uint64_t a = 0; a < 10; ++a) {
            for (uint64_t b = 0; b < 10; ++b) {
                for (uint64_t c = 0; c < 10; ++c) {
                    const std::array<uint64_t, 3> key{a, b, c};
                    number(array.ref(bytes(key.data()))) = a * 100 + b * 10 + c;
                }
            }
        }
    };
    const std::array<uint64_t, 3> key{3, 4, 5};
    for (uint64_t any = 0; any < 8; ++any) {
        AssociativeArray array = make(3);
        fill(array);
        CHECK(array.exists(bytes(key.data()), any));
        std::set<uint64_t> removed;
        const size_t count =
            array.remove(bytes(key.data()), any, [&](std::byte* value) { removed.insert(number(value)); });
        std::set<uint64_t> expected;
        for (uint64_t n = 0; n < 1000; ++n) {
            const bool a = (any & 1) != 0 || n / 100 == 3;
            const bool b = (any & 2) != 0 || n / 10 % 10 == 4;
            const bool c = (any & 4) != 0 || n % 10 == 5;
            if (a && b && c) expected.insert(n);
        }
        CHECK(removed == expected);
        CHECK(count == expected.size());
        CHECK(array.size() == 1000 - expected.size());
        CHECK_FALSE(array.exists(bytes(key.data()), any));
        array.for_each([&](const std::byte*, const std::byte* value) { CHECK(expected.count(load_word(value)) == 0); });
    }
}

TEST_CASE("a dimension may be several words wide") {
    AssociativeArray array({{0, 16}, {16, 8}}, 24, 8, 100, 5);
    const std::array<uint64_t, 3> one{1, 2, 7};
    const std::array<uint64_t, 3> two{1, 3, 7};
    array.ref(bytes(one.data()));
    array.ref(bytes(two.data()));
    CHECK(array.remove(bytes(one.data()), 2, [](std::byte*) {}) == 1);
    CHECK(array.find(bytes(two.data())) != nullptr);
    CHECK(array.find(bytes(one.data())) == nullptr);
}

TEST_CASE("elements come in the order of their making, whatever the seed") {
    for (const uint64_t seed : {1u, 2u, 3u}) {
        AssociativeArray array = make(1, 1000, seed);
        for (const uint64_t key : {50u, 10u, 30u, 20u, 40u}) array.ref(bytes(&key));
        const uint64_t gone = 30;
        array.remove(bytes(&gone), 0, [](std::byte*) {});
        std::vector<uint64_t> keys;
        array.for_each([&](const std::byte* key, const std::byte*) { keys.push_back(load_word(key)); });
        CHECK(keys == std::vector<uint64_t>{50, 10, 20, 40});
    }
}

TEST_CASE("blocks of threads") {
    ThreadTable threads(24, 2, 9);
    CHECK(threads.find(1) == nullptr);
    std::byte* one = threads.ref(1);
    REQUIRE(one != nullptr);
    CHECK(load_word(one + 16) == 0);
    number(one + 16) = 5;
    CHECK(threads.ref(2) != nullptr);
    CHECK(threads.ref(3) == nullptr);
    CHECK(threads.find(1) == one);
    CHECK(load_word(threads.ref(1) + 16) == 5);
    CHECK(threads.size() == 2);
}

}  // namespace
}  // namespace probevue
