#include "runtime/values/distinct.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "runtime/values/hash.h"

namespace probevue {

namespace {

constexpr size_t first_slots = 16;
constexpr unsigned rank_bits = 64 - Distinct::index_bits;  // what is left of a hash for leading zeros

// Every bit of the result depends on every bit of x: the finalizer of MurmurHash3 (A. Appleby).
uint64_t scattered(uint64_t x) {
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccd;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53;
    x ^= x >> 33;
    return x;
}

// sigma and tau of Ertl's paper, section 2: the series end where a term no longer changes the sum.
double sigma(double x) {
    if (x == 1) return std::numeric_limits<double>::infinity();
    double y = 1;
    double z = x;
    double before = 0;
    do {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    } while (z != before);
    return z;
}

double tau(double x) {
    if (x == 0 || x == 1) return 0;
    double y = 1;
    double z = 1 - x;
    double before = 0;
    do {
        x = std::sqrt(x);
        before = z;
        y *= 0.5;
        z -= (1 - x) * (1 - x) * y;
    } while (z != before);
    return z / 3;
}

}  // namespace

uint64_t distinct_hash(uint64_t state, const std::byte* bytes, size_t size) {
    size_t at = 0;
    for (; at + 8 <= size; at += 8) state = multiply_fold(state ^ load_word(bytes + at), 0xa0761d6478bd642f);
    uint64_t rest = 0;
    if (at < size) std::memcpy(&rest, bytes + at, size - at);
    return scattered(multiply_fold(state ^ rest, 0xe7037ed1a0b428db) + size);
}

bool Distinct::add(uint64_t hash, Room& room) {
    if (hash == 0) hash = 1;  // 0 marks a free place; one value in 2^64 is taken for another
    if (registers_.empty()) return insert(hash, room);
    set_register(hash);
    return true;
}

bool Distinct::insert(uint64_t hash, Room& room) {
    if (hashes_.empty() && !grow(room)) return false;
    for (;;) {
        const size_t mask = hashes_.size() - 1;
        size_t at = hash & mask;
        while (hashes_[at] != 0 && hashes_[at] != hash) at = (at + 1) & mask;
        if (hashes_[at] == hash) return true;
        // Only a hash that is new gets here: one that is known would not change the estimate either.
        if (used_ == most_exact) {
            if (!estimate(room)) return false;
            set_register(hash);
            return true;
        }
        // There is always a free place, at which searches end; after grow() it is another one, so that it is looked for
        // again.
        if ((used_ + 1) * 4 <= hashes_.size() * 3) {
            hashes_[at] = hash;
            ++used_;
            return true;
        }
        if (!grow(room)) return false;
    }
}

bool Distinct::grow(Room& room) {
    const size_t size = hashes_.empty() ? first_slots : hashes_.size() * 2;
    if (!room.take((size - hashes_.size()) * sizeof(uint64_t))) return false;
    std::vector<uint64_t> old(size);
    old.swap(hashes_);
    for (const uint64_t hash : old) {
        if (hash == 0) continue;
        size_t at = hash & (size - 1);
        while (hashes_[at] != 0) at = (at + 1) & (size - 1);
        hashes_[at] = hash;
    }
    return true;
}

bool Distinct::estimate(Room& room) {
    if (!registers_.empty()) return true;
    if (!room.take(registers)) return false;
    registers_.resize(registers);
    for (const uint64_t hash : hashes_) {
        if (hash != 0) set_register(hash);
    }
    room.give_back(hashes_.size() * sizeof(uint64_t));
    hashes_ = {};
    used_ = 0;
    return true;
}

void Distinct::set_register(uint64_t hash) {
    // The upper bits choose the register. Where all others are 0, the bound keeps those from being counted that were
    // shifted in behind them.
    const size_t index = hash >> rank_bits;
    const auto zeros = std::min<unsigned>(static_cast<unsigned>(std::countl_zero(hash << index_bits)), rank_bits);
    registers_[index] = std::max(registers_[index], static_cast<uint8_t>(zeros + 1));
}

std::vector<uint64_t> Distinct::hashes() const {
    std::vector<uint64_t> out;
    for (const uint64_t hash : hashes_) {
        if (hash != 0) out.push_back(hash);
    }
    return out;
}

bool Distinct::merge_registers(std::span<const uint8_t> others, Room& room) {
    // They come from a file: a greater one would be a place outside of the histogram in count().
    const bool sound = others.size() == registers &&
                       std::all_of(others.begin(), others.end(), [](uint8_t one) { return one <= rank_bits + 1; });
    if (!sound || !estimate(room)) return false;
    for (size_t i = 0; i < registers; ++i) registers_[i] = std::max(registers_[i], others[i]);
    return true;
}

bool Distinct::merge(const Distinct& other, Room& room) {
    if (!other.registers_.empty()) return merge_registers(other.registers_, room);
    for (const uint64_t hash : other.hashes_) {
        if (hash != 0 && !add(hash, room)) return false;
    }
    return true;
}

// Ertl, algorithm 6.
uint64_t Distinct::count() const {
    if (registers_.empty()) return used_;
    std::array<uint32_t, rank_bits + 2> histogram{};
    for (const uint8_t value : registers_) ++histogram[value];
    constexpr auto m = static_cast<double>(registers);
    double z = m * tau(1 - static_cast<double>(histogram[rank_bits + 1]) / m);
    for (size_t k = rank_bits; k >= 1; --k) z = 0.5 * (z + static_cast<double>(histogram[k]));
    z += m * sigma(static_cast<double>(histogram[0]) / m);
    constexpr double alpha = 0.7213475204444817;  // 1 / (2 ln 2)
    return static_cast<uint64_t>(std::llround(alpha * m * m / z));
}

}  // namespace probevue
