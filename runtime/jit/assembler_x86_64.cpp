#include "runtime/jit/assembler_x86_64.h"

namespace probevue::x86 {

namespace {

constexpr unsigned number(Register reg) { return static_cast<unsigned>(reg); }
constexpr bool is_byte(int32_t value) { return value == static_cast<int8_t>(value); }
constexpr uint8_t half_prefix = 0x66;  // operands of 16 bits (SDM 2, 2.1.1)

// Without a prefix REX, 4 to 7 mean ah to bh where a byte is meant (SDM 2, 3.1.1.1).
constexpr bool needs_rex(Register byte) { return number(byte) >= 4; }

}  // namespace

// The prefix REX (SDM 2, 2.2.1) when one is needed, and the opcode.
void Assembler::begin(bool is_wide, unsigned reg, unsigned rm, std::initializer_list<uint8_t> opcode, bool in_byte) {
    const unsigned rex = 0x40 | (is_wide ? 8U : 0U) | (reg >> 3 << 2) | rm >> 3;
    if (rex != 0x40 || in_byte) put_byte(rex);
    for (const uint8_t byte : opcode) put(byte);
}

// ModRM with two registers (SDM 2, 2.1.3).
void Assembler::direct(unsigned reg, unsigned rm) { put_byte(0xc0 | (reg & 7) << 3 | (rm & 7)); }

// ModRM with memory (SDM 2, table 2-2): rsp and r12 need a byte SIB; rbp and r13 without an offset mean something else.
void Assembler::indirect(unsigned reg, Register base, int32_t off) {
    const unsigned rm = number(base) & 7;
    const unsigned mode = off == 0 && rm != number(Register::rbp) ? 0 : is_byte(off) ? 1 : 2;
    put_byte(mode << 6 | (reg & 7) << 3 | rm);
    if (rm == number(Register::rsp)) put_byte(0x24);
    if (mode == 1) put(static_cast<int8_t>(off));
    if (mode == 2) put(off);
}

// --- registers ---

void Assembler::move(Width width, Register to, Register from) {  // MOV r/m, r: 89 /r
    begin(width == Width::wide, number(from), number(to), {0x89});
    direct(number(from), number(to));
}

void Assembler::move(Register to, uint64_t value) {
    if (value == 0) {
        operate(Operation::bit_xor, Width::narrow, to, to);
    } else if (value <= UINT32_MAX) {  // MOV r32, imm32: B8+rd id
        begin(false, 0, number(to), {static_cast<uint8_t>(0xb8 | (number(to) & 7))});
        put(static_cast<uint32_t>(value));
    } else if (const auto low = static_cast<int32_t>(value); static_cast<uint64_t>(int64_t{low}) == value) {
        begin(true, 0, number(to), {0xc7});  // MOV r/m64, imm32: REX.W C7 /0 id
        direct(0, number(to));
        put(low);
    } else {  // MOV r64, imm64: REX.W B8+rd io
        begin(true, 0, number(to), {static_cast<uint8_t>(0xb8 | (number(to) & 7))});
        put(value);
    }
}

void Assembler::move_signed(Width width, Register to, Size from_size, Register from) {
    const bool is_wide = width == Width::wide;
    if (from_size == Size::word) {  // MOVSXD r64, r/m32: REX.W 63 /r
        begin(true, number(to), number(from), {0x63});
    } else if (from_size == Size::half) {  // MOVSX r, r/m16: 0F BF /r
        begin(is_wide, number(to), number(from), {0x0f, 0xbf});
    } else {  // MOVSX r, r/m8: 0F BE /r
        begin(is_wide, number(to), number(from), {0x0f, 0xbe}, needs_rex(from));
    }
    direct(number(to), number(from));
}

void Assembler::move_half(Register to, Register from) {  // MOVZX r32, r/m16: 0F B7 /r
    begin(false, number(to), number(from), {0x0f, 0xb7});
    direct(number(to), number(from));
}

void Assembler::operate(Operation operation, Width width, Register to,
                        Register from) {  // ADD r/m, r: 01 /r; OR: 09; ...
    begin(width == Width::wide, number(from), number(to),
          {static_cast<uint8_t>(static_cast<unsigned>(operation) << 3 | 1)});
    direct(number(from), number(to));
}

void Assembler::operate(Operation operation, Width width, Register to, int32_t value) {
    const bool is_short = is_byte(value);  // ADD r/m, imm8: 83 /0 ib; ADD r/m, imm32: 81 /0 id; OR: /1; ...
    begin(width == Width::wide, 0, number(to), {static_cast<uint8_t>(is_short ? 0x83 : 0x81)});
    direct(static_cast<unsigned>(operation), number(to));
    is_short ? put(static_cast<int8_t>(value)) : put(value);
}

void Assembler::operate(Unary operation, Width width, Register on) {  // NEG: F7 /3; DIV: F7 /6; IDIV: F7 /7
    begin(width == Width::wide, 0, number(on), {0xf7});
    direct(static_cast<unsigned>(operation), number(on));
}

void Assembler::test(Width width, Register left, Register right) {  // TEST r/m, r: 85 /r
    begin(width == Width::wide, number(right), number(left), {0x85});
    direct(number(right), number(left));
}

void Assembler::test(Width width, Register left, int32_t right) {  // TEST r/m, imm32: F7 /0 id
    begin(width == Width::wide, 0, number(left), {0xf7});
    direct(0, number(left));
    put(right);
}

void Assembler::multiply(Width width, Register to, Register by) {  // IMUL r, r/m: 0F AF /r
    begin(width == Width::wide, number(to), number(by), {0x0f, 0xaf});
    direct(number(to), number(by));
}

void Assembler::multiply(Width width, Register to, int32_t by) {  // IMUL r, r/m, imm8: 6B /r ib; imm32: 69 /r id
    const bool is_short = is_byte(by);
    begin(width == Width::wide, number(to), number(to), {static_cast<uint8_t>(is_short ? 0x6b : 0x69)});
    direct(number(to), number(to));
    is_short ? put(static_cast<int8_t>(by)) : put(by);
}

void Assembler::shift(Shift kind, Width width, Register to, uint8_t by) {  // SHL r/m, imm8: C1 /4 ib; SHR: /5; SAR: /7
    begin(width == Width::wide, 0, number(to), {0xc1});
    direct(static_cast<unsigned>(kind), number(to));
    put(by);
}

void Assembler::shift_by_cl(Shift kind, Width width, Register to) {  // SHL r/m, CL: D3 /4; SHR: /5; SAR: /7
    begin(width == Width::wide, 0, number(to), {0xd3});
    direct(static_cast<unsigned>(kind), number(to));
}

void Assembler::extend_rax(Width width) { begin(width == Width::wide, 0, 0, {0x99}); }  // CDQ: 99; CQO: REX.W 99

void Assembler::swap_bytes(Width width, Register in) {  // BSWAP r: 0F C8+rd
    begin(width == Width::wide, 0, number(in), {0x0f, static_cast<uint8_t>(0xc8 | (number(in) & 7))});
}

void Assembler::swap_half(Register in) {  // ROL r/m16, imm8: 66 C1 /0 ib
    put(half_prefix);
    begin(false, 0, number(in), {0xc1});
    direct(0, number(in));
    put(uint8_t{8});
}

// --- memory at a register and an offset ---

void Assembler::load(Size size, bool is_signed, Register to, Register base, int32_t off) {
    const unsigned reg = number(to), rm = number(base);
    switch (size) {
        case Size::byte:  // MOVSX r64, r/m8: REX.W 0F BE /r; MOVZX r32, r/m8: 0F B6 /r
            begin(is_signed, reg, rm, {0x0f, static_cast<uint8_t>(is_signed ? 0xbe : 0xb6)});
            break;
        case Size::half:  // MOVSX r64, r/m16: REX.W 0F BF /r; MOVZX r32, r/m16: 0F B7 /r
            begin(is_signed, reg, rm, {0x0f, static_cast<uint8_t>(is_signed ? 0xbf : 0xb7)});
            break;
        case Size::word:  // MOVSXD r64, r/m32: REX.W 63 /r; MOV r32, r/m32: 8B /r
            begin(is_signed, reg, rm, {static_cast<uint8_t>(is_signed ? 0x63 : 0x8b)});
            break;
        case Size::quad:  // MOV r64, r/m64: REX.W 8B /r
            begin(true, reg, rm, {0x8b});
            break;
    }
    indirect(reg, base, off);
}

void Assembler::store(Size size, Register base, int32_t off, Register from) {
    const unsigned reg = number(from), rm = number(base);
    if (size == Size::byte) {  // MOV r/m8, r8: 88 /r
        begin(false, reg, rm, {0x88}, needs_rex(from));
    } else {  // MOV r/m, r: 89 /r
        if (size == Size::half) put(half_prefix);
        begin(size == Size::quad, reg, rm, {0x89});
    }
    indirect(reg, base, off);
}

void Assembler::store(Size size, Register base, int32_t off, int32_t value) {
    if (size == Size::half) put(half_prefix);  // MOV r/m8, imm8: C6 /0 ib; MOV r/m, imm: C7 /0 iw or id
    begin(size == Size::quad, 0, number(base), {static_cast<uint8_t>(size == Size::byte ? 0xc6 : 0xc7)});
    indirect(0, base, off);
    if (size == Size::byte) {
        put(static_cast<int8_t>(value));
    } else if (size == Size::half) {
        put(static_cast<int16_t>(value));
    } else {
        put(value);
    }
}

void Assembler::add_to(Width width, Register base, int32_t off, Register from) {  // ADD r/m, r: 01 /r
    begin(width == Width::wide, number(from), number(base), {0x01});
    indirect(number(from), base, off);
}

// --- control ---

void Assembler::push(Register from) {  // PUSH r64: 50+rd
    begin(false, 0, number(from), {static_cast<uint8_t>(0x50 | (number(from) & 7))});
}

void Assembler::pop(Register to) {  // POP r64: 58+rd
    begin(false, 0, number(to), {static_cast<uint8_t>(0x58 | (number(to) & 7))});
}

void Assembler::call(Register to) {  // CALL r/m64: FF /2
    begin(false, 0, number(to), {0xff});
    direct(2, number(to));
}

void Assembler::leave() { put_byte(0xc3); }  // RET: C3

void Assembler::jump(Label to) {  // JMP rel32: E9 cd
    put_byte(0xe9);
    add_branch(to, false);
    put(int32_t{0});
}

void Assembler::jump_if(Condition condition, Label to) {  // Jcc rel32: 0F 80+cc cd
    put_byte(0x0f);
    put_byte(0x80 | static_cast<unsigned>(condition));
    add_branch(to, false);
    put(int32_t{0});
}

bool Assembler::finish() {
    for (const Branch& branch : branches()) {
        const int64_t from_end = distance(branch) - static_cast<int64_t>(sizeof(int32_t));
        const auto field = static_cast<int32_t>(from_end);
        if (field != from_end) return false;
        replace(branch.at, field);
    }
    return true;
}

}  // namespace probevue::x86
