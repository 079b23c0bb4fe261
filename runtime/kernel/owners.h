// The programs that note who uses sockets (builtins/owners.h), loaded; attached before those of events, which read what
// they have noted. Private to runtime/kernel.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "builtins/base/result.h"
#include "compiler/program/kernel_program.h"
#include "runtime/sources/handle.h"

namespace probevue {

// The map that lies with sockets (KernelMap::Use::owners).
Handle make_owner_map(const KernelMap& map);

class SocketOwners {
public:
    // `linked`: the program's code with its maps.
    Status load(const OwnerProgram& program, std::span<const bpf_insn> linked);
    // Afterwards the sockets that are open have owners, as far as these are known.
    Status attach();
    void detach() { links_.clear(); }
    // Uses of sockets that the kernel passed over, as it was within the program that was to note them.
    uint64_t missed() const;

private:
    struct Loaded {
        const SocketUse* use = nullptr;
        Handle program;
    };
    std::vector<Loaded> programs_;
    std::vector<Handle> links_;
};

}  // namespace probevue
