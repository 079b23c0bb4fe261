// Bytes as tcpdump -X prints them.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace probevue {

// A line for each 16 bytes: a tabulator, where they begin, the bytes in hexadecimal by twos, and as text, in which a
// dot stands for what is no visible character. Without bytes: nothing.
std::string hex_dump_text(std::span<const std::byte> bytes);

}  // namespace probevue
