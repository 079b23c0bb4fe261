// Loading and attaching single programs: thin, typed covers over libbpf's low-level calls. Private to runtime/kernel.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "builtins/base/result.h"
#include "builtins/hooks.h"
#include "compiler/program/kernel_program.h"
#include "runtime/sources/handle.h"

namespace probevue {

// What kind of program serves a hook, and where it is attached.
struct ProgramKind {
    uint32_t type = BPF_PROG_TYPE_UNSPEC;  // bpf_prog_type; headers may be older than the kernel
    uint32_t attach_type = 0;              // expected_attach_type
    uint32_t btf_id = 0;
};
ProgramKind program_kind(const HookRow& row, uint32_t btf_id);

// The outcome of a load: a handle, or errno and what the verifier says.
struct LoadResult {
    Handle program;
    int error = 0;    // errno
    std::string log;  // when the verifier refused
};
LoadResult load_program(const ProgramKind& kind, std::span<const bpf_insn> code);
// One that notes something for those of events. `purpose`: "notes who uses sockets"; `where` it is attached; `builtin`:
// what scripts read of it. Errors: permission.
Result<Handle> load_noting_program(const ProgramKind& kind, std::span<const bpf_insn> code, std::string_view purpose,
                                   std::string_view where, std::string_view builtin);

// Attaches a program; it is detached when the handles go. `network`: the namespace (a descriptor; negative: that of
// this process), where the hook is of one. The error text says what the kernel answered.
Status attach_program(const HookRow& row, const KernelTarget& target, int program, int network,
                      std::vector<Handle>& links);
// A software clock, one handle for each thread or processor.
Status attach_clock(const KernelTarget& target, int program, std::vector<Handle>& links);

// What an errno of the kernel says.
std::string error_text(int error);

Result<Handle> attach_kprobe(std::string_view function, bool at_exit, int program);
// A typed program, to the tracepoint or function that it was loaded for; `what` is that, for the error.
Result<Handle> attach_typed(int program, std::string_view what);
// For the packets or sockets of all cgroups; `attach_type` is a bpf_attach_type.
Result<Handle> attach_to_cgroups(int program, uint32_t attach_type);

// How often the kernel passed over a program, as the same processor was within it (counted from 5.12 on; 0 before).
uint64_t missed_runs(const Handle& program);
// The sum over what holds programs.
template <typename Loaded>
uint64_t missed_runs(const std::vector<Loaded>& all) {
    uint64_t sum = 0;
    for (const Loaded& loaded : all) sum += missed_runs(loaded.program);
    return sum;
}

// The error that errno stands for, after an attempt to attach to `what`.
Error cannot_attach(std::string_view what);

// The number by which perf_event_open() knows a source of events; 0: there is none.
uint32_t event_source_type(std::string_view name);

// The capabilities that this process lacks of those that every rung needs: "CAP_BPF, CAP_PERFMON"; empty: it has all.
std::string missing_capabilities();
// Programs on packets need this one too.
bool may_administer_network();

// " (the kernel is locked down: integrity)", to stand behind a refusal; empty when it is not.
std::string lockdown_note();

}  // namespace probevue
