// What the translations for all processors have in common: one instruction after the other, with labels where jumps
// lead. Each class derived from this one says how its processor does the rest.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/jit/code_buffer.h"
#include "runtime/jit/translate.h"

namespace probevue {

// `Self` is derived from this, and has: static place() (of a register of eBPF), enter() and leave(), arithmetic(),
// load(), store(), call() and jump_if() for one instruction, and static frame_rule(). `Condition` is the processor's.
template <typename Self, typename Assembler, typename Condition>
class Translation {
public:
    Result<MachineCode> run() {
        for (size_t i = 0; i < code_.size(); ++i) {
            if (code_[i].is_target) labels_[i] = a_.new_label();
        }
        leave_ = a_.new_label();
        self().enter();
        for (size_t i = 0; i < code_.size(); ++i) {
            if (code_[i].is_target) a_.bind(labels_[i]);
            translate(code_[i], i + 1 == code_.size());
        }
        a_.bind(leave_);
        self().leave();
        if (!a_.finish()) {
            return fail(fmt::format("code of {} instructions is too long for the just-in-time compiler", code_.size()),
                        "use --engine interp");
        }
        return MachineCode{a_.take_bytes(), Self::frame_rule()};
    }

protected:
    Translation(const std::vector<LinkedInsn>& code, Assembler assembler)
        : a_(std::move(assembler)), code_(code), labels_(code.size()) {}

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

    static bool is_sign_extending(const LinkedInsn& insn) { return BPF_MODE(insn.code) == bpf_sign_extending_mode; }

    static uint64_t immediate(const LinkedInsn& insn, Width width) {
        return width == Width::wide ? insn.value : static_cast<uint32_t>(insn.value);
    }

    void move(const LinkedInsn& insn, Width width) {
        const auto dst = Self::place(insn.dst);
        if (BPF_SRC(insn.code) != BPF_X) return a_.move(dst, immediate(insn, width));
        const auto src = Self::place(insn.src);
        switch (insn.off) {
            case 8:
                return a_.move_signed(width, dst, Size::byte, src);
            case 16:
                return a_.move_signed(width, dst, Size::half, src);
            case 32:
                return a_.move_signed(width, dst, Size::word, src);
            default:
                return a_.move(width, dst, src);
        }
    }

    Label target_of(const LinkedInsn& insn) const { return labels_[insn.target]; }

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

    Assembler a_;

private:
    Self& self() { return static_cast<Self&>(*this); }

    void translate(const LinkedInsn& insn, bool is_last) {
        switch (BPF_CLASS(insn.code)) {
            case BPF_ALU64:
                self().arithmetic(insn, Width::wide);
                break;
            case BPF_ALU:
                self().arithmetic(insn, Width::narrow);
                break;
            case BPF_JMP:
            case BPF_JMP32:
                jump(insn, is_last);
                break;
            case BPF_LDX:
                self().load(insn);
                break;
            case BPF_ST:
            case BPF_STX:
                self().store(insn);
                break;
            default:
                if (insn.code != 0) a_.move(Self::place(insn.dst), insn.value);
        }
    }

    void jump(const LinkedInsn& insn, bool is_last) {
        switch (BPF_OP(insn.code)) {
            case BPF_JA:
                return a_.jump(target_of(insn));
            case BPF_EXIT:
                if (!is_last) a_.jump(leave_);
                return;
            case BPF_CALL:
                return self().call(insn);
            default:
                return self().jump_if(insn, BPF_CLASS(insn.code) == BPF_JMP ? Width::wide : Width::narrow);
        }
    }

    const std::vector<LinkedInsn>& code_;
    std::vector<Label> labels_;  // of the instructions that jumps lead to
    Label leave_;
};

}  // namespace probevue
