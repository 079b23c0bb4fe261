// AssociativeArray: the memory behind an array of the language. Open addressing over an index of 8-byte slots; keys and
// values lie side by side in chunks that never move, so the address of a value stays valid until its element is
// deleted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/values/hash.h"

namespace probevue {

// One dimension of a key: where its bytes lie.
struct KeyPart {
    uint32_t offset = 0;  // bytes, a multiple of 8
    uint32_t size = 0;    // bytes, padding included, a multiple of 8
};

class AssociativeArray {
public:
    // Sizes in bytes, multiples of 8. An array holds at most `max_elements` (capped at 2^31). `seed` keeps senders of
    // packets from choosing keys that collide.
    AssociativeArray(std::vector<KeyPart> parts, uint32_t key_size, uint32_t value_size, uint64_t max_elements,
                     uint64_t seed);

    // Address of the value of `key`, made of zeros when absent; null when the array is full.
    std::byte* ref(const std::byte* key);
    // Address of the value, or null.
    std::byte* find(const std::byte* key) const;

    // Deletes the elements that equal `key` in every dimension whose bit in `any` is clear; returns how many. `removed`
    // is called with the value's address before it goes.
    template <typename Removed>
    size_t remove(const std::byte* key, uint64_t any, Removed&& removed) {
        if (any == 0) {
            std::byte* value = find(key);
            if (value == nullptr) return 0;
            removed(value);
            erase(value - key_size_);
            return 1;
        }
        std::vector<std::byte*> doomed;
        for_each([&](const std::byte* entry, std::byte* value) {
            if (matches(entry, key, any)) doomed.push_back(value);
        });
        for (std::byte* value : doomed) {
            removed(value);
            erase(value - key_size_);
        }
        return doomed.size();
    }
    bool exists(const std::byte* key, uint64_t any) const;
    void clear();

    // Calls f(key, value) for each element in the order of their making (places of deleted elements are filled first).
    template <typename Function>
    void for_each(Function&& f) const {
        for (uint32_t number : live()) {
            std::byte* entry = address(number);
            f(static_cast<const std::byte*>(entry), entry + key_size_);
        }
    }

    size_t size() const { return used_; }
    uint32_t key_size() const { return key_size_; }
    uint32_t value_size() const { return value_size_; }

private:
    // `entry` is the entry's number + 1; 0 is an empty slot. `tag` is the upper half of the hash, the slot comes from
    // the lower one.
    struct Slot {
        uint32_t tag = 0;
        uint32_t entry = 0;
    };

    struct Free {
        void operator()(std::byte* memory) const;
    };

    std::byte* address(uint32_t number) const {
        return chunks_[number >> chunk_shift_].get() + static_cast<size_t>(number & chunk_mask_) * entry_size_;
    }
    uint64_t hash(const std::byte* key) const;
    template <size_t Words>
    bool same(const std::byte* a, const std::byte* b) const;
    template <size_t Words>
    std::byte* find_words(const std::byte* key) const;
    template <size_t Words>
    std::byte* ref_words(const std::byte* key);
    bool matches(const std::byte* entry, const std::byte* key, uint64_t any) const;
    std::byte* insert(const std::byte* key, uint64_t hashed, size_t at);
    bool new_entry(uint32_t& number);
    void grow();
    void erase(const std::byte* entry);
    std::vector<uint32_t> live() const;  // numbers of the elements, ascending

    std::vector<Slot> slots_;
    size_t mask_ = 0;
    uint32_t words_ = 0;
    uint32_t key_size_ = 0;
    uint32_t value_size_ = 0;
    uint32_t entry_size_ = 0;
    uint32_t chunk_shift_ = 0;
    uint32_t chunk_mask_ = 0;
    uint64_t seed_ = 0;
    size_t used_ = 0;
    size_t max_elements_ = 0;
    uint32_t made_ = 0;  // entries ever made; below it, those not free are live
    std::vector<std::unique_ptr<std::byte[], Free>> chunks_;
    std::vector<uint32_t> free_;
    std::vector<KeyPart> parts_;
};

template <size_t Words>
inline bool AssociativeArray::same(const std::byte* a, const std::byte* b) const {
    if constexpr (Words == 1) return load_word(a) == load_word(b);
    if constexpr (Words == 2) return ((load_word(a) ^ load_word(b)) | (load_word(a + 8) ^ load_word(b + 8))) == 0;
    if constexpr (Words == 3) {
        return ((load_word(a) ^ load_word(b)) | (load_word(a + 8) ^ load_word(b + 8)) |
                (load_word(a + 16) ^ load_word(b + 16))) == 0;
    }
    return std::memcmp(a, b, key_size_) == 0;
}

template <size_t Words>
inline std::byte* AssociativeArray::find_words(const std::byte* key) const {
    const uint64_t hashed = hash_words<Words>(key, words_, seed_);
    const auto tag = static_cast<uint32_t>(hashed >> 32);
    for (size_t at = hashed & mask_;; at = (at + 1) & mask_) {
        const Slot slot = slots_[at];
        if (slot.entry == 0) return nullptr;
        if (slot.tag == tag) {
            std::byte* entry = address(slot.entry - 1);
            if (same<Words>(entry, key)) return entry + key_size_;
        }
    }
}

template <size_t Words>
inline std::byte* AssociativeArray::ref_words(const std::byte* key) {
    const uint64_t hashed = hash_words<Words>(key, words_, seed_);
    const auto tag = static_cast<uint32_t>(hashed >> 32);
    for (size_t at = hashed & mask_;; at = (at + 1) & mask_) {
        const Slot slot = slots_[at];
        if (slot.entry == 0) return insert(key, hashed, at);
        if (slot.tag == tag) {
            std::byte* entry = address(slot.entry - 1);
            if (same<Words>(entry, key)) return entry + key_size_;
        }
    }
}

inline std::byte* AssociativeArray::find(const std::byte* key) const {
    switch (words_) {
        case 1:
            return find_words<1>(key);
        case 2:
            return find_words<2>(key);
        case 3:
            return find_words<3>(key);
        default:
            return find_words<0>(key);
    }
}

inline std::byte* AssociativeArray::ref(const std::byte* key) {
    switch (words_) {
        case 1:
            return ref_words<1>(key);
        case 2:
            return ref_words<2>(key);
        case 3:
            return ref_words<3>(key);
        default:
            return ref_words<0>(key);
    }
}

}  // namespace probevue
