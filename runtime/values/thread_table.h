// Blocks of thread-local variables, one a thread that has any. Addresses stay valid for the life of the table.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/values/associative_array.h"

namespace probevue {

class ThreadTable {
public:
    ThreadTable(uint32_t block_size, uint64_t max_threads, uint64_t seed)
        : blocks_({KeyPart{0, 8}}, 8, block_size, max_threads, seed) {}

    // The thread's block, made of zeros; null when there are too many threads.
    std::byte* ref(uint64_t tid) { return blocks_.ref(reinterpret_cast<const std::byte*>(&tid)); }
    // The block, or null.
    std::byte* find(uint64_t tid) const { return blocks_.find(reinterpret_cast<const std::byte*>(&tid)); }
    size_t size() const { return blocks_.size(); }
    // Calls f(tid, block) for each thread.
    template <typename Function>
    void for_each(Function&& f) const {
        blocks_.for_each([&](const std::byte* tid, const std::byte* block) { f(load_word(tid), block); });
    }

private:
    AssociativeArray blocks_;
};

}  // namespace probevue
