// Attaching programs at functions of the kernel by their addresses. Private to runtime/kernel.
#pragma once

#include <cstdint>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/kernel/function_target.h"
#include "runtime/sources/handle.h"

namespace probevue {

// Does the kernel attach one program at many of its functions at once (Linux 5.18, with CONFIG_FPROBE)? Asks it once.
bool has_kprobe_multi();

// The kind of attachment that programs are loaded for which go to many functions at once.
constexpr uint32_t kprobe_multi_attach_type = 42;  // BPF_TRACE_KPROBE_MULTI (include/uapi/linux/bpf.h)

// At all functions of the target, whose index is the attach cookie; `many`: the program was loaded for many at once.
// Those that the kernel refuses are left out, and the first refusal is given back when all are needed or none was
// taken.
Status attach_kprobes(const FunctionTarget& target, bool at_exit, bool many, int program, std::vector<Handle>& links);

}  // namespace probevue
