// Linked code: instructions of eBPF checked and with every address resolved, and code that is ready to run. The linker
// (runtime/engine/code.h) makes the one, the interpreter and the just-in-time compiler make the other of it.
#pragma once

#include <linux/bpf.h>

#include <cstddef>
#include <cstdint>

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

}  // namespace probevue
