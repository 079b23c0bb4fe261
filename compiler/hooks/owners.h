// Whose a socket is: programs that note who uses sockets, and code of the programs of events that reads what they have
// noted. It is kept with the socket itself (BPF_MAP_TYPE_SK_STORAGE), and goes with it. Private to compiler/hooks.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/build.h"
#include "compiler/program/kernel_facts.h"

namespace probevue {

// Why nobody can be noted on the kernel; empty: users of sockets can be.
std::string owners_refusal(const KernelFacts& facts);

// Why no ends can be noted there; empty: they can be.
std::string ends_refusal(const KernelFacts& facts);

// Writes the programs that note who uses sockets, for the map that programs of events read. What the kernel lacks for
// them; empty: they are written.
std::string write_owner_programs(ir::Module& module, const KernelFacts& facts);

}  // namespace probevue
