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
    bpf_prog_type type = BPF_PROG_TYPE_UNSPEC;
    uint32_t attach_type = 0;  // expected_attach_type
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

// Attaches a program; it is detached when the handles go. The error text says what the kernel answered.
Status attach_program(const HookRow& row, const KernelTarget& target, int program, std::vector<Handle>& links);
// A software clock, one handle for each thread or processor.
Status attach_clock(const KernelTarget& target, int program, std::vector<Handle>& links);

// What an errno of the kernel says.
std::string error_text(int error);

Result<Handle> attach_kprobe(std::string_view function, bool at_exit, int program);
Result<Handle> attach_trampoline(int program);

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
