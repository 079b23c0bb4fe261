// What the just-in-time compiler writes by itself, against the interpreter: every register where the processor wants
// certain ones, offsets, immediates and distances of every size, and frames that are left by exceptions.
#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <array>
#include <initializer_list>
#include <stdexcept>

#include "runtime/engine/interpreter.h"
#include "runtime/jit/executable_memory.h"
#include "tests/unit/engine_support.h"

namespace probevue::test {
namespace {

// Both engines, or the one where there is no other, give the same; what they give.
uint64_t same_result(const std::vector<bpf_insn>& code, void* context = nullptr) {
    std::string error;
    const auto interpreted = run_code(code, EngineKind::interpreter, context, &error);
    INFO(error);
    REQUIRE(interpreted.has_value());
    if (jit_available()) REQUIRE(run_code(code, EngineKind::jit, context) == interpreted);
    return *interpreted;
}

TEST_CASE("division and shifts leave every other register as it was") {
    constexpr std::array<unsigned, 5> operations{BPF_DIV, BPF_MOD, BPF_LSH, BPF_RSH, BPF_ARSH};
    constexpr std::array<uint64_t, 4> divisors{0, 7, 0xffffffffffffffff, 0xffffffff};
    for (unsigned dst = 0; dst < 10; ++dst) {
        for (unsigned src = 0; src < 10; ++src) {
            for (unsigned kind = 0; kind < operations.size() * 4; ++kind) {
                const unsigned op = operations[kind / 4];
                const bool divides = op == BPF_DIV || op == BPF_MOD;
                for (const uint64_t divisor : divisors) {
                    std::vector<bpf_insn> code;
                    for (unsigned reg = 0; reg < 10; ++reg) add_wide(code, reg, 0x8000000080000000 + reg * 0x100000001);
                    add_wide(code, src, divisor);
                    code.push_back(make_insn((kind % 2 == 0 ? BPF_ALU64 : BPF_ALU) | op | BPF_X, dst, src,
                                             divides && kind / 2 % 2 == 1 ? 1 : 0, 0));
                    for (unsigned reg = 1; reg < 10; ++reg) {
                        code.push_back(make_insn(BPF_ALU64 | BPF_MUL | BPF_K, 0, 0, 0, 31));
                        code.push_back(make_insn(BPF_ALU64 | BPF_XOR | BPF_X, 0, reg, 0, 0));
                    }
                    code.push_back(leave());
                    INFO("operation " << op << " kind " << kind << " of r" << dst << " by r" << src << " = "
                                      << divisor);
                    same_result(code);
                }
            }
        }
    }
}

TEST_CASE("memory at offsets of every size") {
    constexpr std::array<int, 22> offsets{-32768, -32767, -4097, -4096, -4095, -257, -256, -255, -129,  -128,  -1,
                                          0,      1,      127,   128,   255,   256,  4095, 4096, 16380, 32752, 32759};
    constexpr std::array<unsigned, 4> sizes{BPF_B, BPF_H, BPF_W, BPF_DW};
    std::vector<std::byte> memory(65536 + 16);
    for (size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::byte>(i * 151 >> 3 | (i & 1) << 7);
    for (const int off : offsets) {
        for (const unsigned size : sizes) {
            for (unsigned base = 1; base < 10; ++base) {
                INFO("size " << size << " at " << off << " from r" << base);
                const unsigned other = base == 6 ? 7 : 6;
                const auto keep = [&](std::vector<bpf_insn> between) {
                    // Eight bytes there are kept in r9 or r8, and put back: each engine sees the same.
                    const unsigned kept = base == 9 ? 8 : 9;
                    std::vector<bpf_insn> code{mov64_x(base, 1), load(BPF_DW, kept, base, off)};
                    add_wide(code, other, 0xfedcba9876543210);
                    code.insert(code.end(), between.begin(), between.end());
                    code.push_back(store_x(BPF_DW, base, kept, off));
                    code.push_back(leave());
                    return code;
                };
                std::byte* middle = memory.data() + 32768;
                same_result(keep({load(size, 0, base, off)}), middle);
                if (size != BPF_DW)
                    same_result(keep({make_insn(BPF_LDX | bpf_sign_extending_mode | size, 0, base, off, 0)}), middle);
                same_result(keep({store_x(size, base, other, off), load(BPF_DW, 0, base, off)}), middle);
                for (const int value : {0, -2, 0x12345678})
                    same_result(keep({store_k(size, base, off, value), load(BPF_DW, 0, base, off)}), middle);
                if (size == BPF_W || size == BPF_DW) {
                    same_result(keep({make_insn(BPF_STX | BPF_ATOMIC | size, base, other, off, BPF_ADD),
                                      load(BPF_DW, 0, base, off)}),
                                middle);
                }
            }
        }
    }
}

TEST_CASE("immediates of every form") {
    constexpr std::array<uint64_t, 5> parts{0, 0xffff, 1, 0x8000, 0x7654};
    for (size_t i = 0; i < 625; ++i) {
        const uint64_t value = parts[i % 5] | parts[i / 5 % 5] << 16 | parts[i / 25 % 5] << 32 | parts[i / 125] << 48;
        for (unsigned reg = 0; reg < 10; ++reg) {
            std::vector<bpf_insn> code;
            add_wide(code, reg, value);
            code.insert(code.end(), {mov64_x(0, reg), leave()});
            REQUIRE(same_result(code) == value);
        }
        // The same bits as operand of each operation and comparison.
        const auto imm = static_cast<int32_t>(value);
        for (const unsigned op : std::initializer_list<unsigned>{BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD, BPF_OR,
                                                                 BPF_AND, BPF_XOR, BPF_MOV}) {
            for (const unsigned width : std::array<unsigned, 2>{BPF_ALU64, BPF_ALU}) {
                std::vector<bpf_insn> code;
                add_wide(code, 0, 0x8765432187654321);
                code.insert(code.end(), {make_insn(width | op | BPF_K, 0, 0, 0, imm), leave()});
                same_result(code);
            }
        }
    }
    for (const int imm :
         {0, 1, -1, 127, 128, -128, -129, 4095, 4096, -4095, -4096, 65535, 65536, INT32_MAX, INT32_MIN}) {
        for (const uint64_t left : {uint64_t{0}, uint64_t{1}, static_cast<uint64_t>(int64_t{imm}), uint64_t{4096},
                                    uint64_t{static_cast<uint32_t>(imm)}, ~uint64_t{0}, uint64_t{1} << 63}) {
            for (const unsigned op :
                 std::initializer_list<unsigned>{BPF_JEQ, BPF_JNE, BPF_JGT, BPF_JGE, BPF_JLT, BPF_JLE, BPF_JSET,
                                                 BPF_JSGT, BPF_JSGE, BPF_JSLT, BPF_JSLE}) {
                for (const unsigned width : std::array<unsigned, 2>{BPF_JMP, BPF_JMP32}) {
                    INFO("comparison " << op << " of " << left << " with " << imm);
                    std::vector<bpf_insn> code;
                    add_wide(code, 7, left);
                    code.insert(code.end(),
                                {mov64_k(0, 1), make_insn(width | op | BPF_K, 7, 0, 1, imm), mov64_k(0, 0), leave()});
                    same_result(code);
                }
            }
        }
    }
}

// A jump over `between` additions, taken where r1 is not zero.
std::vector<LinkedInsn> far_jump(size_t between) {
    std::vector<LinkedInsn> code(between + 4);
    code[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
    code[1].code = BPF_JMP | BPF_JNE | BPF_K;
    code[1].dst = 1;
    code[1].target = static_cast<uint32_t>(between + 2);
    for (size_t i = 2; i < between + 2; ++i) {
        code[i].code = BPF_ALU64 | BPF_ADD | BPF_K;
        code[i].value = i;
    }
    code[between + 2].code = BPF_ALU64 | BPF_ADD | BPF_K;
    code[between + 2].value = 5;
    code[between + 2].is_target = true;
    code[between + 3].code = BPF_JMP | BPF_EXIT;
    return code;
}

TEST_CASE("jumps reach as far as code is long") {
    for (const size_t between : {size_t{10}, size_t{32000}, size_t{40000}, size_t{400000}}) {
        const std::vector<LinkedInsn> code = far_jump(between);
        std::vector<std::unique_ptr<Executable>> engines;
        engines.push_back(interpret_code(code));
        if (jit_available()) {
            auto compiled = compile_code(code);
            REQUIRE(compiled.has_value());
            engines.push_back(std::move(*compiled));
        }
        int something = 0;
        for (const auto& engine : engines) {
            CHECK(engine->run(&something, nullptr, nullptr) == 5);
            CHECK(engine->run(nullptr, nullptr, nullptr) == (2 + between + 1) * between / 2 + 5);
        }
    }
}

uint64_t throwing(void*, uint64_t number) { throw std::out_of_range(std::to_string(number)); }

TEST_CASE("an exception of a helper function passes compiled code") {
    if (!jit_available()) return;
    std::vector<LinkedInsn> code(4);
    code[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
    code[0].dst = 6;
    code[1].code = BPF_ALU64 | BPF_ADD | BPF_K;
    code[1].dst = 1;
    code[1].value = 2;
    code[2].code = BPF_JMP | BPF_CALL;
    code[2].value = reinterpret_cast<uint64_t>(&throwing);
    code[3].code = BPF_JMP | BPF_EXIT;
    const auto compiled = compile_code(code);
    REQUIRE(compiled.has_value());
    // What calls the code has its registers again: each round needs them.
    std::string seen;
    for (uintptr_t i = 0; i < 3; ++i) {
        try {
            (*compiled)->run(reinterpret_cast<void*>(i), nullptr, nullptr);
        } catch (const std::out_of_range& error) {
            seen += error.what();
        }
    }
    CHECK(seen == "234");
}

using Resource = decltype(RLIMIT_AS);  // another type in each C library

// A limit of the process, for as long as this lives.
class Limited {
public:
    explicit Limited(Resource resource) : resource_(resource) {
        getrlimit(resource_, &before_);
        const rlimit none{0, before_.rlim_max};
        setrlimit(resource_, &none);
    }
    Limited(const Limited&) = delete;
    Limited& operator=(const Limited&) = delete;
    ~Limited() { setrlimit(resource_, &before_); }

private:
    Resource resource_;
    rlimit before_{};
};

TEST_CASE("executable memory") {
    const std::array<uint8_t, 5> code{1, 2, 3, 4, 5};
    const auto holds = [&](const std::optional<ExecutableMemory>& memory) {
        return memory && memory->size() == code.size() && std::memcmp(memory->begin(), code.data(), code.size()) == 0;
    };
    SUBCASE("is that of a file") { CHECK(holds(ExecutableMemory::holding(code))); }
    SUBCASE("without files it changes its rights") {
        const Limited no_files(RLIMIT_NOFILE);
        CHECK(holds(ExecutableMemory::holding(code)));
    }
    SUBCASE("there may be none") {
        std::optional<ExecutableMemory> memory;
        void* other = nullptr;
        {
            const Limited no_memory(RLIMIT_AS);
            memory = ExecutableMemory::holding(code);
            other = mmap(nullptr, code.size(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        }
        // qemu's emulation of a process does not keep to the limit.
        if (other != MAP_FAILED) {
            munmap(other, code.size());
        } else {
            CHECK(!memory.has_value());
        }
    }
}

}  // namespace
}  // namespace probevue::test
