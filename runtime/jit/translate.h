// Translations of linked code into machine code. Straight, one instruction after the other, with a fixed place for each
// register, as the kernel's compilers do. They are functions of the code alone: each works, and is tested, on any
// processor.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/jit/linked_code.h"

namespace probevue {

// Where the function has put a register of its caller: words below the end of its frame.
struct SavedRegister {
    uint8_t number;  // DWARF's, for the processor
    uint8_t words_down;
};

// What one who leaves the function early needs to know of its frame. It holds wherever the function calls another.
struct FrameRule {
    uint8_t stack_pointer;   // DWARF's number
    uint8_t return_address;  // DWARF's number
    uint8_t size;            // bytes from the stack pointer to the end of the frame, less than 128
    std::span<const SavedRegister> saved;
};

// An EntryFunction; it can lie anywhere.
struct MachineCode {
    std::vector<uint8_t> bytes;
    FrameRule frame;
};

// Fail where the code is too long for the processor's branches.
Result<MachineCode> translate_x86_64(const std::vector<LinkedInsn>& code);
Result<MachineCode> translate_arm64(const std::vector<LinkedInsn>& code);

}  // namespace probevue
