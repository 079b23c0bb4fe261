// Stack traces: addresses as recorded, text when printed.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/symbols/symbolizer.h"

namespace probevue {

// Addresses from the innermost frame outwards; kernel frames first.
struct StackTrace {
    int64_t pid = 0;  // whose memory the user addresses are of; 0 when there are none, or when it must not be looked at
    std::vector<uint64_t> kernel;
    std::vector<uint64_t> user;

    auto operator<=>(const StackTrace&) const = default;
};

// At the most `levels` frames of a trace; all with a negative number.
StackTrace cut_stack(const StackTrace& stack, int64_t levels);

// The same trace with the addresses where the functions begin, as far as they are known.
StackTrace stack_of_functions(const StackTrace& stack, Symbolizer& symbolizer);

// The names of the functions from the outermost to the innermost, joined by `;` as tools for flame graphs read them
// (https://github.com/brendangregg/FlameGraph): those of the kernel end in `_[k]`; `[libc.so.6]` and `[unknown]` where
// there is no name.
std::string folded_stack(const StackTrace& stack, Symbolizer& symbolizer);

// One frame a line: the address, and with `symbols` what lies there: function and offset, or the file that is mapped
// there and the offset in it.
std::string stack_text(const StackTrace& stack, bool symbols, Symbolizer& symbolizer);

}  // namespace probevue
