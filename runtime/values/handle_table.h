// Values of array elements that do not lie in the element itself: the element holds a handle, 0 where nothing has been
// made yet.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace probevue {

template <typename T>
class HandleTable {
public:
    // Null for 0 and for a handle that was released. Valid until the next make().
    const T* find(uint64_t handle) const {
        const uint64_t index = (handle & 0xffffffff) - 1;
        if (handle == 0 || index >= entries_.size()) return nullptr;
        const Entry& found = entries_[index];
        return found.value.has_value() && found.generation == handle >> 32 ? &*found.value : nullptr;
    }
    T* find(uint64_t handle) { return const_cast<T*>(std::as_const(*this).find(handle)); }

    // Takes the value in and returns its handle.
    uint64_t make(T value) {
        uint32_t index = 0;
        if (free_.empty()) {
            index = static_cast<uint32_t>(entries_.size());
            entries_.emplace_back();
        } else {
            index = free_.back();
            free_.pop_back();
        }
        entries_[index].value.emplace(std::move(value));
        return static_cast<uint64_t>(entries_[index].generation) << 32 | (index + 1);
    }

    void release(uint64_t handle) {
        if (find(handle) == nullptr) return;
        const auto index = static_cast<uint32_t>((handle & 0xffffffff) - 1);
        entries_[index].value.reset();
        ++entries_[index].generation;
        free_.push_back(index);
    }

private:
    struct Entry {
        std::optional<T> value;   // empty: free
        uint32_t generation = 0;  // upper half of the handle: one that was released is not taken for another
    };

    std::vector<Entry> entries_;
    std::vector<uint32_t> free_;
};

}  // namespace probevue
