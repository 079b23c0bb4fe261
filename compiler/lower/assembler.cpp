// The last stage of compiling: instructions as engine and kernel take them. What is asked of it fits the instruction
// set; a jump that is too long is told to lowering.
#include "compiler/lower/assembler.h"

#include <limits>

namespace probevue {
namespace {

uint8_t size_bits(uint8_t bytes) {
    switch (bytes) {
        case 1:
            return BPF_B;
        case 2:
            return BPF_H;
        case 4:
            return BPF_W;
        default:
            return BPF_DW;
    }
}

// Signed loads, version 4 of the instruction set; not in Debian 12's headers.
constexpr uint8_t memory_sign_extend = 0x80;

}  // namespace

void Assembler::add(uint8_t code, uint8_t dst, uint8_t src, int32_t off, int32_t imm) {
    bpf_insn insn{};
    insn.code = code;
    insn.dst_reg = dst & 0xf;
    insn.src_reg = src & 0xf;
    insn.off = static_cast<int16_t>(off);
    insn.imm = imm;
    code_.push_back(insn);
    lines_.push_back(position_);
}

void Assembler::move(uint8_t dst, uint8_t src) {
    if (dst != src) add(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0);
}

void Assembler::move_imm(uint8_t dst, int64_t value) {
    if (value >= std::numeric_limits<int32_t>::min() && value <= std::numeric_limits<int32_t>::max()) {
        return add(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, static_cast<int32_t>(value));
    }
    // A wide instruction takes two places; the second one holds the upper half alone (RFC 9669).
    add(BPF_LD | BPF_DW | BPF_IMM, dst, 0, 0, static_cast<int32_t>(value & 0xffffffff));
    add(0, 0, 0, 0, static_cast<int32_t>(value >> 32));
}

void Assembler::move32(uint8_t dst, uint8_t src) { add(BPF_ALU | BPF_MOV | BPF_X, dst, src, 0, 0); }

void Assembler::sign_extend(uint8_t dst, uint8_t src, uint8_t bytes) {
    add(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, bytes * 8, 0);
}

void Assembler::alu(uint8_t op, uint8_t width, uint8_t dst, uint8_t src, int16_t off) {
    add(static_cast<uint8_t>((width == 4 ? BPF_ALU : BPF_ALU64) | op | BPF_X), dst, src, off, 0);
}

void Assembler::alu_imm(uint8_t op, uint8_t width, uint8_t dst, int32_t imm, int16_t off) {
    add(static_cast<uint8_t>((width == 4 ? BPF_ALU : BPF_ALU64) | op | BPF_K), dst, 0, off, imm);
}

// "To big endian" reverses the bytes on the little-endian machines that we run on, and is in every version of the
// instruction set.
void Assembler::swap(uint8_t dst, uint8_t bytes) { add(BPF_ALU | BPF_END | BPF_TO_BE, dst, 0, 0, bytes * 8); }

void Assembler::load(uint8_t bytes, bool sign_extend, uint8_t dst, uint8_t base, int32_t offset) {
    const uint8_t mode = sign_extend && bytes < 8 ? memory_sign_extend : BPF_MEM;
    add(static_cast<uint8_t>(BPF_LDX | size_bits(bytes) | mode), dst, base, offset, 0);
}

void Assembler::store(uint8_t bytes, uint8_t base, int32_t offset, uint8_t src) {
    add(static_cast<uint8_t>(BPF_STX | size_bits(bytes) | BPF_MEM), base, src, offset, 0);
}

void Assembler::store_imm(uint8_t bytes, uint8_t base, int32_t offset, int32_t imm) {
    add(static_cast<uint8_t>(BPF_ST | size_bits(bytes) | BPF_MEM), base, 0, offset, imm);
}

void Assembler::atomic_add(uint8_t bytes, bool fetch, uint8_t base, int32_t offset, uint8_t src) {
    add(static_cast<uint8_t>(BPF_STX | size_bits(bytes) | BPF_ATOMIC), base, src, offset,
        fetch ? BPF_ADD | BPF_FETCH : BPF_ADD);
}

void Assembler::load_map(uint8_t dst, uint32_t map) {
    add(BPF_LD | BPF_DW | BPF_IMM, dst, BPF_PSEUDO_MAP_FD, 0, static_cast<int32_t>(map));
    add(0, 0, 0, 0, 0);
}

void Assembler::load_map_value(uint8_t dst, uint32_t map, int32_t offset) {
    add(BPF_LD | BPF_DW | BPF_IMM, dst, BPF_PSEUDO_MAP_VALUE, 0, static_cast<int32_t>(map));
    add(0, 0, 0, 0, offset);
}

void Assembler::call(int32_t helper) { add(BPF_JMP | BPF_CALL, 0, 0, 0, helper); }

// `off` is 0: a function of the kernel proper, not of a module.
void Assembler::call_kernel(int32_t function) { add(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, function); }

void Assembler::exit() { add(BPF_JMP | BPF_EXIT, 0, 0, 0, 0); }

size_t Assembler::jump() {
    add(BPF_JMP | BPF_JA, 0, 0, 0, 0);
    return code_.size() - 1;
}

size_t Assembler::jump_if(uint8_t op, uint8_t dst, uint8_t src) {
    add(static_cast<uint8_t>(BPF_JMP | op | BPF_X), dst, src, 0, 0);
    return code_.size() - 1;
}

size_t Assembler::jump_if_imm(uint8_t op, uint8_t dst, int32_t imm) {
    add(static_cast<uint8_t>(BPF_JMP | op | BPF_K), dst, 0, 0, imm);
    return code_.size() - 1;
}

bool Assembler::patch(size_t instruction, size_t target) {
    const size_t distance = target - instruction - 1;
    if (distance > static_cast<size_t>(std::numeric_limits<int16_t>::max())) return false;
    code_[instruction].off = static_cast<int16_t>(distance);
    return true;
}

}  // namespace probevue
