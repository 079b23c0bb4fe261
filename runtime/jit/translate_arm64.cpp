#include <fmt/format.h>

#include <array>

#include "runtime/jit/assembler_arm64.h"
#include "runtime/jit/translate.h"

namespace probevue {

namespace {

using arm64::Condition;
using arm64::Operation;
using arm64::Register;
using arm64::Shift;
using arm64::SmallOperation;

// r1 to r5 lie where a helper function expects its second to sixth argument, r0 where it leaves its result and expects
// its first, the machine: what r0 holds before a call is lost by it anyway. r6 to r10 lie in registers that calls
// preserve.
constexpr std::array<Register, 11> places{Register::x0,  Register::x1,  Register::x2,  Register::x3,
                                          Register::x4,  Register::x5,  Register::x19, Register::x20,
                                          Register::x21, Register::x22, Register::x23};
constexpr Register machine = Register::x24;
constexpr Register scratch = Register::x9;          // values
constexpr Register offset_scratch = Register::x10;  // offsets that do not fit

// x29 with x30, which is the return address, lie lowest; DWARF's numbers are the registers' own.
constexpr uint8_t frame_size = 64;
constexpr uint8_t dwarf_sp = 31, dwarf_x30 = 30;
constexpr std::array<SavedRegister, 8> saved{{{29, 8}, {30, 7}, {19, 6}, {20, 5}, {21, 4}, {22, 3}, {23, 2}, {24, 1}}};

// No instruction of eBPF takes more bytes, with near branches.
constexpr size_t most_bytes = 32;
constexpr size_t near_reach = 1 << 20;

class Arm64Translation {
public:
    explicit Arm64Translation(const std::vector<LinkedInsn>& code)
        : code_(code), a_((code.size() + 4) * most_bytes > near_reach), labels_(code.size()) {}

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
        leave();
        if (!a_.finish()) {
            return fail(fmt::format("code of {} instructions is too long for the just-in-time compiler", code_.size()),
                        "use --engine interp");
        }
        return MachineCode{a_.take_bytes(), FrameRule{dwarf_sp, dwarf_x30, frame_size, saved}};
    }

private:
    // EntryFunction: x0 code (not needed), x1 context (r1 already), x2 frame_top, x3 machine.
    void enter() {
        a_.push_pair(Register::x29, Register::x30, frame_size);
        a_.operate(SmallOperation::add, Width::wide, Register::x29, Register::sp,
                   0);  // the chain that profilers follow
        a_.store_pair(Register::x19, Register::x20, 16);
        a_.store_pair(Register::x21, Register::x22, 32);
        a_.store_pair(Register::x23, Register::x24, 48);
        a_.move(Width::wide, places[10], Register::x2);
        a_.move(Width::wide, machine, Register::x3);
    }

    void leave() {
        a_.load_pair(Register::x23, Register::x24, 48);
        a_.load_pair(Register::x21, Register::x22, 32);
        a_.load_pair(Register::x19, Register::x20, 16);
        a_.pop_pair(Register::x29, Register::x30, frame_size);
        a_.leave();
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
                        places[insn.src], insn.off, offset_scratch);
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

    // The second operand, in a register.
    Register right_of(const LinkedInsn& insn, Width width) {
        if (BPF_SRC(insn.code) == BPF_X) return places[insn.src];
        a_.move(scratch, immediate(insn, width));
        return scratch;
    }

    void operate(Operation operation, const LinkedInsn& insn, Width width) {
        const Register dst = places[insn.dst];
        a_.operate(operation, width, dst, dst, right_of(insn, width));
    }

    // An addition or subtraction of an immediate that fits, or of its negative; `to` is the result's place.
    void sum(const LinkedInsn& insn, Width width, Register to, SmallOperation with, SmallOperation with_negative,
             Operation otherwise) {
        const Register dst = places[insn.dst];
        const auto value = static_cast<int32_t>(insn.value);
        constexpr int32_t most = 4095;
        if (BPF_SRC(insn.code) == BPF_X || value > most || value < -most) {
            a_.operate(otherwise, width, to, dst, right_of(insn, width));
        } else if (value >= 0) {
            a_.operate(with, width, to, dst, static_cast<uint32_t>(value));
        } else {
            a_.operate(with_negative, width, to, dst, static_cast<uint32_t>(-value));
        }
    }

