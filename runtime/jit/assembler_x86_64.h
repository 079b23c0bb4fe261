// An assembler for x86-64: the forms of instructions that the translation needs, and no others. Encodings are those of
// Intel's Software Developer's Manual, volume 2; each form is given as the manual writes it (`/r`: both operands are in
// the byte ModRM; `/4`: one is, with a 4 for the operation; `ib`, `id`: an immediate of 1 or 4 bytes behind it).
#pragma once

#include <cstdint>
#include <initializer_list>

#include "runtime/jit/code_buffer.h"

namespace probevue::x86 {

// By their numbers (SDM 2, table 2-2 with REX, 2.2.1.2).
enum class Register : uint8_t { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15 };

// Of two operands, by the number that their forms share.
enum class Operation : uint8_t { add = 0, bit_or = 1, bit_and = 4, sub = 5, bit_xor = 6, compare = 7 };
enum class Unary : uint8_t { neg = 3, div = 6, idiv = 7 };  // div, idiv: rdx:rax by the operand
enum class Shift : uint8_t { left = 4, right = 5, signed_right = 7 };

// By their numbers (SDM 2, B.1.4.7).
enum class Condition : uint8_t {
    below = 2,
    not_below = 3,
    equal = 4,
    not_equal = 5,
    not_above = 6,
    above = 7,
    less = 12,
    not_less = 13,
    not_greater = 14,
    greater = 15
};

class Assembler : public CodeBuffer {
public:
    // --- registers ---
    void move(Width width, Register to, Register from);
    void move(Register to, uint64_t value);
    // From the low 8, 16 or 32 bits; of 32 only the signed form into 64.
    void move_signed(Width width, Register to, Size from_size, Register from);
    void move_half(Register to, Register from);  // the low 16 bits, the others are cleared
    void operate(Operation operation, Width width, Register to, Register from);
    void operate(Operation operation, Width width, Register to, int32_t value);
    void operate(Unary operation, Width width, Register on);
    void test(Width width, Register left, Register right);
    void test(Width width, Register left, int32_t right);
    void multiply(Width width, Register to, Register by);
    void multiply(Width width, Register to, int32_t by);
    void shift(Shift kind, Width width, Register to, uint8_t by);
    void shift_by_cl(Shift kind, Width width, Register to);
    void extend_rax(Width width);  // its sign into all of rdx
    void swap_bytes(Width width, Register in);
    void swap_half(Register in);  // the bytes of the low 16 bits; the others stay

    // --- memory at a register and an offset ---
    // Fills all of the register: with zeros, or with the sign.
    void load(Size size, bool is_signed, Register to, Register base, int32_t off);
    void store(Size size, Register base, int32_t off, Register from);
    void store(Size size, Register base, int32_t off, int32_t value);  // a quad: extended by its sign
    void add_to(Width width, Register base, int32_t off, Register from);

    // --- control ---
    void push(Register from);
    void pop(Register to);
    void call(Register to);
    void leave();
    void jump(Label to);
    void jump_if(Condition condition, Label to);

    // Writes the distances of branches. False when one does not reach.
    bool finish();

private:
    void begin(bool is_wide, unsigned reg, unsigned rm, std::initializer_list<uint8_t> opcode, bool in_byte = false);
    void direct(unsigned reg, unsigned rm);
    void indirect(unsigned reg, Register base, int32_t off);
    void put_byte(unsigned value) { put(static_cast<uint8_t>(value)); }
};

}  // namespace probevue::x86
