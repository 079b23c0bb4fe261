// An assembler for arm64: the forms of instructions that the translation needs, and no others. Encodings are those of
// the Arm Architecture Reference Manual for A-profile (DDI 0487), chapter C6.2, which gives each instruction a page.
#pragma once

#include <cstdint>

#include "runtime/jit/code_buffer.h"

namespace probevue::arm64 {

// By their numbers; 31 is zero or the stack pointer, as the instruction has it.
enum class Register : uint8_t {
    // clang-format off
    x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15, x16, x17, x18, x19, x20, x21, x22, x23, x24, x25,
    x26, x27, x28, x29, x30, zero, sp = zero
    // clang-format on
};

// Of two registers into a third: what is fixed in the 32-bit form.
enum class Operation : uint32_t {
    add = 0x0b000000,                // ADD (shifted register)
    sub = 0x4b000000,                // SUB (shifted register)
    sub_flags = 0x6b000000,          // SUBS (shifted register)
    bit_and = 0x0a000000,            // AND (shifted register)
    and_flags = 0x6a000000,          // ANDS (shifted register)
    bit_or = 0x2a000000,             // ORR (shifted register)
    bit_xor = 0x4a000000,            // EOR (shifted register)
    udiv = 0x1ac00800,               // UDIV: by zero it gives zero
    sdiv = 0x1ac00c00,               // SDIV: by zero it gives zero, of the least number by -1 the least number
    shift_left = 0x1ac02000,         // LSLV: the low 5 or 6 bits of the second count, here and below
    shift_right = 0x1ac02400,        // LSRV
    shift_signed_right = 0x1ac02800  // ASRV
};

// Of a register and 12 bits.
enum class SmallOperation : uint32_t {
    add = 0x11000000,        // ADD (immediate)
    sub = 0x51000000,        // SUB (immediate)
    add_flags = 0x31000000,  // ADDS (immediate)
    sub_flags = 0x71000000   // SUBS (immediate)
};

enum class Shift : uint8_t { left, right, signed_right };

// By their numbers (C1.2.4).
enum class Condition : uint8_t {
    equal = 0,
    not_equal = 1,
    not_below = 2,
    below = 3,
    above = 8,
    not_above = 9,
    not_less = 10,
    less = 11,
    greater = 12,
    not_greater = 13
};

class Assembler : public CodeBuffer {
public:
    // Branches with a condition reach 1 MB. In code that may be longer they must be far ones, of two instructions.
    explicit Assembler(bool is_far) : is_far_(is_far) {}

    // --- registers ---
    void move(Width width, Register to, Register from);
    void move(Register to, uint64_t value);                                     // one to four instructions
    void move_signed(Width width, Register to, Size from_size, Register from);  // from the low 8, 16 or 32 bits
    void move_half(Register to, Register from);  // the low 16 bits, the others are cleared
    void operate(Operation operation, Width width, Register to, Register left, Register right);
    // `right` is less than 4096.
    void operate(SmallOperation operation, Width width, Register to, Register left, uint32_t right);
    void multiply(Width width, Register to, Register left, Register right);
    // to = from - left * right
    void multiply_subtract(Width width, Register to, Register left, Register right, Register from);
    void shift(Shift kind, Width width, Register to, Register from, unsigned by);  // by less than the width
    void swap_bytes(Width width, Register to, Register from);
    void swap_half_bytes(Register to, Register from);  // of each 16 of the low 32 bits; the upper half is cleared

    // --- memory at a register and an offset ---
    // Fills all of the register: with zeros, or with the sign. Offsets out of reach go by way of `scratch`.
    void load(Size size, bool is_signed, Register to, Register base, int32_t off, Register scratch);
    void store(Size size, Register base, int32_t off, Register from, Register scratch);

    // --- control ---
    // Two registers at an address below sp, which moves there; at an offset from sp; and back. Offsets are multiples of
    // 8 below 512.
    void push_pair(Register first, Register second, uint32_t bytes);
    void store_pair(Register first, Register second, uint32_t off);
    void load_pair(Register first, Register second, uint32_t off);
    void pop_pair(Register first, Register second, uint32_t bytes);
    void call(Register to);
    void leave();
    void jump(Label to);
    void jump_if(Condition condition, Label to);
    void jump_if_zero(bool is_zero, Width width, Register tested, Label to);

    // Writes the distances of branches. False when one does not reach.
    bool finish();

private:
    void bitfield(bool is_signed, Width width, Register to, Register from, unsigned rotated, unsigned last);
    void access(Size size, unsigned kind, Register reg, Register base, int32_t off, Register scratch);
    void pair(uint32_t form, Register first, Register second, int32_t off);
    void conditional(uint32_t form, uint32_t inverting, Label to);

    bool is_far_;
};

}  // namespace probevue::arm64
