// Distributions and counts of different values, as compiled code calls for them.
#include <doctest/doctest.h>

#include "runtime/engine/helpers.h"
#include "tests/unit/engine_support.h"

namespace probevue::test {
namespace {

struct Summed {
    explicit Summed(uint64_t bytes) : machine(program, options(bytes), sink) {}
    static EngineOptions options(uint64_t bytes) {
        EngineOptions made;
        made.max_summaries = bytes;
        return made;
    }
    void add(uint64_t& element, int64_t value) {
        helpers::dist_add(machine, address_of(&element), static_cast<uint64_t>(value), 0, 0, 0);
    }
    void take(uint64_t& element, uint64_t value) {
        const uint64_t hash = helpers::distinct_bytes(machine, 0, address_of(&value), sizeof value, 0, 0);
        helpers::distinct_add(machine, address_of(&element), hash, 0, 0, 0);
    }
    uint64_t number(uint64_t element, ArrayPrintOptions::ListValue which) {
        return helpers::dist_number(machine, element, which, 0, 0, 0);
    }

    Program program;
    LogSink sink;
    Machine machine;
};

}  // namespace

TEST_CASE("ten thousand distributions of a key each: memory is bounded, and what has no room is counted") {
    constexpr uint64_t bytes = 1 << 20;
    Summed all(bytes);
    std::vector<uint64_t> elements(10'000);
    uint64_t added = 0;
    for (uint64_t& element : elements) {
        all.add(element, 1'000);
        all.add(element, 1'000'000);
        added += 2;
    }
    uint64_t counted = 0;
    for (const uint64_t element : elements) counted += all.number(element, ArrayPrintOptions::list_count);
    CHECK(counted > 0);
    CHECK(all.machine.counters.summaries_full > 0);
    CHECK(counted + all.machine.counters.summaries_full == added);
}

TEST_CASE("different values of many keys: memory is bounded, and what has no room is counted") {
    Summed all(100'000);
    std::vector<uint64_t> elements(1'000);
    uint64_t added = 0;
    for (uint64_t& element : elements) {
        for (uint64_t value = 0; value < 20; ++value, ++added) all.take(element, value);
    }
    uint64_t counted = 0;
    for (const uint64_t element : elements) counted += helpers::distinct_count(all.machine, element, 0, 0, 0, 0);
    CHECK(counted > 0);
    CHECK(counted + all.machine.counters.summaries_full == added);
}

TEST_CASE("what was never counted is zero everywhere") {
    Summed all(1'000);
    CHECK(all.number(0, ArrayPrintOptions::list_max) == 0);
    CHECK(helpers::dist_quantile(all.machine, 0, 500'000'000, 0, 0, 0) == 0);
    CHECK(helpers::distinct_count(all.machine, 0, 0, 0, 0, 0) == 0);
    CHECK(helpers::dist_quantile(all.machine, 77, 500'000'000, 0, 0, 0) == 0);  // no such handle
}

}  // namespace probevue::test
