// Functions of programs (@@uft): from what a tuple says to places in files. Private to runtime/probes.
#pragma once

#include <vector>

#include "runtime/kernel/user_target.h"
#include "runtime/probes/probe_manager.h"

namespace probevue {

// An entry for each of the program's kernel programs; empty for those that are attached to the kernel itself.
std::vector<UserTarget> user_targets(const Program& program, const AttachOptions& options,
                                     std::vector<Problem>& problems);

}  // namespace probevue
