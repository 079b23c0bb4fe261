// The system calls of this machine's architecture: their numbers and names, as libseccomp has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace probevue {

// A way into the kernel that a tuple means.
struct SystemCall {
    int32_t number = 0;
    uint8_t skipped = 0;  // arguments before the one that the script calls __arg1

    bool operator==(const SystemCall&) const = default;
};

// Which names count in a tuple.
enum class CallNames : uint8_t {
    library,  // @@syscall: functions of the C library, by all their ways into the kernel; else the kernel's own
    kernel,   // @@syscallx: the kernel's names, and numbers
};

// Empty: there is no such call. AIX's names are taken for the functions that they serve.
std::vector<SystemCall> find_system_calls(std::string_view name, CallNames names);

// "read"; "syscall_999" when it has no name that we know.
std::string system_call_name(int64_t number);

// All names that are known, sorted.
const std::vector<std::string>& system_call_names(CallNames names);

}  // namespace probevue
