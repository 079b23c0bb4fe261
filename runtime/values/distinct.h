// How many different values there were (`distinct_t`): exact while they are few, an estimate beyond.
//
// The estimate is HyperLogLog (Flajolet and others, 2007) with 2^14 registers of a byte: a standard error of 0.81 %
// from 16 KB; counts come of the registers by Ertl's improved estimator ("New cardinality estimation algorithms for
// HyperLogLog sketches", 2017), which needs no tables and has no bias between small and large counts. Registers are
// merged by their maximum, sets by union: exactly, in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/values/room.h"

namespace probevue {

class Distinct {
public:
    static constexpr unsigned index_bits = 14;
    static constexpr size_t registers = size_t{1} << index_bits;
    // So many different values are kept one by one, and counted exactly.
    static constexpr size_t most_exact = 1'024;

    // Takes in a value by its hash, of which all 64 bits count: the same for the same value in every session, so that
    // what was counted apart can be merged. False when `room` has not enough left: add() has changed nothing then, and
    // merge() may have taken in some of the values: the count is never more than there were.
    bool add(uint64_t hash, Room& room);
    bool merge(const Distinct& other, Room& room);

    // For a state that is written down: all hashes while it is exact, in no order, else all registers; and back.
    std::vector<uint64_t> hashes() const;
    std::span<const uint8_t> all_registers() const { return registers_; }
    // False when they are no registers (see `registers_`), or `room` has not enough left: nothing has changed then.
    bool merge_registers(std::span<const uint8_t> others, Room& room);
    // What it has taken of a Room, in bytes.
    size_t taken() const { return hashes_.size() * sizeof(uint64_t) + registers_.size(); }

    uint64_t count() const;
    bool is_exact() const { return registers_.empty(); }

private:
    bool insert(uint64_t hash, Room& room);
    bool grow(Room& room);
    bool estimate(Room& room);  // from now on
    void set_register(uint64_t hash);

    size_t used_ = 0;
    std::vector<uint64_t> hashes_;    // open addressing, 0: free; empty when registers are in use
    std::vector<uint8_t> registers_;  // 0: no hash has come there; else leading zeros + 1
};

// Hashes the parts of a value one after the other, from a state of 0 on. Not seeded: see Distinct::add.
uint64_t distinct_hash(uint64_t state, const std::byte* bytes, size_t size);

}  // namespace probevue
