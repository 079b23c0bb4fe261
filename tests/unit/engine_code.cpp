// Every class of instruction, in every engine, against values that C++ computes; and what the linker refuses.
#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <functional>
#include <limits>
#include <optional>

#include "tests/unit/bpf_jumps.h"
#include "tests/unit/engine_support.h"

namespace probevue::test {
namespace {

constexpr std::array<uint64_t, 14> samples{0,
                                           1,
                                           2,
                                           7,
                                           63,
                                           64,
                                           0xff,
                                           0x7fffffff,
                                           0x80000000,
                                           0xffffffff,
                                           0x123456789abcdef0,
                                           0x7fffffffffffffff,
                                           0x8000000000000000,
                                           0xffffffffffffffff};

struct AluCase {
    const char* name;
    unsigned op;
    int off;
    std::function<uint64_t(uint64_t, uint64_t)> wide;
    std::function<uint32_t(uint32_t, uint32_t)> narrow;
};

template <typename U>
U signed_divide(U a, U b) {
    using S = std::make_signed_t<U>;
    if (b == 0) return 0;
    if (static_cast<S>(b) == -1) return static_cast<U>(0 - a);
    return static_cast<U>(static_cast<S>(a) / static_cast<S>(b));
}

template <typename U>
U signed_modulo(U a, U b) {
    using S = std::make_signed_t<U>;
    if (b == 0) return a;
    if (static_cast<S>(b) == -1) return 0;
    return static_cast<U>(static_cast<S>(a) % static_cast<S>(b));
}

#define BOTH(expression)                                           \
    [](uint64_t a, uint64_t b) -> uint64_t { return expression; }, \
        [](uint32_t a, uint32_t b) -> uint32_t { return expression; }

const std::vector<AluCase>& alu_cases() {
    static const std::vector<AluCase> cases{
        {"add", BPF_ADD, 0, BOTH(a + b)},
        {"sub", BPF_SUB, 0, BOTH(a - b)},
        {"mul", BPF_MUL, 0, BOTH(a * b)},
        {"div", BPF_DIV, 0, BOTH(b == 0 ? 0 : a / b)},
        {"mod", BPF_MOD, 0, BOTH(b == 0 ? a : a % b)},
        {"sdiv", BPF_DIV, 1, BOTH(signed_divide(a, b))},
        {"smod", BPF_MOD, 1, BOTH(signed_modulo(a, b))},
        {"or", BPF_OR, 0, BOTH(a | b)},
        {"and", BPF_AND, 0, BOTH(a & b)},
        {"xor", BPF_XOR, 0, BOTH(a ^ b)},
        {"lsh", BPF_LSH, 0, BOTH(a << (b & (sizeof a * 8 - 1)))},
        {"rsh", BPF_RSH, 0, BOTH(a >> (b & (sizeof a * 8 - 1)))},
        {"arsh", BPF_ARSH, 0,
         [](uint64_t a, uint64_t b) { return static_cast<uint64_t>(static_cast<int64_t>(a) >> (b & 63)); },
         [](uint32_t a, uint32_t b) { return static_cast<uint32_t>(static_cast<int32_t>(a) >> (b & 31)); }},
        {"mov", BPF_MOV, 0, BOTH((void(a), b))},
    };
    return cases;
}

TEST_CASE("arithmetic between registers") {
    for (const EngineKind kind : engine_kinds()) {
        for (const AluCase& test : alu_cases()) {
            for (const bool wide : {true, false}) {
                // Different pairs of registers, because on x86 some of them are special in shifts and divisions.
                for (const auto& [dst, src] : {std::pair{6u, 7u}, {0u, 3u}, {3u, 2u}, {2u, 3u}, {4u, 0u}, {3u, 3u}}) {
                    for (const uint64_t a : samples) {
                        for (const uint64_t b : samples) {
                            std::vector<bpf_insn> code;
                            add_wide(code, dst, a);
                            if (src != dst) add_wide(code, src, b);
                            code.push_back(
                                make_insn((wide ? BPF_ALU64 : BPF_ALU) | test.op | BPF_X, dst, src, test.off, 0));
                            code.push_back(mov64_x(0, dst));
                            code.push_back(leave());
                            const uint64_t right = src == dst ? a : b;
                            const uint64_t expected =
                                wide ? test.wide(a, right)
                                     : test.narrow(static_cast<uint32_t>(a), static_cast<uint32_t>(right));
                            const auto got = run_code(code, kind);
                            if (got != expected) {
                                FAIL_CHECK(test.name << (wide ? "64 r" : "32 r") << dst << ", r" << src << " of " << a
                                                     << ", " << right << ": " << got.value_or(0) << " for "
                                                     << expected);
                            }
                        }
                    }
                }
            }
        }
    }
}

TEST_CASE("arithmetic with immediates") {
    for (const EngineKind kind : engine_kinds()) {
        for (const AluCase& test : alu_cases()) {
            for (const bool wide : {true, false}) {
                for (const unsigned dst : {0u, 2u, 3u, 8u}) {
                    for (const uint64_t a : samples) {
                        for (const int32_t imm : {0, 1, 2, 31, 33, 1000, -1, -2, std::numeric_limits<int32_t>::min()}) {
                            std::vector<bpf_insn> code;
                            add_wide(code, dst, a);
                            code.push_back(
                                make_insn((wide ? BPF_ALU64 : BPF_ALU) | test.op | BPF_K, dst, 0, test.off, imm));
                            code.push_back(mov64_x(0, dst));
                            code.push_back(leave());
                            const auto b = static_cast<uint64_t>(int64_t{imm});
                            const uint64_t expected =
                                wide ? test.wide(a, b)
                                     : test.narrow(static_cast<uint32_t>(a), static_cast<uint32_t>(b));
                            const auto got = run_code(code, kind);
                            if (got != expected) {
                                FAIL_CHECK(test.name << (wide ? "64 " : "32 ") << a << ", " << imm << ": "
                                                     << got.value_or(0) << " for " << expected);
                            }
                        }
                    }
                }
            }
        }
    }
}

TEST_CASE("negation, extension and byte order") {
    struct Case {
        unsigned code;
        int off;
        int64_t imm;
        std::function<uint64_t(uint64_t)> expected;
    };
    const std::vector<Case> cases{
        {BPF_ALU64 | BPF_NEG, 0, 0, [](uint64_t a) { return 0 - a; }},
        {BPF_ALU | BPF_NEG, 0, 0, [](uint64_t a) { return static_cast<uint32_t>(0 - a); }},
        {BPF_ALU64 | BPF_MOV | BPF_X, 8, 0,
         [](uint64_t a) { return static_cast<uint64_t>(int64_t{static_cast<int8_t>(a)}); }},
        {BPF_ALU64 | BPF_MOV | BPF_X, 16, 0,
         [](uint64_t a) { return static_cast<uint64_t>(int64_t{static_cast<int16_t>(a)}); }},
        {BPF_ALU64 | BPF_MOV | BPF_X, 32, 0,
         [](uint64_t a) { return static_cast<uint64_t>(int64_t{static_cast<int32_t>(a)}); }},
        {BPF_ALU | BPF_MOV | BPF_X, 8, 0,
         [](uint64_t a) { return static_cast<uint32_t>(int32_t{static_cast<int8_t>(a)}); }},
        {BPF_ALU | BPF_MOV | BPF_X, 16, 0,
         [](uint64_t a) { return static_cast<uint32_t>(int32_t{static_cast<int16_t>(a)}); }},
        {BPF_ALU | BPF_END | BPF_TO_LE, 0, 16, [](uint64_t a) { return a & 0xffff; }},
        {BPF_ALU | BPF_END | BPF_TO_LE, 0, 32, [](uint64_t a) { return a & 0xffffffff; }},
        {BPF_ALU | BPF_END | BPF_TO_LE, 0, 64, [](uint64_t a) { return a; }},
        {BPF_ALU | BPF_END | BPF_TO_BE, 0, 16, [](uint64_t a) { return (a & 0xff) << 8 | ((a >> 8) & 0xff); }},
        {BPF_ALU | BPF_END | BPF_TO_BE, 0, 32, [](uint64_t a) { return __builtin_bswap64(a) >> 32; }},
        {BPF_ALU | BPF_END | BPF_TO_BE, 0, 64, [](uint64_t a) { return __builtin_bswap64(a); }},
        {BPF_ALU64 | BPF_END, 0, 16, [](uint64_t a) { return (a & 0xff) << 8 | ((a >> 8) & 0xff); }},
        {BPF_ALU64 | BPF_END, 0, 32, [](uint64_t a) { return __builtin_bswap64(a) >> 32; }},
        {BPF_ALU64 | BPF_END, 0, 64, [](uint64_t a) { return __builtin_bswap64(a); }},
    };
    for (const EngineKind kind : engine_kinds()) {
        for (const Case& test : cases) {
            for (const unsigned reg : {0u, 1u, 3u, 5u, 9u}) {
                for (const uint64_t a : samples) {
                    std::vector<bpf_insn> code;
                    add_wide(code, reg, a);
                    const bool moves = BPF_OP(test.code) == BPF_MOV;
                    code.push_back(make_insn(test.code, reg, moves ? reg : 0, test.off, test.imm));
                    code.push_back(mov64_x(0, reg));
                    code.push_back(leave());
                    INFO("code " << test.code << " of " << a);
                    CHECK(run_code(code, kind) == test.expected(a));
                }
            }
        }
    }
}

TEST_CASE("conditional jumps") {
    for (const EngineKind kind : engine_kinds()) {
        for (const unsigned op :
             {BPF_JEQ, BPF_JNE, BPF_JGT, BPF_JGE, BPF_JLT, BPF_JLE, BPF_JSET, BPF_JSGT, BPF_JSGE, BPF_JSLT, BPF_JSLE}) {
            for (const bool wide : {true, false}) {
                for (const bool immediate : {true, false}) {
                    for (const uint64_t a : samples) {
                        for (const uint64_t b : samples) {
                            const uint64_t right =
                                immediate ? static_cast<uint64_t>(int64_t{static_cast<int32_t>(b)}) : b;
                            std::vector<bpf_insn> code;
                            add_wide(code, 6, a);
                            add_wide(code, 3, right);
                            code.push_back(make_insn((wide ? BPF_JMP : BPF_JMP32) | op | (immediate ? BPF_K : BPF_X), 6,
                                                     immediate ? 0 : 3, 2, immediate ? static_cast<int64_t>(b) : 0));
                            code.push_back(mov64_k(0, 10));
                            code.push_back(leave());
                            code.push_back(mov64_k(0, 20));
                            code.push_back(leave());
                            const bool taken =
                                wide ? jump_taken<uint64_t>(op, a, right)
                                     : jump_taken<uint32_t>(op, static_cast<uint32_t>(a), static_cast<uint32_t>(right));
                            if (run_code(code, kind) != (taken ? 20u : 10u)) {
                                FAIL_CHECK("jump " << op << (wide ? " 64 " : " 32 ") << a << ", " << right);
                            }
                        }
                    }
                }
            }
        }
    }
}

TEST_CASE("jumps over other instructions") {
    for (const EngineKind kind : engine_kinds()) {
        for (const unsigned code_of_jump : {unsigned{BPF_JMP | BPF_JA}, unsigned{BPF_JMP32 | BPF_JA}}) {
            std::vector<bpf_insn> code{mov64_k(0, 1)};
            const bool in_immediate = code_of_jump == (BPF_JMP32 | BPF_JA);
            code.push_back(make_insn(code_of_jump, 0, 0, in_immediate ? 0 : 3, in_immediate ? 3 : 0));
            add_wide(code, 0, 99);
            code.push_back(mov64_k(0, 98));
            code.push_back(add64_k(0, 5));
            code.push_back(leave());
            CHECK(run_code(code, kind) == 6);
        }
        // into the middle of a sequence that could be one operation
        CHECK(run_code({mov64_k(6, 40), mov64_k(0, 1), make_insn(BPF_JMP | BPF_JA, 0, 0, 1, 0), mov64_x(0, 6),
                        add64_k(0, 2), leave()},
                       kind) == 3);
    }
}

TEST_CASE("memory") {
    std::array<uint8_t, 16> memory{0x01, 0x82, 0x03, 0x84, 0x05, 0x86, 0x07, 0x88,
                                   0xf9, 0x0a, 0xfb, 0x0c, 0xfd, 0x0e, 0xff, 0x10};
    const auto unsigned_at = [&](size_t at, size_t size) {
        uint64_t value = 0;
        std::memcpy(&value, memory.data() + at, size);
        return value;
    };
    const auto signed_at = [&](size_t at, size_t size) {
        const auto unused = static_cast<int>(64 - size * 8);
        return static_cast<uint64_t>(static_cast<int64_t>(unsigned_at(at, size) << unused) >> unused);
    };
    const std::array<std::pair<unsigned, size_t>, 4> sizes{{{BPF_B, 1}, {BPF_H, 2}, {BPF_W, 4}, {BPF_DW, 8}}};
    for (const EngineKind kind : engine_kinds()) {
        for (const auto& [size, bytes] : sizes) {
            for (int off = 0; off < 8; ++off) {
                const auto at = static_cast<size_t>(off);
                CHECK(run_code({load(size, 0, 1, off), leave()}, kind, memory.data()) == unsigned_at(at, bytes));
                CHECK(run_code({mov64_x(7, 1), load(size, 7, 7, off), mov64_x(0, 7), leave()}, kind, memory.data()) ==
                      unsigned_at(at, bytes));
                if (size != BPF_DW) {
                    const bpf_insn extend = make_insn(BPF_LDX | bpf_sign_extending_mode | size, 0, 1, off, 0);
                    CHECK(run_code({extend, leave()}, kind, memory.data()) == signed_at(at, bytes));
                }
                // Only the bytes of the width change; a load of them next to it sees the rest as it was.
                std::array<uint8_t, 16> to;
                to.fill(0xee);
                std::array<uint8_t, 16> expected = to;
                const uint64_t value = 0x1122334455667788;
                std::memcpy(expected.data() + at, &value, bytes);
                std::vector<bpf_insn> code;
                add_wide(code, 3, value);
                code.insert(code.end(), {store_x(size, 1, 3, off), mov64_k(0, 0), leave()});
                CHECK(run_code(code, kind, to.data()) == 0);
                CHECK(to == expected);

                const int64_t negative = -123456;
                std::memcpy(expected.data() + at, &negative, bytes);
                CHECK(run_code({store_k(size, 1, off, negative), mov64_k(0, 0), leave()}, kind, to.data()) == 0);
                CHECK(to == expected);
            }
        }
        // the frame
        CHECK(run_code({store_k(BPF_DW, 10, -512, 77), store_k(BPF_DW, 10, -8, 5), load(BPF_DW, 0, 10, -512),
                        load(BPF_DW, 2, 10, -8), make_insn(BPF_ALU64 | BPF_ADD | BPF_X, 0, 2, 0, 0), leave()},
                       kind) == 82);
    }
}

TEST_CASE("sequences that the interpreter joins") {
    std::array<uint8_t, 16> memory{0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0};
    for (const EngineKind kind : engine_kinds()) {
        const bpf_insn be16 = make_insn(BPF_ALU | BPF_END | BPF_TO_BE, 0, 0, 0, 16);
        const bpf_insn be32 = make_insn(BPF_ALU | BPF_END | BPF_TO_BE, 0, 0, 0, 32);
        CHECK(run_code({load(BPF_H, 0, 1, 1), be16, leave()}, kind, memory.data()) == 0x3456);
        CHECK(run_code({load(BPF_W, 0, 1, 2), be32, leave()}, kind, memory.data()) == 0x56789abc);
        // widths that do not fit together stay apart
        CHECK(run_code({load(BPF_W, 0, 1, 0), be16, leave()}, kind, memory.data()) == 0x1234);
        CHECK(run_code({load(BPF_H, 0, 1, 0), be32, leave()}, kind, memory.data()) == 0x12340000);

        uint64_t counter = 41;
        CHECK(run_code({load(BPF_DW, 0, 1, 0), add64_k(0, 1), store_x(BPF_DW, 1, 0, 0), leave()}, kind, &counter) ==
              42);
        CHECK(counter == 42);
        CHECK(run_code({mov64_x(0, 1), add64_k(0, -3), leave()}, kind, &counter) ==
              reinterpret_cast<uint64_t>(&counter) - 3);
        CHECK(run_code({make_insn(BPF_ALU | BPF_MOV | BPF_K, 0, 0, 0, -1), leave()}, kind) == 0xffffffff);
        CHECK(run_code({mov64_k(0, -1), leave()}, kind) == ~uint64_t{0});
    }
}

TEST_CASE("atomic addition") {
    for (const EngineKind kind : engine_kinds()) {
        std::array<uint64_t, 2> memory{0xffffffff, 10};
        CHECK(run_code({mov64_k(3, 2), make_insn(BPF_STX | BPF_ATOMIC | BPF_W, 1, 3, 0, BPF_ADD),
                        make_insn(BPF_STX | BPF_ATOMIC | BPF_DW, 1, 3, 8, BPF_ADD), mov64_k(0, 0), leave()},
                       kind, memory.data()) == 0);
        CHECK(memory == std::array<uint64_t, 2>{1, 12});
    }
}

TEST_CASE("code that is refused") {
    const auto refused = [](const std::vector<bpf_insn>& code) {
        std::string error;
        return run_code(code, EngineKind::interpreter, nullptr, &error) ? std::string("accepted") : error;
    };
    CHECK(refused({}) == "code without instructions");
    CHECK(refused({mov64_k(0, 1)}) == "code does not end with an exit");
    CHECK(refused({make_insn(BPF_JMP | BPF_JA, 0, 0, -1, 0), leave()}) == "instruction 0: jumps backwards");
    CHECK(refused({make_insn(BPF_JMP | BPF_JA, 0, 0, 1, 0), leave()}) == "instruction 0: jumps out of the code");
    CHECK(refused({make_insn(BPF_JMP32 | BPF_JA, 0, 0, 0, 1 << 30), leave()}) ==
          "instruction 0: jumps out of the code");
    CHECK(refused({make_insn(BPF_ALU64 | BPF_MOV | BPF_K, 11, 0, 0, 0), leave()}) == "instruction 0: unknown register");
    CHECK(refused({make_insn(BPF_ALU64 | BPF_MOV | BPF_X, 0, 12, 0, 0), leave()}) == "instruction 0: unknown register");
    CHECK(refused({mov64_k(10, 0), leave()}) == "instruction 0: writes the frame pointer");
    CHECK(refused({load(BPF_DW, 10, 1, 0), leave()}) == "instruction 0: writes the frame pointer");
    CHECK(refused({load(BPF_DW, 0, 10, -520), leave()}) == "instruction 0: accesses memory outside of its frame");
    CHECK(refused({load(BPF_DW, 0, 10, -4), leave()}) == "instruction 0: accesses memory outside of its frame");
    CHECK(refused({store_k(BPF_B, 10, 0, 1), leave()}) == "instruction 0: accesses memory outside of its frame");
    CHECK(refused({call(Helper::exit), leave()}) == "instruction 0: calls an unknown helper function");  // no machine
    CHECK(refused({make_insn(0xff, 0, 0, 0, 0), leave()}) == "instruction 0: unknown opcode");
    CHECK(refused({make_insn(BPF_LDX | BPF_ATOMIC | BPF_DW, 0, 1, 0, 0), leave()}) == "instruction 0: unknown opcode");
    CHECK(refused({make_insn(BPF_STX | BPF_ATOMIC | BPF_DW, 1, 3, 0, BPF_XCHG), leave()}) ==
          "instruction 0: unknown atomic operation");
    CHECK(refused({make_insn(BPF_ALU | BPF_END | BPF_TO_BE, 0, 0, 0, 24), leave()}) ==
          "instruction 0: swaps an odd number of bits");
    CHECK(refused({make_insn(BPF_ALU | BPF_MOV | BPF_X, 0, 0, 32, 0), leave()}) ==
          "instruction 0: unknown kind of move");
    CHECK(refused({make_insn(BPF_ALU64 | BPF_DIV | BPF_X, 0, 0, 2, 0), leave()}) ==
          "instruction 0: unknown kind of division");
    CHECK(refused({make_insn(BPF_LD | BPF_IMM | BPF_DW, 0, 0, 0, 0), leave()}) ==
          "instruction 0: 64-bit immediate without its second half");
    std::vector<bpf_insn> code{make_insn(BPF_JMP | BPF_JA, 0, 0, 1, 0)};
    add_wide(code, 0, 0);
    code.push_back(leave());
    CHECK(refused(code) == "instruction 2: a jump leads into a 64-bit immediate");
    code.clear();
    add_map(code, 1, 0);
    code.push_back(leave());
    CHECK(refused(code) == "instruction 0: unknown map");
}

}  // namespace
}  // namespace probevue::test
