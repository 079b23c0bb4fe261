// Random programs give the same in both engines.
#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <random>

#include "tests/unit/engine_support.h"

namespace probevue::test {
namespace {

class RandomProgram {
public:
    explicit RandomProgram(uint32_t seed) : random_(seed) {}

    // Registers r0 and r2 to r9 are set, then `length` operations on them and on 64 bytes of the frame; the result is a
    // mixture of all of them.
    std::vector<bpf_insn> make(size_t length) {
        std::vector<bpf_insn> code;
        for (unsigned reg = 0; reg < 10; ++reg) add_wide(code, reg, value());
        for (int at = -64; at < 0; at += 8) code.push_back(store_x(BPF_DW, 10, pick(10), at));
        for (size_t i = 0; i < length; ++i) code.push_back(operation(length - i - 1));
        for (unsigned reg = 1; reg < 10; ++reg) {
            code.push_back(make_insn(BPF_ALU64 | BPF_MUL | BPF_K, 0, 0, 0, 31));
            code.push_back(make_insn(BPF_ALU64 | BPF_XOR | BPF_X, 0, reg, 0, 0));
        }
        for (int at = -64; at < 0; at += 8) {
            code.push_back(load(BPF_DW, 1, 10, at));
            code.push_back(make_insn(BPF_ALU64 | BPF_MUL | BPF_K, 0, 0, 0, 31));
            code.push_back(make_insn(BPF_ALU64 | BPF_ADD | BPF_X, 0, 1, 0, 0));
        }
        code.push_back(leave());
        return code;
    }

private:
    unsigned pick(unsigned count) { return static_cast<unsigned>(random_() % count); }

    uint64_t value() {
        const uint64_t bits = random_();
        switch (pick(4)) {
            case 0:
                return bits & 0xff;
            case 1:
                return 0 - (bits & 0xff);
            case 2:
                return bits & 0xffffffff;
            default:
                return bits;
        }
    }

    bpf_insn operation(size_t behind) {
        const unsigned dst = pick(10);
        const unsigned src = pick(10);
        const auto imm = static_cast<int32_t>(value());
        const std::array<unsigned, 4> sizes{BPF_B, BPF_H, BPF_W, BPF_DW};
        const unsigned size = sizes[pick(4)];
        const int bytes = size == BPF_B ? 1 : size == BPF_H ? 2 : size == BPF_W ? 4 : 8;
        const int place = -64 + static_cast<int>(pick(static_cast<unsigned>(65 - bytes)));
        switch (pick(10)) {
            case 0:
                return load(size, dst, 10, place);
            case 1:
                return store_x(size, 10, src, place);
            case 2:
                return store_k(size, 10, place, imm);
            case 3:
                return jump(dst, src, imm, behind);
            case 4:
                if (size == BPF_DW) return make_insn(BPF_ALU64 | BPF_NEG, dst, 0, 0, 0);
                return make_insn(BPF_LDX | bpf_sign_extending_mode | size, dst, 10, place, 0);
            case 5: {
                const std::array<int, 3> bits{16, 32, 64};
                const std::array<unsigned, 3> codes{BPF_ALU | BPF_END | BPF_TO_LE, BPF_ALU | BPF_END | BPF_TO_BE,
                                                    BPF_ALU64 | BPF_END};
                return make_insn(codes[pick(3)], dst, 0, 0, bits[pick(3)]);
            }
            default:
                return alu(dst, src, imm);
        }
    }

    bpf_insn alu(unsigned dst, unsigned src, int32_t imm) {
        const std::array<unsigned, 12> ops{BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD,  BPF_OR,
                                           BPF_AND, BPF_XOR, BPF_LSH, BPF_RSH, BPF_ARSH, BPF_MOV};
        const unsigned op = ops[pick(12)];
        const bool wide = pick(2) == 0;
        const bool from_register = pick(2) == 0;
        int off = 0;
        if (op == BPF_DIV || op == BPF_MOD) off = static_cast<int>(pick(2));
        if (op == BPF_MOV && from_register) {
            const std::array<int, 4> extensions{0, 8, 16, 32};
            off = extensions[pick(wide ? 4 : 3)];
        }
        return make_insn((wide ? BPF_ALU64 : BPF_ALU) | op | (from_register ? BPF_X : BPF_K), dst,
                         from_register ? src : 0, off, from_register ? 0 : imm);
    }

    bpf_insn jump(unsigned dst, unsigned src, int32_t imm, size_t behind) {
        const std::array<unsigned, 12> ops{BPF_JEQ,  BPF_JNE,  BPF_JGT,  BPF_JGE,  BPF_JLT,  BPF_JLE,
                                           BPF_JSET, BPF_JSGT, BPF_JSGE, BPF_JSLT, BPF_JSLE, BPF_JA};
        const unsigned op = ops[pick(12)];
        const int distance = static_cast<int>(pick(static_cast<unsigned>(std::min<size_t>(behind, 5) + 1)));
        if (op == BPF_JA) {
            return pick(2) == 0 ? make_insn(BPF_JMP | BPF_JA, 0, 0, distance, 0)
                                : make_insn(BPF_JMP32 | BPF_JA, 0, 0, 0, distance);
        }
        const bool from_register = pick(2) == 0;
        return make_insn((pick(2) == 0 ? BPF_JMP : BPF_JMP32) | op | (from_register ? BPF_X : BPF_K), dst,
                         from_register ? src : 0, distance, from_register ? 0 : imm);
    }

    std::mt19937_64 random_;
};

TEST_CASE("random programs in both engines") {
    if (!jit_available()) return;
    for (uint32_t seed = 1; seed <= 3000; ++seed) {
        const std::vector<bpf_insn> code = RandomProgram(seed).make(60);
        std::string error;
        const auto interpreted = run_code(code, EngineKind::interpreter, nullptr, &error);
        INFO("seed " << seed << " " << error);
        REQUIRE(interpreted.has_value());
        REQUIRE(run_code(code, EngineKind::jit) == interpreted);
    }
}

TEST_CASE("machine code is never writable and executable") {
    if (!jit_available()) return;
    EngineKind kind = EngineKind::jit;
    const std::vector<bpf_insn> code{mov64_k(0, 7), leave()};
    const auto executable = load_code(code, CodeScope{nullptr, 0}, kind);
    REQUIRE(executable.has_value());
    REQUIRE(kind == EngineKind::jit);
    CHECK((*executable)->run(nullptr, nullptr, nullptr) == 7);
    std::ifstream maps("/proc/self/maps");
    bool executable_seen = false;
    for (std::string line; std::getline(maps, line);) {
        const std::string rights = line.substr(line.find(' ') + 1, 4);
        CHECK(rights.substr(0, 3) != "rwx");
        executable_seen = executable_seen || rights.find('x') != std::string::npos;
    }
    CHECK(executable_seen);
}

}  // namespace
}  // namespace probevue::test
