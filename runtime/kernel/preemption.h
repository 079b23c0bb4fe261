// Programs that the kernel may interrupt for another thread, kept whole. Private to runtime/kernel.
//
// A program may be entered on a processor while it is at work there only where nothing counts it, and preemption is on.
// That is so for functions of programs alone:
//
//   uprobe, uretprobe    bpf_prog_run_array_uprobe(), uprobe_prog_run(): migrate_disable() only (since 6.0)
//   kprobe, kretprobe    trace_call_bpf(): preemption is off, and `bpf_prog_active` lets one program in on a processor
//   perf_event           bpf_overflow_handler(): within an interrupt, by the same count
//   tracepoint (BTF)     __bpf_trace_run(): `prog->active` lets the program in once on a processor (since 6.1)
//   fentry, fexit        __bpf_prog_enter_recur(): by the same count
//   cgroup, netfilter    bottom halves are off where packets are received
//
// From 6.13 on a program that takes 64 bytes of stack or more has that stack by processor, not by thread
// (bpf_enable_priv_stack() in kernel/bpf/verifier.c, for all of these but those two): a thread that comes while another
// one is within the program writes over what the other has put there. Programs of uprobes therefore run with preemption
// off, as all of them did before 6.0. The functions that do so are there from 6.10 on.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "builtins/base/result.h"

namespace probevue {

// Numbers of the functions in the kernel's type information.
struct PreemptionCalls {
    uint32_t disable = 0;
    uint32_t enable = 0;
};

// Nothing: the kernel does not have them, and does not need them. An error when that cannot be found out.
Result<std::optional<PreemptionCalls>> preemption_calls();

// How many instructions without_preemption() puts before those of the program.
inline constexpr uint32_t preemption_prologue = 3;

// The program with preemption off from its first instruction to each of its ends.
std::vector<bpf_insn> without_preemption(std::span<const bpf_insn> code, const PreemptionCalls& calls);

}  // namespace probevue
