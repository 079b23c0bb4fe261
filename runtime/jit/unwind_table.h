// How a function that was compiled just in time is left when a helper function throws, as for want of memory: without
// it the process would end there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/jit/translate.h"

namespace probevue {

// The form is that of .eh_frame (DWARF 5, 6.4.1; LSB 5, 10.6).
class UnwindTable {
public:
    // For the function at an address; the table must go before the function does.
    UnwindTable(const void* function, size_t size, const FrameRule& rule);
    UnwindTable(const UnwindTable&) = delete;
    UnwindTable& operator=(const UnwindTable&) = delete;
    ~UnwindTable();

private:
    template <typename T>
    void put(T value);
    size_t begin();
    void end(size_t at);

    std::vector<uint8_t> bytes_;
};

}  // namespace probevue
