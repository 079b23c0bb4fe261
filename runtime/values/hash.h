// Hash of fixed-size keys: multiply and fold, as in wyhash. Keys come from the network, so the hash is seeded per
// table.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace probevue {

inline uint64_t load_word(const std::byte* from) {
    uint64_t word;
    std::memcpy(&word, from, sizeof word);
    return word;
}

inline uint64_t multiply_fold(uint64_t a, uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// Words is the number of 64-bit words of the key; 0: `words` says it.
template <size_t Words>
inline uint64_t hash_words(const std::byte* key, size_t words, uint64_t seed) {
    constexpr uint64_t odd1 = 0xa0761d6478bd642f;
    constexpr uint64_t odd2 = 0xe7037ed1a0b428db;
    if constexpr (Words == 1) {
        return multiply_fold(load_word(key) ^ seed, odd1);
    } else if constexpr (Words == 2) {
        return multiply_fold(multiply_fold(load_word(key) ^ seed, load_word(key + 8) ^ odd1), odd2);
    } else if constexpr (Words == 3) {
        const uint64_t low = multiply_fold(load_word(key) ^ seed, load_word(key + 8) ^ odd1);
        return multiply_fold(low ^ load_word(key + 16), odd2);
    } else {
        uint64_t state = seed;
        size_t i = 0;
        for (; i + 2 <= words; i += 2)
            state = multiply_fold(state ^ load_word(key + i * 8), load_word(key + i * 8 + 8) ^ odd1);
        if (i < words) state = multiply_fold(state ^ load_word(key + i * 8), odd2);
        return multiply_fold(state ^ odd1, words ^ odd2);
    }
}

}  // namespace probevue
