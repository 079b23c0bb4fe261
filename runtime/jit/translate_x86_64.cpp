#include <array>

#include "runtime/jit/assembler_x86_64.h"
#include "runtime/jit/translation.h"

namespace probevue {

namespace {

using x86::Condition;
using x86::Operation;
using x86::Register;
using x86::Shift;
using x86::Unary;

// r1 to r5 lie where a helper function expects its second to sixth argument (the first is the machine), r6 to r10 in
// registers that calls preserve. rdi, r10 and r11 are free for the translation, r12 holds the machine.
constexpr std::array<Register, 11> places{Register::rax, Register::rsi, Register::rdx, Register::rcx,
                                          Register::r8,  Register::r9,  Register::rbx, Register::r13,
                                          Register::r14, Register::r15, Register::rbp};

// r12's neighbours and a word that keeps the stack aligned: 7 pushes and the return address are 64 bytes.
constexpr std::array<Register, 7> kept{Register::rbx, Register::rbp, Register::r12, Register::r13,
                                       Register::r14, Register::r15, Register::r11};

// The numbers are those of the x86-64 psABI (figure 3.36); rbx, rbp and r12 to r15 as pushed, below the return address.
constexpr uint8_t dwarf_rsp = 7, dwarf_return_address = 16;
constexpr std::array<SavedRegister, 7> saved{
    {{dwarf_return_address, 1}, {3, 2}, {6, 3}, {12, 4}, {13, 5}, {14, 6}, {15, 7}}};

class X86Translation : public Translation<X86Translation, x86::Assembler, Condition> {
public:
    explicit X86Translation(const std::vector<LinkedInsn>& code) : Translation(code, x86::Assembler()) {}

private:
    friend Translation;

    static Register place(uint8_t reg) { return places[reg]; }
    static FrameRule frame_rule() { return {dwarf_rsp, dwarf_return_address, 8 * (kept.size() + 1), saved}; }

    // EntryFunction: rdi code (not needed), rsi context (r1 already), rdx frame_top, rcx machine.
    void enter() {
        for (const Register reg : kept) a_.push(reg);
        a_.move(Width::wide, Register::rbp, Register::rdx);
        a_.move(Width::wide, Register::r12, Register::rcx);
    }

    void leave() {
        for (auto reg = kept.rbegin(); reg != kept.rend(); ++reg) a_.pop(*reg);
        a_.leave();
    }

    void operate(Operation operation, const LinkedInsn& insn, Width width) {
        if (BPF_SRC(insn.code) == BPF_X) {
            a_.operate(operation, width, places[insn.dst], places[insn.src]);
        } else {
            a_.operate(operation, width, places[insn.dst], static_cast<int32_t>(insn.value));
        }
    }

    void arithmetic(const LinkedInsn& insn, Width width) {
        const Register dst = places[insn.dst];
        const bool x = BPF_SRC(insn.code) == BPF_X;
        switch (BPF_OP(insn.code)) {
            case BPF_ADD:
                return operate(Operation::add, insn, width);
            case BPF_SUB:
                return operate(Operation::sub, insn, width);
            case BPF_OR:
                return operate(Operation::bit_or, insn, width);
            case BPF_AND:
                return operate(Operation::bit_and, insn, width);
            case BPF_XOR:
                return operate(Operation::bit_xor, insn, width);
            case BPF_MUL:
                return x ? a_.multiply(width, dst, places[insn.src])
                         : a_.multiply(width, dst, static_cast<int32_t>(insn.value));
            case BPF_NEG:
                return a_.operate(Unary::neg, width, dst);
            case BPF_MOV:
                return move(insn, width);
            case BPF_END:
                return swap(insn, width == Width::wide || x);
            case BPF_DIV:
            case BPF_MOD:
                return divide(insn, width);
            case BPF_LSH:
                return shift(Shift::left, insn, width);
            case BPF_RSH:
                return shift(Shift::right, insn, width);
            default:
                return shift(Shift::signed_right, insn, width);
        }
    }

    void swap(const LinkedInsn& insn, bool swaps) {
        const Register dst = places[insn.dst];
        if (insn.value == 64) {
            if (swaps) a_.swap_bytes(Width::wide, dst);
        } else if (insn.value == 32) {
            swaps ? a_.swap_bytes(Width::narrow, dst) : a_.move(Width::narrow, dst, dst);
        } else {
            if (swaps) a_.swap_half(dst);
            a_.move_half(dst, dst);
        }
    }

