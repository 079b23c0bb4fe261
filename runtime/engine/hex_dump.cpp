#include "runtime/engine/hex_dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace probevue {

std::string hex_dump_text(std::span<const std::byte> bytes) {
    constexpr size_t line = 16;
    constexpr size_t hexadecimal = line / 2 * 5;  // a blank before each two bytes
    std::string out;
    for (size_t at = 0; at < bytes.size(); at += line) {
        std::string numbers;
        std::string text;
        const std::span<const std::byte> part = bytes.subspan(at, std::min(line, bytes.size() - at));
        for (size_t i = 0; i < part.size(); ++i) {
            const auto value = std::to_integer<unsigned>(part[i]);
            fmt::format_to(std::back_inserter(numbers), "{}{:02x}", i % 2 == 0 ? " " : "", value);
            text += value > 0x20 && value < 0x7f ? static_cast<char>(value) : '.';
        }
        fmt::format_to(std::back_inserter(out), "\t0x{:04x}: {:{}}  {}\n", at, numbers, hexadecimal, text);
    }
    return out;
}

}  // namespace probevue
