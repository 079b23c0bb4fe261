// Quantiles and counts of different values against sorting and sets: ten million values of each kind, the error that
// docs/language.md promises. PROBEVUE_VALUES=N takes another number.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "runtime/values/distinct.h"
#include "runtime/values/distribution.h"

namespace probevue {
namespace {

constexpr uint64_t parts[] = {0,           1'000,       10'000'000,  100'000'000, 250'000'000,  500'000'000,
                              750'000'000, 900'000'000, 990'000'000, 999'000'000, 1'000'000'000};
constexpr double promised = 0.01;

size_t how_many() {
    const char* asked = std::getenv("PROBEVUE_VALUES");
    return asked == nullptr ? 10'000'000 : std::strtoull(asked, nullptr, 10);
}

struct Sample {
    std::string name;
    std::function<int64_t(std::mt19937_64&)> value;
};

int64_t whole(double value) { return static_cast<int64_t>(std::min(value, 9e18)); }

std::vector<Sample> samples() {
    std::uniform_int_distribution<int64_t> uniform(0, 1'000'000'000);
    std::lognormal_distribution<double> times(10, 2);  // as latencies are: median e^10 ns, long tail
    std::normal_distribution<double> fast(2'000, 100);
    std::normal_distribution<double> slow(3'000'000, 50'000);
    std::uniform_int_distribution<int> shift(0, 62);
    return {
        {"uniform", [=](std::mt19937_64& random) mutable { return uniform(random); }},
        {"log-normal", [=](std::mt19937_64& random) mutable { return whole(times(random)); }},
        {"bimodal",
         [=](std::mt19937_64& random) mutable { return whole(random() % 2 == 0 ? fast(random) : slow(random)); }},
        {"constant", [](std::mt19937_64&) { return int64_t{123'456'789}; }},
        // All at the ends of bins, and below zero too: what is furthest from a bin's middle.
        {"adversarial",
         [=](std::mt19937_64& random) mutable {
             const int by = shift(random);
             const auto bin = static_cast<int64_t>(random() % 64 + 64);
             const int64_t edge = by <= 6 ? bin : (bin << (by - 6)) - static_cast<int64_t>(random() % 2);
             return random() % 4 == 0 ? -edge : edge;
         }},
    };
}

// The value of nearest rank, by definition.
int64_t exact(const std::vector<int64_t>& sorted, uint64_t part) {
    __extension__ using Wide = unsigned __int128;
    const auto rank = static_cast<size_t>((Wide{sorted.size()} * part + Distribution::whole - 1) / Distribution::whole);
    return sorted[std::max<size_t>(rank, 1) - 1];
}

TEST_CASE("quantiles of ten million values lie within 1 % of what sorting gives, and parts merge to the same") {
    for (Sample& sample : samples()) {
        CAPTURE(sample.name);
        std::mt19937_64 random(20261127);
        Room room(size_t{1} << 30);
        std::vector<Distribution> thirds(3);
        Distribution all;
        std::vector<int64_t> values(how_many());
        bool taken = true;
        for (size_t i = 0; i < values.size(); ++i) {
            values[i] = sample.value(random);
            taken = all.add(values[i], room) && taken;
            taken = thirds[i % 3].add(values[i], room) && taken;
        }
        REQUIRE(taken);
        std::sort(values.begin(), values.end());
        double worst = 0;
        for (const uint64_t part : parts) {
            const int64_t right = exact(values, part);
            const int64_t got = all.quantile(part);
            const double error = right == got ? 0
                                              : std::fabs(static_cast<double>(got) - static_cast<double>(right)) /
                                                    std::fabs(static_cast<double>(right));
            worst = std::max(worst, error);
            CAPTURE(part);
            CHECK(error <= promised);
        }
        CHECK(all.quantile(0) == values.front());
        CHECK(all.quantile(Distribution::whole) == values.back());
        for (const size_t first : {0, 1, 2}) {
            Distribution merged;
            for (size_t i = 0; i < 3; ++i) REQUIRE(merged.merge(thirds[(first + 2 * i) % 3], room));
            for (const uint64_t part : parts) CHECK(merged.quantile(part) == all.quantile(part));
        }
        fmt::print("{}: {} values, worst relative error {:.3f} %\n", sample.name, values.size(), worst * 100);
    }
}

TEST_CASE("ten million different values are counted within 2 %") {
    Room room(size_t{1} << 30);
    Distinct values;
    double worst = 0;
    uint64_t next_look = 2'000;
    for (uint64_t v = 1; v <= how_many(); ++v) {
        REQUIRE(values.add(distinct_hash(0, reinterpret_cast<const std::byte*>(&v), sizeof v), room));
        if (v != next_look && v != how_many()) continue;
        next_look *= 2;
        const double error = std::fabs(static_cast<double>(values.count()) / static_cast<double>(v) - 1);
        worst = std::max(worst, error);
        CAPTURE(v);
        CHECK(error <= 0.02);
    }
    fmt::print("different values: worst relative error {:.3f} %\n", worst * 100);
}

}  // namespace
}  // namespace probevue
