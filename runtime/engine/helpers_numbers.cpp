// Floating point values, which travel as the bits of a double.
#include <bit>
#include <cmath>
#include <limits>

#include "compiler/program/helper_arguments.h"
#include "runtime/engine/helpers.h"

namespace probevue::helpers {

namespace {

double number(uint64_t bits) { return std::bit_cast<double>(bits); }
uint64_t bits_of(double value) { return std::bit_cast<uint64_t>(value); }

}  // namespace

uint64_t double_of_integer(Machine&, uint64_t value, uint64_t is_signed, uint64_t, uint64_t, uint64_t) {
    return bits_of(is_signed != 0 ? static_cast<double>(static_cast<int64_t>(value)) : static_cast<double>(value));
}

uint64_t integer_of_double(Machine&, uint64_t bits, uint64_t is_signed, uint64_t, uint64_t, uint64_t) {
    const double value = number(bits);
    // In C++ the cast of a number that does not fit is undefined: the nearest one stands for it, and 0 for none.
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
    return bits_of(static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits))));
}

uint64_t float_of_double(Machine&, uint64_t bits, uint64_t, uint64_t, uint64_t, uint64_t) {
    return std::bit_cast<uint32_t>(static_cast<float>(number(bits)));
}

uint64_t double_add(Machine&, uint64_t a, uint64_t b, uint64_t, uint64_t, uint64_t) {
    return bits_of(number(a) + number(b));
}

uint64_t double_subtract(Machine&, uint64_t a, uint64_t b, uint64_t, uint64_t, uint64_t) {
    return bits_of(number(a) - number(b));
}

uint64_t double_multiply(Machine&, uint64_t a, uint64_t b, uint64_t, uint64_t, uint64_t) {
    return bits_of(number(a) * number(b));
}

uint64_t double_divide(Machine&, uint64_t a, uint64_t b, uint64_t, uint64_t, uint64_t) {
    return bits_of(number(a) / number(b));
}

uint64_t double_compare(Machine&, uint64_t a, uint64_t b, uint64_t, uint64_t, uint64_t) {
    const double left = number(a);
    const double right = number(b);
    const DoubleOrder order = left < right    ? DoubleOrder::less
                              : left > right  ? DoubleOrder::greater
                              : left == right ? DoubleOrder::equal
                                              : DoubleOrder::unordered;
    return static_cast<uint64_t>(order);
}

}  // namespace probevue::helpers
