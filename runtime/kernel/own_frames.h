// Frames of kernel stacks that are there because of tracing: programs, and what the kernel calls them through. Private
// to runtime/kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace probevue {

class OwnFrames {
public:
    // Of the bytes of a stack, innermost frame first, those of the frames to leave out. Looks at /proc/kallsyms when it
    // is first called: programs must be attached by then. 0 where the addresses of the kernel are hidden.
    size_t leading_bytes(const std::byte* frames, size_t size);

private:
    void read_symbols();
    bool is_own(uint64_t address) const;

    std::vector<std::pair<uint64_t, uint64_t>> ranges_;  // begin and end of functions, sorted
    bool looked_ = false;
};

}  // namespace probevue
