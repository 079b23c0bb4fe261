// Programs for the kernel that capture events: one for each hook that the script's tuples need. A program decides
// whether the event happens, evaluates the predicates of the clauses as far as it can, and hands the fields that the
// clauses read to user space.
#pragma once

#include <cstdint>
#include <optional>

#include "compiler/ir/build.h"
#include "compiler/program/kernel_facts.h"

namespace probevue {

struct CaptureOptions {
    std::optional<Rung> rung = {};  // the one rung of the ladder that is taken
    // Every event is handed over whatever the predicates say, with all fields that are had cheaply besides those that
    // the clauses read.
    bool record = false;
    // Events of sockets are those of this network namespace (inode); those without a socket are not asked.
    std::optional<uint32_t> network = {};
};

// Fills Program::kernel_programs (without code), kernel_maps and kernel_refusals, and Module::kernel.
void capture(ir::Module& module, const KernelFacts& facts, const CaptureOptions& options);

}  // namespace probevue
