// Attaching programs at functions of programs. Private to runtime/kernel.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/kernel/function_target.h"
#include "runtime/sources/handle.h"

namespace probevue {

bool has_uprobes();

// Does the kernel attach one program at many functions at once (Linux 6.6), and for a process mean all of its threads
// (6.10, and many earlier ones that were mended)? Asks it once.
bool has_uprobe_multi();

// The kind of attachment that programs are loaded for which go to many functions at once. Better for one function too:
// taking away a link of attach_uprobe() takes a tenth of a second, and they go one by one.
constexpr uint32_t uprobe_multi_attach_type = 48;  // BPF_TRACE_UPROBE_MULTI; older headers do not have it

// At a function of a program: of one process, or of all (0). `number` is what the program sees as its attach cookie.
Result<Handle> attach_uprobe(const FunctionPlace& place, bool at_exit, int64_t pid, uint64_t number, int program);

// At all functions of the target, whose index is the attach cookie; the program is one that was loaded for this. Those
// that the kernel refuses are left out, and the first refusal is given back when all are needed or none was taken.
Status attach_uprobes(const FunctionTarget& target, bool at_exit, int program, std::vector<Handle>& links);

}  // namespace probevue
