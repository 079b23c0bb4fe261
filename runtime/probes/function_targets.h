// Functions of programs (@@uft) and of the kernel (@@kft): from what a tuple says to places. Private to runtime/probes.
#pragma once

#include <vector>

#include "runtime/kernel/function_target.h"
#include "runtime/probes/probe_manager.h"

namespace probevue {

// An entry for each of the program's kernel programs; empty for those whose place the program itself says.
std::vector<FunctionTarget> function_targets(const Program& program, const AttachOptions& options,
                                             std::vector<Problem>& problems);

}  // namespace probevue
