#include <array>

#include "runtime/jit/assembler_arm64.h"
#include "runtime/jit/translation.h"

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
constexpr Register quotient = Register::x10;        // of a division for its rest
constexpr Register offset_scratch = Register::x10;  // offsets that do not fit

// x29 with x30, which is the return address, lie lowest; DWARF's numbers are the registers' own.
constexpr uint8_t frame_size = 64;
constexpr uint8_t dwarf_sp = 31, dwarf_x30 = 30;
constexpr std::array<SavedRegister, 8> saved{{{29, 8}, {30, 7}, {19, 6}, {20, 5}, {21, 4}, {22, 3}, {23, 2}, {24, 1}}};

// No instruction of eBPF takes more bytes, with near branches.
constexpr size_t most_bytes = 32;
constexpr size_t near_reach = 1 << 20;

class Arm64Translation : public Translation<Arm64Translation, arm64::Assembler, Condition> {
public:
    explicit Arm64Translation(const std::vector<LinkedInsn>& code)
        : Translation(code, arm64::Assembler((code.size() + 4) * most_bytes > near_reach)) {}

private:
    friend Translation;

    static Register place(uint8_t reg) { return places[reg]; }
    static FrameRule frame_rule() { return {dwarf_sp, dwarf_x30, frame_size, saved}; }

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

    void call(const LinkedInsn& insn) {
        a_.move(Width::wide, Register::x0, machine);
        a_.move(scratch, insn.value);
        a_.call(scratch);
    }

    void jump_if(const LinkedInsn& insn, Width width) {
        const unsigned op = BPF_OP(insn.code);
        const Label to = target_of(insn);
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

    void load(const LinkedInsn& insn) {
        a_.load(size_of(insn), is_sign_extending(insn), places[insn.dst], places[insn.src], insn.off, offset_scratch);
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
};

}  // namespace

Result<MachineCode> translate_arm64(const std::vector<LinkedInsn>& code) { return Arm64Translation(code).run(); }

}  // namespace probevue
