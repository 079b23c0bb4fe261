// Programs for the kernel that capture events: one for each hook that the script's tuples need. A program decides
// whether the event happens, evaluates the predicates of the clauses as far as it can, and hands the fields that the
// clauses read to user space.
#pragma once

#include <optional>

#include "compiler/ir/build.h"
#include "compiler/program/kernel_facts.h"

namespace probevue {

// Fills Program::kernel_programs (without code), kernel_maps and kernel_refusals, and Module::kernel. `rung` forces one
// rung of the ladder. `record`: every event is handed over whatever the predicates say, with all fields that are had
// cheaply besides those that the clauses read.
void capture(ir::Module& module, const KernelFacts& facts, std::optional<Rung> rung, bool record);

}  // namespace probevue
