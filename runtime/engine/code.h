// Linked code: instructions checked and with every address resolved; what the interpreter and the just-in-time compiler
// start from.
#pragma once

#include <linux/bpf.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "builtins/base/result.h"

namespace probevue {

struct Machine;

// Operations beyond those of linux/bpf.h that older headers lack (ISA version 4).
inline constexpr uint8_t bpf_sign_extending_mode = 0x80;  // BPF_MEMSX

struct LinkedInsn {
    uint8_t code = 0;  // opcode; 0 for the second half of a 64-bit immediate
    uint8_t dst = 0;
    uint8_t src = 0;
    int16_t off = 0;      // memory accesses: bytes; movsx: bits; division: 1 when signed
    uint32_t target = 0;  // jumps: index of the instruction
    uint64_t value =
        0;  // immediate, extended to 64 bits; address of a map or its memory; address of the helper function
    bool is_target = false;  // a jump leads here
};

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

// Runs code: `context` is r1, `frame_top` r10. Returns r0.
using EntryFunction = uint64_t (*)(const void* code, void* context, std::byte* frame_top, Machine* machine);

// Code ready to run, owned.
class Executable {
public:
    virtual ~Executable() = default;
    Executable(const Executable&) = delete;
    Executable& operator=(const Executable&) = delete;

    EntryFunction entry() const { return entry_; }
    const void* code() const { return code_; }
    uint64_t run(void* context, std::byte* frame_top, Machine* machine) const {
        return entry_(code_, context, frame_top, machine);
    }

protected:
    Executable() = default;
    EntryFunction entry_ = nullptr;
    const void* code_ = nullptr;
};

// Largest frame that code may ask for.
inline constexpr uint32_t max_frame_size = 1 << 20;

}  // namespace probevue
