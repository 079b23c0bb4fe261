// Intermediate representation to eBPF instructions. One backend serves both homes: what differs between them is said in
// a Target, and what the kernel does otherwise is rewritten in the representation before it comes here
// (compiler/hooks).
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/ir/ir.h"
#include "compiler/program/program.h"

namespace probevue {

// What the machine can do that the code is for.
struct Target {
    bool sign_extending_moves = true;  // instruction set version 4: movsx, signed loads, signed division
    bool shared_memory = false;        // other processors are at work on it: additions in place are atomic
    uint32_t max_frame = 1u << 20;     // bytes below r10
};

struct Lowered {
    std::vector<bpf_insn> code;
    std::vector<SourcePosition> lines;  // one an instruction
    uint32_t frame_size = 0;            // bytes below r10, a multiple of 8
    std::string problem;                // empty when all went well: what is too large, and how large it may be
};

// The function has to be one that ir::verify() passes. Operations that the target lacks are made of those that it has.
Lowered lower(const ir::Function& function, const Target& target);

}  // namespace probevue
