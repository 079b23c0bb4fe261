// Which packet it is: programs that note where packets begin, go on and end, and code of the programs of events that
// reads what they have noted. Private to compiler/hooks.
#pragma once

#include <string>

#include "compiler/ir/build.h"
#include "compiler/program/kernel_facts.h"

namespace probevue {

// Why packets cannot be told from each other on the kernel; empty: they can be.
std::string packet_ids_refusal(const KernelFacts& facts);

// Writes the programs that note which packet is which, for the map that programs of events read, as many as the kernel
// has places for. What it lacks for them; empty: they are written.
std::string write_step_programs(ir::Module& module, const KernelFacts& facts);

}  // namespace probevue
