// Programs that run with preemption off.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "runtime/kernel/preemption.h"

namespace probevue {
namespace {

constexpr PreemptionCalls calls = {101, 102};
constexpr bpf_insn leave = {BPF_JMP | BPF_EXIT, 0, 0, 0, 0};
constexpr bpf_insn zero = {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0};

// Follows the instructions from the first one; a conditional jump is taken when `taken` says so. The functions of the
// kernel that are called on the way.
std::vector<int32_t> walk(const std::vector<bpf_insn>& code, bool taken) {
    std::vector<int32_t> out;
    size_t at = 0;
    while (code.at(at).code != (BPF_JMP | BPF_EXIT)) {
        const bpf_insn& insn = code[at++];
        if (insn.code == (BPF_JMP | BPF_CALL) && insn.src_reg == BPF_PSEUDO_KFUNC_CALL) out.push_back(insn.imm);
        if (insn.code == (BPF_JMP | BPF_JA)) at += static_cast<size_t>(insn.off);
        if (insn.code == (BPF_JMP32 | BPF_JA)) at += static_cast<size_t>(insn.imm);
        if (insn.code == (BPF_JMP | BPF_JEQ | BPF_K) && taken) at += static_cast<size_t>(insn.off);
    }
    CHECK(at == code.size() - 1);
    return out;
}

}  // namespace

TEST_CASE("preemption is off from the first instruction to each end") {
    const std::vector<bpf_insn> code = {{BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_1, 0, 2, 0}, zero, leave, zero, leave};
    const std::vector<bpf_insn> out = without_preemption(code, calls);
    CHECK(std::count_if(out.begin(), out.end(), [](const bpf_insn& insn) { return insn.code == leave.code; }) == 1);
    for (const bool taken : {false, true}) CHECK(walk(out, taken) == std::vector<int32_t>{101, 102});
    // What is between them is the program, a register away from what it was handed and what it returns.
    CHECK(out[0].src_reg == BPF_REG_1);
    CHECK(out[2].dst_reg == BPF_REG_1);
    CHECK(out[0].dst_reg == out[2].src_reg);
    CHECK(out[preemption_prologue].code == code[0].code);
    CHECK(out[preemption_prologue].off == code[0].off);
    CHECK(out[out.size() - 4].src_reg == BPF_REG_0);
    CHECK(out[out.size() - 2].dst_reg == BPF_REG_0);
    CHECK(out[out.size() - 4].dst_reg == out[out.size() - 2].src_reg);
}

TEST_CASE("an end that is far from the last instruction") {
    std::vector<bpf_insn> code = {{BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_1, 0, 2, 0}, zero, leave};
    code.insert(code.end(), 40'000, zero);
    code.push_back(leave);
    const std::vector<bpf_insn> out = without_preemption(code, calls);
    for (const bool taken : {false, true}) CHECK(walk(out, taken) == std::vector<int32_t>{101, 102});
}

}  // namespace probevue
