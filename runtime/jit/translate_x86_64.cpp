#include <fmt/format.h>

#include <array>

#include "runtime/jit/assembler_x86_64.h"
#include "runtime/jit/translate.h"

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

class X86Translation {
public:
    explicit X86Translation(const std::vector<LinkedInsn>& code) : code_(code), labels_(code.size()) {}

    Result<MachineCode> run() {
        for (size_t i = 0; i < code_.size(); ++i) {
            if (code_[i].is_target) labels_[i] = a_.new_label();
        }
        leave_ = a_.new_label();
        enter();
        for (size_t i = 0; i < code_.size(); ++i) {
            if (code_[i].is_target) a_.bind(labels_[i]);
            translate(code_[i], i + 1 == code_.size());
        }
        a_.bind(leave_);
        for (auto reg = kept.rbegin(); reg != kept.rend(); ++reg) a_.pop(*reg);
        a_.leave();
        if (!a_.finish()) {
            return fail(fmt::format("code of {} instructions is too long for the just-in-time compiler", code_.size()),
                        "use --engine interp");
        }
        return MachineCode{a_.take_bytes(), FrameRule{dwarf_rsp, dwarf_return_address, 8 * (kept.size() + 1), saved}};
    }

private:
    // EntryFunction: rdi code (not needed), rsi context (r1 already), rdx frame_top, rcx machine.
    void enter() {
        for (const Register reg : kept) a_.push(reg);
        a_.move(Width::wide, Register::rbp, Register::rdx);
        a_.move(Width::wide, Register::r12, Register::rcx);
    }

    void translate(const LinkedInsn& insn, bool is_last) {
        switch (BPF_CLASS(insn.code)) {
            case BPF_ALU64:
                arithmetic(insn, Width::wide);
                break;
            case BPF_ALU:
                arithmetic(insn, Width::narrow);
                break;
            case BPF_JMP:
            case BPF_JMP32:
                jump(insn, is_last);
                break;
            case BPF_LDX:
                a_.load(size_of(insn), BPF_MODE(insn.code) == bpf_sign_extending_mode, places[insn.dst],
                        places[insn.src], insn.off);
                break;
            case BPF_ST:
            case BPF_STX:
                store(insn);
                break;
            default:
                if (insn.code != 0) a_.move(places[insn.dst], insn.value);
        }
    }

    static Size size_of(const LinkedInsn& insn) {
        switch (BPF_SIZE(insn.code)) {
            case BPF_B:
                return Size::byte;
            case BPF_H:
                return Size::half;
            case BPF_W:
                return Size::word;
            default:
                return Size::quad;
        }
    }

    static uint64_t immediate(const LinkedInsn& insn, Width width) {
        return width == Width::wide ? insn.value : static_cast<uint32_t>(insn.value);
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

    void move(const LinkedInsn& insn, Width width) {
        const Register dst = places[insn.dst];
        if (BPF_SRC(insn.code) != BPF_X) return a_.move(dst, immediate(insn, width));
        switch (insn.off) {
            case 8:
                return a_.move_signed(width, dst, Size::byte, places[insn.src]);
            case 16:
                return a_.move_signed(width, dst, Size::half, places[insn.src]);
            case 32:
                return a_.move_signed(width, dst, Size::word, places[insn.src]);
            default:
                return a_.move(width, dst, places[insn.src]);
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

    void jump(const LinkedInsn& insn, bool is_last) {
        switch (BPF_OP(insn.code)) {
            case BPF_JA:
                return a_.jump(labels_[insn.target]);
            case BPF_EXIT:
                if (!is_last) a_.jump(leave_);
                return;
            case BPF_CALL:
                a_.move(Width::wide, Register::rdi, Register::r12);
                a_.move(Register::rax, insn.value);
                return a_.call(Register::rax);
            default:
                break;
        }
        const Width width = BPF_CLASS(insn.code) == BPF_JMP ? Width::wide : Width::narrow;
        const Register left = places[insn.dst];
        const bool x = BPF_SRC(insn.code) == BPF_X;
        if (BPF_OP(insn.code) == BPF_JSET) {
            x ? a_.test(width, left, places[insn.src]) : a_.test(width, left, static_cast<int32_t>(insn.value));
        } else if (!x && insn.value == 0) {
            a_.test(width, left, left);
        } else {
            operate(Operation::compare, insn, width);
        }
        a_.jump_if(condition(BPF_OP(insn.code)), labels_[insn.target]);
    }

    static Condition condition(unsigned op) {
        switch (op) {
            case BPF_JEQ:
                return Condition::equal;
            case BPF_JNE:
            case BPF_JSET:
                return Condition::not_equal;
            case BPF_JGT:
                return Condition::above;
            case BPF_JGE:
                return Condition::not_below;
            case BPF_JLT:
                return Condition::below;
            case BPF_JLE:
                return Condition::not_above;
            case BPF_JSGT:
                return Condition::greater;
            case BPF_JSGE:
                return Condition::not_less;
            case BPF_JSLT:
                return Condition::less;
            default:
                return Condition::not_greater;
        }
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

    const std::vector<LinkedInsn>& code_;
    x86::Assembler a_;
    std::vector<Label> labels_;  // of the instructions that jumps lead to
    Label leave_;
};

}  // namespace

Result<MachineCode> translate_x86_64(const std::vector<LinkedInsn>& code) { return X86Translation(code).run(); }

}  // namespace probevue