    void arithmetic(const LinkedInsn& insn, Width width) {
        const Register dst = places[insn.dst];
        switch (BPF_OP(insn.code)) {
            case BPF_ADD:
                return sum(insn, width, dst, SmallOperation::add, SmallOperation::sub, Operation::add);
            case BPF_SUB:
                return sum(insn, width, dst, SmallOperation::sub, SmallOperation::add, Operation::sub);
            case BPF_OR:
                return operate(Operation::bit_or, insn, width);
            case BPF_AND:
                return operate(Operation::bit_and, insn, width);
            case BPF_XOR:
                return operate(Operation::bit_xor, insn, width);
            case BPF_MUL:
                return a_.multiply(width, dst, dst, right_of(insn, width));
            case BPF_NEG:
                return a_.operate(Operation::sub, width, dst, Register::zero, dst);
            case BPF_MOV:
                return move(insn, width);
            case BPF_END:
                return swap(insn, width == Width::wide || BPF_SRC(insn.code) == BPF_X);
            case BPF_DIV:
            case BPF_MOD:
                return divide(insn, width);
            case BPF_LSH:
                return shift(Shift::left, Operation::shift_left, insn, width);
            case BPF_RSH:
                return shift(Shift::right, Operation::shift_right, insn, width);
            default:
                return shift(Shift::signed_right, Operation::shift_signed_right, insn, width);
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
            if (swaps) a_.swap_bytes(Width::wide, dst, dst);
        } else if (insn.value == 32) {
            swaps ? a_.swap_bytes(Width::narrow, dst, dst) : a_.move(Width::narrow, dst, dst);
        } else {
            if (swaps) a_.swap_half_bytes(dst, dst);
            a_.move_half(dst, dst);
        }
    }

    void shift(Shift kind, Operation by_register, const LinkedInsn& insn, Width width) {
        if (BPF_SRC(insn.code) == BPF_X) return operate(by_register, insn, width);
        const Register dst = places[insn.dst];
        a_.shift(kind, width, dst, dst, static_cast<unsigned>(insn.value & (width == Width::wide ? 63 : 31)));
    }

    // The processor divides by zero as the engine does, and the least number by -1; the rest that is then left is the
    // engine's too: of zero times the divisor the dividend, of the least number nothing.
    void divide(const LinkedInsn& insn, Width width) {
        const Register dst = places[insn.dst];
        const Operation operation = insn.off == 1 ? Operation::sdiv : Operation::udiv;
        const Register divisor = right_of(insn, width);
        if (BPF_OP(insn.code) == BPF_DIV) return a_.operate(operation, width, dst, dst, divisor);
        a_.operate(operation, width, quotient, dst, divisor);
        a_.multiply_subtract(width, dst, quotient, divisor, dst);
    }

    void jump(const LinkedInsn& insn, bool is_last) {
        switch (BPF_OP(insn.code)) {
            case BPF_JA:
                return a_.jump(labels_[insn.target]);
            case BPF_EXIT:
                if (!is_last) a_.jump(leave_);
                return;
            case BPF_CALL:
                a_.move(Width::wide, Register::x0, machine);
                a_.move(scratch, insn.value);
                return a_.call(scratch);
            default:
                break;
        }
        const Width width = BPF_CLASS(insn.code) == BPF_JMP ? Width::wide : Width::narrow;
        const unsigned op = BPF_OP(insn.code);
        const Label to = labels_[insn.target];
        const bool is_zero = op == BPF_JEQ;
        if ((is_zero || op == BPF_JNE) && BPF_SRC(insn.code) != BPF_X && insn.value == 0)
            return a_.jump_if_zero(is_zero, width, places[insn.dst], to);
        if (op == BPF_JSET) {
            a_.operate(Operation::and_flags, width, Register::zero, places[insn.dst], right_of(insn, width));
        } else {
            sum(insn, width, Register::zero, SmallOperation::sub_flags, SmallOperation::add_flags,
                Operation::sub_flags);
        }
        a_.jump_if(condition(op), to);
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
        const Size size = size_of(insn);
        if (BPF_MODE(insn.code) == BPF_ATOMIC) {
            // One thread runs the machine: a plain addition is atomic.
            const Width width = size == Size::quad ? Width::wide : Width::narrow;
            a_.load(size, false, scratch, base, insn.off, offset_scratch);
            a_.operate(Operation::add, width, scratch, scratch, places[insn.src]);
            a_.store(size, base, insn.off, scratch, offset_scratch);
        } else if (BPF_CLASS(insn.code) == BPF_STX) {
            a_.store(size, base, insn.off, places[insn.src], offset_scratch);
        } else if (insn.value == 0) {
            a_.store(size, base, insn.off, Register::zero, offset_scratch);
        } else {
            a_.move(scratch, insn.value);
            a_.store(size, base, insn.off, scratch, offset_scratch);
        }
    }

    static constexpr Register quotient = Register::x10;

    const std::vector<LinkedInsn>& code_;
    arm64::Assembler a_;
    std::vector<Label> labels_;  // of the instructions that jumps lead to
    Label leave_;
};

}  // namespace

Result<MachineCode> translate_arm64(const std::vector<LinkedInsn>& code) { return Arm64Translation(code).run(); }

}  // namespace probevue
