// Which conditional jumps of eBPF are taken, as C++ computes it (RFC 9669, section 4.3).
#pragma once

#include <doctest/doctest.h>
#include <linux/bpf.h>

#include <cstdint>
#include <type_traits>

namespace probevue::test {

// `op`: BPF_OP of the instruction; `U`: uint64_t for the class BPF_JMP, uint32_t for BPF_JMP32.
template <typename U>
bool jump_taken(unsigned op, U a, U b) {
    using S = std::make_signed_t<U>;
    const auto c = static_cast<S>(a);
    const auto d = static_cast<S>(b);
    switch (op) {
        case BPF_JEQ:
            return a == b;
        case BPF_JNE:
            return a != b;
        case BPF_JGT:
            return a > b;
        case BPF_JGE:
            return a >= b;
        case BPF_JLT:
            return a < b;
        case BPF_JLE:
            return a <= b;
        case BPF_JSET:
            return (a & b) != 0;
        case BPF_JSGT:
            return c > d;
        case BPF_JSGE:
            return c >= d;
        case BPF_JSLT:
            return c < d;
        case BPF_JSLE:
            return c <= d;
        default:
            FAIL("a jump that is not known: " << op);
            return false;
    }
}

}  // namespace probevue::test
