// The programs that note which packet is which (builtins/packet_steps.h), loaded. Private to runtime/kernel.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "builtins/base/result.h"
#include "compiler/program/kernel_program.h"
#include "runtime/sources/handle.h"

namespace probevue {

class PacketSteps {
public:
    // `linked`: the program's code with its maps.
    Status load(const StepProgram& program, std::span<const bpf_insn> linked);
    // Those of ends belong behind the programs of events, which read what they take out; all others before.
    Status attach(bool ends, std::vector<Handle>& links) const;
    // Steps of packets that the kernel passed over, as it was within the program that was to note them.
    uint64_t missed() const;

private:
    struct Loaded {
        const StepProgram* source = nullptr;
        Handle program;
    };
    std::vector<Loaded> programs_;
};

}  // namespace probevue
