// Names of system calls that differ from those of the Linux kernel: functions of the C library, AIX's kernel.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace probevue {

struct LibraryCall {
    std::string_view function;
    std::string_view call;  // the kernel's name
    uint8_t skipped;        // arguments of the call before the first one of the function
};

struct AixCall {
    std::string_view name;
    std::string_view function;  // of the C library
    std::string_view missing;   // not empty: Linux has nothing like it; what to use
};

// The ways of a function into the kernel; empty when it is just the call of that name.
std::span<const LibraryCall> library_calls(std::string_view function);
std::span<const LibraryCall> all_library_calls();

const AixCall* find_aix_call(std::string_view name);

}  // namespace probevue
