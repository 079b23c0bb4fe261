// Strings (NUL-padded bytes) and conversions of floating point values.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "builtins/packet.h"
#include "compiler/program/helper_arguments.h"
#include "runtime/engine/helpers.h"

namespace probevue::helpers {

uint64_t string_copy(Machine&, uint64_t to, uint64_t to_size, uint64_t from, uint64_t from_size, uint64_t) {
    put_text(to, to_size, text_at(from, from_size));
    return 0;
}

uint64_t string_concat(Machine&, uint64_t to, uint64_t to_size, uint64_t a, uint64_t b, uint64_t sizes) {
    const std::string_view first = text_at(a, first_size(sizes)).substr(0, to_size);
    const std::string_view second = text_at(b, second_size(sizes));
    std::copy(first.begin(), first.end(), reinterpret_cast<char*>(to));
    put_text(to + first.size(), to_size - first.size(), second);
    return 0;
}

uint64_t string_compare(Machine&, uint64_t a, uint64_t b, uint64_t sizes, uint64_t, uint64_t) {
    const int order = text_at(a, first_size(sizes)).compare(text_at(b, second_size(sizes)));
    return static_cast<uint64_t>(int64_t{order < 0 ? -1 : order > 0 ? 1 : 0});
}

uint64_t string_find(Machine&, uint64_t in, uint64_t what, uint64_t sizes, uint64_t, uint64_t) {
    const size_t at = text_at(in, first_size(sizes)).find(text_at(what, second_size(sizes)));
    return at == std::string_view::npos ? 0 : at + 1;
}

uint64_t protocol_name(Machine&, uint64_t to, uint64_t to_size, uint64_t number, uint64_t, uint64_t) {
    put_text(to, to_size, probevue::protocol_name(static_cast<uint8_t>(number)));
    return 0;
}

uint64_t string_number(Machine&, uint64_t text, uint64_t size, uint64_t, uint64_t, uint64_t) {
    std::string_view digits = text_at(text, size);
    digits.remove_prefix(std::min(digits.find_first_not_of(" \t\n\v\f\r"), digits.size()));  // as atoi() of C does
    const bool negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) digits.remove_prefix(1);
    uint64_t number = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') break;
        number = number * 10 + static_cast<uint64_t>(c - '0');
    }
    return negative ? 0 - number : number;
}

uint64_t double_of_integer(Machine&, uint64_t value, uint64_t is_signed, uint64_t, uint64_t, uint64_t) {
    const double converted =
        is_signed != 0 ? static_cast<double>(static_cast<int64_t>(value)) : static_cast<double>(value);
    return std::bit_cast<uint64_t>(converted);
}

uint64_t integer_of_double(Machine&, uint64_t bits, uint64_t is_signed, uint64_t, uint64_t, uint64_t) {
    const auto value = std::bit_cast<double>(bits);
    if (std::isnan(value)) return 0;
    if (is_signed != 0) {
        if (value >= 0x1p63) return std::numeric_limits<int64_t>::max();
        if (value < -0x1p63) return static_cast<uint64_t>(std::numeric_limits<int64_t>::min());
        return static_cast<uint64_t>(static_cast<int64_t>(value));
    }
    if (value >= 0x1p64) return std::numeric_limits<uint64_t>::max();
    return value <= 0 ? 0 : static_cast<uint64_t>(value);
}

uint64_t double_of_float(Machine&, uint64_t bits, uint64_t, uint64_t, uint64_t, uint64_t) {
    return std::bit_cast<uint64_t>(static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits))));
}

uint64_t float_of_double(Machine&, uint64_t bits, uint64_t, uint64_t, uint64_t, uint64_t) {
    return std::bit_cast<uint32_t>(static_cast<float>(std::bit_cast<double>(bits)));
}

}  // namespace probevue::helpers
