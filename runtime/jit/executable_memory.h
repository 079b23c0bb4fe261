// Memory that holds machine code. No page of it is ever writable and executable at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace probevue {

class ExecutableMemory {
public:
    // Of a copy of the code; nothing where the system grants none.
    static std::optional<ExecutableMemory> holding(std::span<const uint8_t> code);

    ExecutableMemory(ExecutableMemory&& other) noexcept
        : begin_(std::exchange(other.begin_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    ExecutableMemory& operator=(ExecutableMemory&& other) noexcept {
        std::swap(begin_, other.begin_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~ExecutableMemory();

    const void* begin() const { return begin_; }
    size_t size() const { return size_; }  // bytes of code

private:
    ExecutableMemory(void* begin, size_t size) : begin_(begin), size_(size) {}

    void* begin_ = nullptr;  // a mapping of its own
    size_t size_ = 0;
};

}  // namespace probevue