    void shift(Shift kind, const LinkedInsn& insn, Width width) {
        const Register dst = places[insn.dst];
        if (BPF_SRC(insn.code) != BPF_X) {
            const auto by = static_cast<uint8_t>(insn.value & (width == Width::wide ? 63 : 31));
            a_.shift(kind, width, dst, by);
            if (width == Width::narrow && by == 0) a_.move(Width::narrow, dst, dst);  // clears the upper half
            return;
        }
        // The distance must be in cl, which is r3; the value moves out of the way to r10.
        a_.move(width, Register::r10, dst);
        a_.move(Width::wide, Register::r11, Register::rcx);
        a_.move(Width::narrow, Register::rcx, places[insn.src]);
        a_.shift_by_cl(kind, width, Register::r10);
        a_.move(Width::wide, Register::rcx, Register::r11);
        a_.move(width, dst, Register::r10);
    }

    // Division needs rax (r0) and rdx (r2).
    void divide(const LinkedInsn& insn, Width width) {
        const bool modulo = BPF_OP(insn.code) == BPF_MOD;
        const bool is_signed = insn.off == 1;
        const Register divisor = Register::r11;
        const Register result = Register::r10;
        if (BPF_SRC(insn.code) == BPF_X) {
            a_.move(width, divisor, places[insn.src]);
        } else {
            a_.move(divisor, immediate(insn, width));
        }
        a_.move(width, result, places[insn.dst]);

        const Label by_zero = a_.new_label();
        const Label by_minus_one = a_.new_label();
        const Label done = a_.new_label();
        a_.test(width, divisor, divisor);
        a_.jump_if(Condition::equal, by_zero);
        if (is_signed) {
            a_.operate(Operation::compare, width, divisor, -1);  // the least number divided by -1 would trap
            a_.jump_if(Condition::equal, by_minus_one);
        }
        a_.push(Register::rax);
        a_.push(Register::rdx);
        a_.move(width, Register::rax, result);
        if (is_signed) {
            a_.extend_rax(width);
        } else {
            a_.move(Register::rdx, 0);
        }
        a_.operate(is_signed ? Unary::idiv : Unary::div, width, divisor);
        a_.move(width, result, modulo ? Register::rdx : Register::rax);
        a_.pop(Register::rdx);
        a_.pop(Register::rax);
        a_.jump(done);
        if (is_signed) {
            a_.bind(by_minus_one);
            modulo ? a_.move(result, 0) : a_.operate(Unary::neg, width, result);
            a_.jump(done);
        }
        a_.bind(by_zero);  // the rest of a division by zero is the dividend
        if (!modulo) a_.move(result, 0);
        a_.bind(done);
        a_.move(width, places[insn.dst], result);
    }

    void call(const LinkedInsn& insn) {
        a_.move(Width::wide, Register::rdi, Register::r12);
        a_.move(Register::rax, insn.value);
        a_.call(Register::rax);
    }

    void jump_if(const LinkedInsn& insn, Width width) {
        const Register left = places[insn.dst];
        const bool x = BPF_SRC(insn.code) == BPF_X;
        if (BPF_OP(insn.code) == BPF_JSET) {
            x ? a_.test(width, left, places[insn.src]) : a_.test(width, left, static_cast<int32_t>(insn.value));
        } else if (!x && insn.value == 0) {
            a_.test(width, left, left);
        } else {
            operate(Operation::compare, insn, width);
        }
        a_.jump_if(condition(BPF_OP(insn.code)), target_of(insn));
    }

    void load(const LinkedInsn& insn) {
        a_.load(size_of(insn), is_sign_extending(insn), places[insn.dst], places[insn.src], insn.off);
    }

    void store(const LinkedInsn& insn) {
        const Register base = places[insn.dst];
        if (BPF_MODE(insn.code) == BPF_ATOMIC) {
            // One thread runs the machine: a plain addition is atomic.
            const Width width = BPF_SIZE(insn.code) == BPF_DW ? Width::wide : Width::narrow;
            a_.add_to(width, base, insn.off, places[insn.src]);
        } else if (BPF_CLASS(insn.code) == BPF_STX) {
            a_.store(size_of(insn), base, insn.off, places[insn.src]);
        } else {
            a_.store(size_of(insn), base, insn.off, static_cast<int32_t>(insn.value));
        }
    }
};

}  // namespace

Result<MachineCode> translate_x86_64(const std::vector<LinkedInsn>& code) { return X86Translation(code).run(); }

}  // namespace probevue
