#include "runtime/jit/assembler_arm64.h"

#include <algorithm>
#include <array>

namespace probevue::arm64 {

namespace {

constexpr uint32_t number(Register reg) { return static_cast<uint32_t>(reg); }
constexpr uint32_t is_wide(Width width) { return width == Width::wide ? 1U : 0U; }

// The fields that most forms share: sf (64 bits), Rm, Rn, Rd or Rt.
constexpr uint32_t sf(Width width) { return is_wide(width) << 31; }
constexpr uint32_t rm(Register reg) { return number(reg) << 16; }
constexpr uint32_t rn(Register reg) { return number(reg) << 5; }
constexpr uint32_t rd(Register reg) { return number(reg); }

// What loads and stores do, as the field opc has it.
constexpr unsigned stores = 0, loads = 1, loads_signed = 2;

constexpr uint32_t unconditional_form = 0x14000000;

}  // namespace

// --- registers ---

void Assembler::move(Width width, Register to, Register from) {  // MOV (register): ORR with zero
    operate(Operation::bit_or, width, to, Register::zero, from);
}

// MOVZ or MOVN for the first of the 16 bits that are not all alike, MOVK for those behind it.
void Assembler::move(Register to, uint64_t value) {
    constexpr uint32_t movn = 0x92800000, movz = 0xd2800000, movk = 0xf2800000;
    std::array<uint16_t, 4> parts{};
    for (size_t i = 0; i < parts.size(); ++i) parts[i] = static_cast<uint16_t>(value >> 16 * i);
    const bool inverts = std::count(parts.begin(), parts.end(), 0xffff) > std::count(parts.begin(), parts.end(), 0);
    const uint16_t most = inverts ? 0xffff : 0;
    const auto write = [&](uint32_t form, uint32_t part, size_t place) {
        put(form | static_cast<uint32_t>(place) << 21 | part << 5 | rd(to));
    };
    bool begun = false;
    for (size_t i = 0; i < parts.size(); ++i) {
        if (parts[i] == most) continue;
        const auto inverted = static_cast<uint16_t>(~parts[i]);
        begun ? write(movk, parts[i], i) : inverts ? write(movn, inverted, i) : write(movz, parts[i], i);
        begun = true;
    }
    if (!begun) write(inverts ? movn : movz, 0, 0);
}

// SBFM and UBFM: from bit `rotated` to bit `last`, or with last < rotated the low bits moved up.
void Assembler::bitfield(bool is_signed, Width width, Register to, Register from, unsigned rotated, unsigned last) {
    const uint32_t form = is_signed ? 0x13000000 : 0x53000000;
    put(form | sf(width) | is_wide(width) << 22 | rotated << 16 | last << 10 | rn(from) | rd(to));
}

void Assembler::move_signed(Width width, Register to, Size from_size, Register from) {  // SXTB, SXTH, SXTW: of SBFM
    bitfield(true, width, to, from, 0, (8U << static_cast<unsigned>(from_size)) - 1);
}

void Assembler::move_half(Register to, Register from) {  // UXTH: of UBFM
    bitfield(false, Width::narrow, to, from, 0, 15);
}

void Assembler::operate(Operation operation, Width width, Register to, Register left, Register right) {
    put(static_cast<uint32_t>(operation) | sf(width) | rm(right) | rn(left) | rd(to));
}

void Assembler::operate(SmallOperation operation, Width width, Register to, Register left, uint32_t right) {
    put(static_cast<uint32_t>(operation) | sf(width) | right << 10 | rn(left) | rd(to));
}

void Assembler::multiply(Width width, Register to, Register left, Register right) {  // MUL: MADD with zero
    put(0x1b000000 | sf(width) | rm(right) | number(Register::zero) << 10 | rn(left) | rd(to));
}

void Assembler::multiply_subtract(Width width, Register to, Register left, Register right, Register from) {  // MSUB
    put(0x1b008000 | sf(width) | rm(right) | number(from) << 10 | rn(left) | rd(to));
}

void Assembler::shift(Shift kind, Width width, Register to, Register from,
                      unsigned by) {  // LSL, LSR, ASR: of UBFM, SBFM
    const unsigned last = width == Width::wide ? 63 : 31;
    if (kind == Shift::left) {
        bitfield(false, width, to, from, (last + 1 - by) & last, last - by);
    } else {
        bitfield(kind == Shift::signed_right, width, to, from, by, last);
    }
}

void Assembler::swap_bytes(Width width, Register to, Register from) {  // REV
    put(0x5ac00800 | sf(width) | is_wide(width) << 10 | rn(from) | rd(to));
}

void Assembler::swap_half_bytes(Register to, Register from) { put(0x5ac00400 | rn(from) | rd(to)); }  // REV16

// --- memory at a register and an offset ---

void Assembler::access(Size size, unsigned kind, Register reg, Register base, int32_t off, Register scratch) {
    const auto log = static_cast<unsigned>(size);
    const uint32_t shared = log << 30 | kind << 22 | rn(base) | rd(reg);
    const auto scaled = static_cast<uint32_t>(off) >> log;
    if (off >= 0 && scaled < 4096 &&
        static_cast<int32_t>(scaled << log) == off) {  // LDR, STR (immediate, unsigned offset)
        put(0x39000000 | shared | scaled << 10);
    } else if (off >= -256 && off < 256) {  // LDUR, STUR
        put(0x38000000 | shared | (static_cast<uint32_t>(off) & 0x1ff) << 12);
    } else {  // LDR, STR (register): a 64-bit register, as it is
        move(scratch, static_cast<uint64_t>(int64_t{off}));
        put(0x38206800 | shared | rm(scratch));
    }
}

void Assembler::load(Size size, bool is_signed, Register to, Register base, int32_t off, Register scratch) {
    access(size, is_signed ? loads_signed : loads, to, base, off, scratch);
}

void Assembler::store(Size size, Register base, int32_t off, Register from, Register scratch) {
    access(size, stores, from, base, off, scratch);
}

// --- control ---

void Assembler::pair(uint32_t form, Register first, Register second, int32_t off) {
    put(form | (static_cast<uint32_t>(off / 8) & 0x7f) << 15 | number(second) << 10 | rn(Register::sp) | rd(first));
}

void Assembler::push_pair(Register first, Register second, uint32_t bytes) {  // STP (pre-index)
    pair(0xa9800000, first, second, -static_cast<int32_t>(bytes));
}

void Assembler::store_pair(Register first, Register second, uint32_t off) {  // STP (signed offset)
    pair(0xa9000000, first, second, static_cast<int32_t>(off));
}

void Assembler::load_pair(Register first, Register second, uint32_t off) {  // LDP (signed offset)
    pair(0xa9400000, first, second, static_cast<int32_t>(off));
}

void Assembler::pop_pair(Register first, Register second, uint32_t bytes) {  // LDP (post-index)
    pair(0xa8c00000, first, second, static_cast<int32_t>(bytes));
}

void Assembler::call(Register to) { put(0xd63f0000 | rn(to)); }  // BLR

void Assembler::leave() { put(0xd65f0000 | rn(Register::x30)); }  // RET

void Assembler::jump(Label to) {  // B: reaches 128 MB
    add_branch(to, false);
    put(unconditional_form);
}

// A far one: the contrary passes over a B.
void Assembler::conditional(uint32_t form, uint32_t inverting, Label to) {
    if (is_far_) {
        put((form ^ inverting) | 2U << 5);
        jump(to);
    } else {
        add_branch(to, true);
        put(form);
    }
}

void Assembler::jump_if(Condition condition, Label to) {  // B.cond
    conditional(0x54000000 | static_cast<uint32_t>(condition), 1, to);
}

void Assembler::jump_if_zero(bool is_zero, Width width, Register tested, Label to) {  // CBZ, CBNZ
    conditional((is_zero ? 0x34000000 : 0x35000000) | sf(width) | rd(tested), 0x01000000, to);
}

bool Assembler::finish() {
    for (const Branch& branch : branches()) {
        const int64_t words = distance(branch) / 4;
        const unsigned bits = branch.is_near ? 19 : 26;
        const int64_t reach = int64_t{1} << (bits - 1);
        if (words < -reach || words >= reach) return false;
        const uint32_t field = static_cast<uint32_t>(words) & ((1U << bits) - 1);
        replace(branch.at, get<uint32_t>(branch.at) | field << (branch.is_near ? 5 : 0));
    }
    return true;
}

}  // namespace probevue::arm64
