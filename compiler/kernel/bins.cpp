#include "compiler/kernel/bins.h"

namespace probevue {

using ir::Op;
using ir::Operand;

// Numbers below 128 have a bin each. A greater one is shifted right by so many bits that 64 to 127 are left: by the
// same for all of one power of two. What is left and the number of bits name the bin; below 0, the complement of that.
Operand bin_number(KernelCode& code, Operand value) {
    constexpr int64_t half = 64;  // bins of a power of two
    constexpr int64_t half_bits = 6;
    const Operand sign = code.binary(Op::ashr, value, number(63));
    const Operand magnitude = code.binary(Op::sub, code.binary(Op::xor_, value, sign), sign);
    Operand left = magnitude;
    Operand shifted = code.result({.op = Op::constant, .a = number(0)});
    for (int64_t bits = 5; bits >= 0; --bits) {
        const Operand least = code.result({.op = Op::constant, .a = number(half - 1)});
        const Operand tried = code.binary(Op::lshr, left, number(int64_t{1} << bits));
        // All ones above 63, whose uppermost is 1: the shift leaves enough.
        const Operand enough = code.binary(Op::lshr, code.binary(Op::sub, least, tried), number(63));
        const Operand step = code.binary(Op::shl, enough, number(bits));
        left = code.binary(Op::lshr, left, step);
        shifted = code.binary(Op::add, shifted, step);
    }
    const Operand bin = code.binary(Op::add, code.binary(Op::shl, shifted, number(half_bits)), left);
    return code.binary(Op::xor_, bin, sign);
}

}  // namespace probevue
