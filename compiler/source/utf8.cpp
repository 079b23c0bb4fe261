#include "compiler/source/utf8.h"

#include <array>
#include <cstdint>

namespace probevue::utf8 {

namespace {

uint8_t byte(std::string_view text, size_t at) {
    return at < text.size() ? static_cast<uint8_t>(text[at]) : uint8_t{0};
}

bool continues(std::string_view text, size_t at) { return (byte(text, at) & 0xc0) == 0x80; }

uint32_t decode(std::string_view text, size_t at, size_t length) {
    if (length <= 1) return byte(text, at);
    // The first of n bytes begins with n ones and a zero.
    uint32_t value = byte(text, at) & (0x7fu >> length);
    for (size_t i = 1; i < length; ++i) value = (value << 6) | (byte(text, at + i) & 0x3fu);
    return value;
}

struct Block {
    uint32_t first;
    uint32_t last;
};

// The blocks that scripts can be expected to hold (comments, messages); not all of Unicode.
constexpr std::array wide = {
    Block{0x1100, 0x115f},   Block{0x2e80, 0x303e},   Block{0x3041, 0xa4cf},   Block{0xac00, 0xd7a3},
    Block{0xf900, 0xfaff},   Block{0xfe30, 0xfe6f},   Block{0xff00, 0xff60},   Block{0xffe0, 0xffe6},
    Block{0x1f300, 0x1f64f}, Block{0x1f900, 0x1f9ff}, Block{0x20000, 0x3fffd},
};
constexpr std::array combining = {
    Block{0x0300, 0x036f}, Block{0x200b, 0x200f}, Block{0x20d0, 0x20ff}, Block{0xfe00, 0xfe0f}, Block{0xfe20, 0xfe2f},
};

template <typename Blocks>
bool in_any(const Blocks& blocks, uint32_t value) {
    for (const Block& block : blocks) {
        if (value >= block.first && value <= block.last) return true;
    }
    return false;
}

}  // namespace

size_t length(std::string_view text, size_t at) {
    const uint8_t lead = byte(text, at);
    if (at >= text.size()) return 0;
    if (lead < 0x80) return 1;
    size_t size = 0;
    // 0xc0 and 0xc1 would begin overlong forms, and no character lies above what 0xf4 begins (RFC 3629).
    if (lead >= 0xc2 && lead <= 0xdf) size = 2;
    if (lead >= 0xe0 && lead <= 0xef) size = 3;
    if (lead >= 0xf0 && lead <= 0xf4) size = 4;
    if (size == 0) return 0;
    for (size_t i = 1; i < size; ++i) {
        if (!continues(text, at + i)) return 0;
    }
    const uint8_t second = byte(text, at + 1);
    const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    const bool surrogate = lead == 0xed && second > 0x9f;
    const bool too_high = lead == 0xf4 && second > 0x8f;
    return overlong || surrogate || too_high ? 0 : size;
}

size_t count(std::string_view text) {
    size_t characters = 0;
    for (size_t at = 0; at < text.size(); ++characters) {
        const size_t size = length(text, at);
        at += size == 0 ? 1 : size;
    }
    return characters;
}

size_t columns(std::string_view text, size_t at, size_t length) {
    const uint32_t value = decode(text, at, length);
    if (in_any(combining, value)) return 0;
    return in_any(wide, value) ? 2 : 1;
}

}  // namespace probevue::utf8
