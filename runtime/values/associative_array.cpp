#include "runtime/values/associative_array.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace probevue {

namespace {

constexpr size_t first_slots = 64;
constexpr size_t chunk_bytes = 64 * 1024;
constexpr uint64_t most_elements = uint64_t{1} << 31;  // numbers of entries are 32 bits, with one value to spare

}  // namespace

void AssociativeArray::Free::operator()(std::byte* memory) const { std::free(memory); }

AssociativeArray::AssociativeArray(std::vector<KeyPart> parts, uint32_t key_size, uint32_t value_size,
                                   uint64_t max_elements, uint64_t seed)
    : slots_(first_slots),
      mask_(first_slots - 1),
      words_(key_size / 8),
      key_size_(key_size),
      value_size_(value_size),
      entry_size_(key_size + value_size),
      seed_(seed),
      max_elements_(std::min(max_elements, most_elements)),
      parts_(std::move(parts)) {
    // Elements in a chunk: a power of two, so that shift and mask lead to one, and at least 8 where they are large.
    const size_t wanted = std::clamp<size_t>(chunk_bytes / std::max<size_t>(entry_size_, 1), 8, 4096);
    chunk_shift_ = static_cast<uint32_t>(std::bit_width(wanted) - 1);
    chunk_mask_ = (1u << chunk_shift_) - 1;
}

uint64_t AssociativeArray::hash(const std::byte* key) const {
    switch (words_) {
        case 1:
            return hash_words<1>(key, words_, seed_);
        case 2:
            return hash_words<2>(key, words_, seed_);
        case 3:
            return hash_words<3>(key, words_, seed_);
        default:
            return hash_words<0>(key, words_, seed_);
    }
}

bool AssociativeArray::new_entry(uint32_t& number) {
    if (!free_.empty()) {
        // It is all zeros: erase() has seen to it.
        number = free_.back();
        free_.pop_back();
        return true;
    }
    number = made_;
    if ((number >> chunk_shift_) == chunks_.size()) {
        // calloc: fresh pages are zero already and need no touching
        auto* memory = static_cast<std::byte*>(std::calloc(size_t{1} << chunk_shift_, entry_size_));
        if (memory == nullptr) return false;
        chunks_.emplace_back(memory);
    }
    ++made_;
    return true;
}

std::byte* AssociativeArray::insert(const std::byte* key, uint64_t hashed, size_t at) {
    uint32_t number = 0;
    if (used_ >= max_elements_ || !new_entry(number)) return nullptr;
    // No more than three quarters are taken: searches end at an empty slot, which there must be, and soon.
    if ((used_ + 1) * 4 > slots_.size() * 3) {
        grow();
        at = hashed & mask_;
        while (slots_[at].entry != 0) at = (at + 1) & mask_;
    }
    slots_[at] = Slot{static_cast<uint32_t>(hashed >> 32), number + 1};
    ++used_;
    std::byte* entry = address(number);
    std::memcpy(entry, key, key_size_);
    return entry + key_size_;
}

void AssociativeArray::grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
        if (slot.entry == 0) continue;
        // Anew from the key: the slot has kept the upper half alone.
        size_t at = hash(address(slot.entry - 1)) & mask_;
        while (slots_[at].entry != 0) at = (at + 1) & mask_;
        slots_[at] = slot;
    }
}

void AssociativeArray::erase(const std::byte* entry) {
    size_t hole = hash(entry) & mask_;
    while (slots_[hole].entry == 0 || address(slots_[hole].entry - 1) != entry) hole = (hole + 1) & mask_;
    const uint32_t number = slots_[hole].entry - 1;
    // Close the gap: move back what a probe over the hole could be looking for.
    for (size_t next = (hole + 1) & mask_; slots_[next].entry != 0; next = (next + 1) & mask_) {
        const size_t home = hash(address(slots_[next].entry - 1)) & mask_;
        if (((next - home) & mask_) >= ((next - hole) & mask_)) {
            slots_[hole] = slots_[next];
            hole = next;
        }
    }
    slots_[hole] = Slot{};
    // Who gets it next expects zeros: ref() promises them.
    std::memset(address(number), 0, entry_size_);
    free_.push_back(number);
    --used_;
}

bool AssociativeArray::matches(const std::byte* entry, const std::byte* key, uint64_t any) const {
    for (size_t i = 0; i < parts_.size(); ++i) {
        // A set bit: whatever the dimension holds.
        if (i < 64 && ((any >> i) & 1) != 0) continue;
        if (std::memcmp(entry + parts_[i].offset, key + parts_[i].offset, parts_[i].size) != 0) return false;
    }
    return true;
}

bool AssociativeArray::exists(const std::byte* key, uint64_t any) const {
    if (any == 0) return find(key) != nullptr;
    return std::any_of(slots_.begin(), slots_.end(),
                       [&](const Slot& slot) { return slot.entry != 0 && matches(address(slot.entry - 1), key, any); });
}

void AssociativeArray::clear() {
    chunks_.clear();
    free_.clear();
    slots_.assign(first_slots, Slot{});
    mask_ = first_slots - 1;
    used_ = 0;
    made_ = 0;
}

std::vector<uint32_t> AssociativeArray::live() const {
    std::vector<uint32_t> numbers;
    numbers.reserve(used_);
    // Every place is taken: no need to look at the slots, and nothing to sort.
    if (free_.empty()) {
        for (uint32_t i = 0; i < made_; ++i) numbers.push_back(i);
        return numbers;
    }
    for (const Slot& slot : slots_) {
        if (slot.entry != 0) numbers.push_back(slot.entry - 1);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

}  // namespace probevue
