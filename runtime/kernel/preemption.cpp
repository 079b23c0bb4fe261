#include "runtime/kernel/preemption.h"

#include <fstream>
#include <limits>
#include <memory>
#include <mutex>

#include "runtime/kernel/types.h"

namespace probevue {
namespace {

Result<std::optional<PreemptionCalls>> ask_for_calls() {
    // Without the just-in-time compiler there are no such calls, and stacks are those of threads.
    int compiles = 1;
    std::ifstream("/proc/sys/net/core/bpf_jit_enable") >> compiles;
    if (compiles == 0) return std::optional<PreemptionCalls>();
    const std::unique_ptr<KernelTypes> types = KernelTypes::load();
    if (types == nullptr) return no_kernel_types();
    const std::optional<Prototype> disable = types->function("bpf_preempt_disable");
    const std::optional<Prototype> enable = types->function("bpf_preempt_enable");
    if (!disable || !enable) return std::optional<PreemptionCalls>();
    return std::optional(PreemptionCalls{disable->btf_id, enable->btf_id});
}

constexpr uint8_t move = BPF_ALU64 | BPF_MOV | BPF_X;

bpf_insn call(uint32_t function) {
    return {BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, static_cast<int32_t>(function)};
}

bpf_insn jump(size_t distance) {
    const auto far = static_cast<int32_t>(distance);
    if (far <= std::numeric_limits<int16_t>::max()) return {BPF_JMP | BPF_JA, 0, 0, static_cast<int16_t>(far), 0};
    return {BPF_JMP32 | BPF_JA, 0, 0, 0, far};  // since 6.6
}

}  // namespace

Result<std::optional<PreemptionCalls>> preemption_calls() {
    static std::mutex one_at_a_time;
    static std::optional<std::optional<PreemptionCalls>> known;
    const std::lock_guard lock(one_at_a_time);
    if (!known) {
        Result<std::optional<PreemptionCalls>> answer = ask_for_calls();
        if (!answer) return answer.error();
        known = *answer;
    }
    return *known;
}

// A call takes the registers r0 to r5: what the program is handed (r1), and what it returns (r0), wait in r6.
std::vector<bpf_insn> without_preemption(std::span<const bpf_insn> code, const PreemptionCalls& calls) {
    std::vector<bpf_insn> out = {
        {move, BPF_REG_6, BPF_REG_1, 0, 0}, call(calls.disable), {move, BPF_REG_1, BPF_REG_6, 0, 0}};
    static_assert(preemption_prologue == 3);
    for (size_t i = 0; i < code.size(); ++i) {
        const bool leaves = code[i].code == (BPF_JMP | BPF_EXIT);
        out.push_back(leaves ? jump(code.size() - i - 1) : code[i]);
    }
    out.insert(out.end(), {bpf_insn{move, BPF_REG_6, BPF_REG_0, 0, 0}, call(calls.enable),
                           bpf_insn{move, BPF_REG_0, BPF_REG_6, 0, 0}, bpf_insn{BPF_JMP | BPF_EXIT, 0, 0, 0, 0}});
    return out;
}

}  // namespace probevue
