// The operations of the interpreter. Macros, because the list is expanded into names, into the table of labels and into
// the labels' code; private to interpreter.cpp.
#pragma once

#include <cstdint>

// X(name, type, expression) of a and b, both of the unsigned type of the operation's width; S is the signed one.
#define PROBEVUE_ALU_OPS(X)                                                                                       \
    X(add, a + b)                                                                                                 \
    X(sub, a - b)                                                                                                 \
    X(mul, a* b)                                                                                                  \
    X(div, b == 0 ? 0 : a / b)                                                                                    \
    X(mod, b == 0 ? a : a % b)                                                                                    \
    X(sdiv, b == 0 ? 0 : static_cast<S>(b) == -1 ? 0 - a : static_cast<U>(static_cast<S>(a) / static_cast<S>(b))) \
    X(smod, b == 0 ? a : static_cast<S>(b) == -1 ? 0 : static_cast<U>(static_cast<S>(a) % static_cast<S>(b)))     \
    X(bit_or, a | b)                                                                                              \
    X(bit_and, a& b)                                                                                              \
    X(bit_xor, a ^ b)                                                                                             \
    X(shl, a << (b & (sizeof(U) * 8 - 1)))                                                                        \
    X(shr, a >> (b & (sizeof(U) * 8 - 1)))                                                                        \
    X(sar, static_cast<U>(static_cast<S>(a) >> (b & (sizeof(U) * 8 - 1))))

#define PROBEVUE_JUMP_OPS(X)                        \
    X(jeq, a == b)                                  \
    X(jne, a != b)                                  \
    X(jgt, a > b)                                   \
    X(jge, a >= b)                                  \
    X(jlt, a < b)                                   \
    X(jle, a <= b)                                  \
    X(jset, (a & b) != 0)                           \
    X(jsgt, static_cast<S>(a) > static_cast<S>(b))  \
    X(jsge, static_cast<S>(a) >= static_cast<S>(b)) \
    X(jslt, static_cast<S>(a) < static_cast<S>(b))  \
    X(jsle, static_cast<S>(a) <= static_cast<S>(b))

// X(name, C type of the memory, C type of the register)
#define PROBEVUE_LOAD_OPS(X)      \
    X(load8, uint8_t, uint64_t)   \
    X(load16, uint16_t, uint64_t) \
    X(load32, uint32_t, uint64_t) \
    X(load64, uint64_t, uint64_t) \
    X(load_s8, int8_t, int64_t)   \
    X(load_s16, int16_t, int64_t) \
    X(load_s32, int32_t, int64_t)

// X(suffix, C type)
#define PROBEVUE_STORE_OPS(X) \
    X(8, uint8_t)             \
    X(16, uint16_t)           \
    X(32, uint32_t)           \
    X(64, uint64_t)

// Operations on one register, or from one into another: X(name, expression of a (destination) and b (source)).
#define PROBEVUE_UNARY_OPS(X)                                             \
    X(mov64, b)                                                           \
    X(mov32, static_cast<uint32_t>(b))                                    \
    X(mov_s8, static_cast<uint64_t>(int64_t{static_cast<int8_t>(b)}))     \
    X(mov_s16, static_cast<uint64_t>(int64_t{static_cast<int16_t>(b)}))   \
    X(mov_s32, static_cast<uint64_t>(int64_t{static_cast<int32_t>(b)}))   \
    X(mov32_s8, static_cast<uint32_t>(int32_t{static_cast<int8_t>(b)}))   \
    X(mov32_s16, static_cast<uint32_t>(int32_t{static_cast<int16_t>(b)})) \
    X(neg64, 0 - a)                                                       \
    X(neg32, static_cast<uint32_t>(0 - a))                                \
    X(cut16, static_cast<uint16_t>(a))                                    \
    X(cut32, static_cast<uint32_t>(a))                                    \
    X(swap16, __builtin_bswap16(static_cast<uint16_t>(a)))                \
    X(swap32, __builtin_bswap32(static_cast<uint32_t>(a)))                \
    X(swap64, __builtin_bswap64(a))

// Common sequences in one operation:
//   lea           dst = src + immediate                       (mov, add: addresses in the frame)
//   load_be16/32  dst = big-endian field at src + offset      (load, swap: header fields)
//   increment     dst = *(u64*)(src + offset) += immediate    (load, add, store: counters)
//   give          return immediate                            (mov r0, exit)
#define PROBEVUE_OTHER_OPS(X) \
    X(mov_k)                  \
    X(ja) X(call) X(exit) X(nop) X(atomic_add32) X(atomic_add64) X(lea) X(load_be16) X(load_be32) X(increment) X(give)
