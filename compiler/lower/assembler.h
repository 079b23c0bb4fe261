// Writing eBPF instructions (kernel: Documentation/bpf/standardization/instruction-set.rst).
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <vector>

#include "compiler/program/record.h"

namespace probevue {

// Appends instructions. Registers are numbers of eBPF, widths are bytes, operations the BPF_ constants of linux/bpf.h
// without class and source.
class Assembler {
public:
    // The place in the script of what is written from now on.
    void at(SourcePosition position) { position_ = position; }
    size_t size() const { return code_.size(); }

    void move(uint8_t dst, uint8_t src);
    void move_imm(uint8_t dst, int64_t value);  // one or two instructions
    void move32(uint8_t dst, uint8_t src);      // clears the high half
    void sign_extend(uint8_t dst, uint8_t src, uint8_t bytes);
    void alu(uint8_t op, uint8_t width, uint8_t dst, uint8_t src, int16_t off = 0);
    void alu_imm(uint8_t op, uint8_t width, uint8_t dst, int32_t imm, int16_t off = 0);
    void swap(uint8_t dst, uint8_t bytes);  // reverses 2, 4 or 8 bytes, and clears those above
    void load(uint8_t bytes, bool sign_extend, uint8_t dst, uint8_t base, int32_t offset);
    void store(uint8_t bytes, uint8_t base, int32_t offset, uint8_t src);
    void store_imm(uint8_t bytes, uint8_t base, int32_t offset, int32_t imm);
    void atomic_add(uint8_t bytes, bool fetch, uint8_t base, int32_t offset, uint8_t src);  // 4 or 8 bytes
    // The map is given by its number in the Program: the loader puts in what stands for it.
    void load_map(uint8_t dst, uint32_t map);
    void load_map_value(uint8_t dst, uint32_t map, int32_t offset);
    void call(int32_t helper);
    void call_kernel(int32_t function);  // of the kernel itself, by its number in the kernel's type information
    void exit();
    // Jumps are written with the distance still open; returns the instruction's index for patch().
    size_t jump();
    size_t jump_if(uint8_t op, uint8_t dst, uint8_t src);
    size_t jump_if_imm(uint8_t op, uint8_t dst, int32_t imm);
    // False when the distance does not fit an instruction.
    bool patch(size_t instruction, size_t target);

    // What has been written, and for each instruction where it comes from. Once: nothing is left.
    std::vector<bpf_insn> take_code() { return std::move(code_); }
    std::vector<SourcePosition> take_lines() { return std::move(lines_); }

private:
    void add(uint8_t code, uint8_t dst, uint8_t src, int32_t off, int32_t imm);

    std::vector<bpf_insn> code_;
    std::vector<SourcePosition> lines_;
    SourcePosition position_;
};

}  // namespace probevue
