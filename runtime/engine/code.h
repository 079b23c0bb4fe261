// The linker: from the instructions of a program to linked code, what the interpreter and the just-in-time compiler
// start from.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <span>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/jit/linked_code.h"

namespace probevue {

// What code may refer to. No machine: neither maps nor helper functions.
struct CodeScope {
    Machine* machine = nullptr;
    uint32_t frame_size = 0;  // bytes below r10
    // Jumps may go back: whoever made the code has seen to it that it ends.
    bool may_loop = false;
};

// Checks that every opcode, register, map, helper function and frame access is sound and that jumps go to an
// instruction, forward unless the code may loop; so that what runs it need not. Errors name the instruction.
Result<std::vector<LinkedInsn>> link_code(std::span<const bpf_insn> code, const CodeScope& scope);

// Largest frame that code may ask for.
inline constexpr uint32_t max_frame_size = 1 << 20;

}  // namespace probevue
