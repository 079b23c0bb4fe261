// Text of a call for print_args(), by the C prototype of the probed function.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace probevue {

// What an event knows of a call.
struct CallValues {
    std::string_view function;  // its name, when the prototype is empty
    std::array<uint64_t, 8> arguments{};
    std::optional<uint64_t> result;  // in exit probes
};

// "read(3, 0x7ffe1000, 1024)\n", in exit probes "read() = 1024\n". Pointers are hexadecimal; without a prototype all
// arguments are.
std::string call_text(std::string_view prototype, const CallValues& values);

}  // namespace probevue
