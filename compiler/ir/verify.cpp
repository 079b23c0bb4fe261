// Between the builder, or the writers of kernel programs, and lowering: what these have written is not trusted. A
// failure is an error of ours, not of the script.
#include <fmt/format.h>

#include <vector>

#include "compiler/ir/ir.h"
#include "compiler/program/helper_table.h"

namespace probevue::ir {
namespace {

// Registers known to be defined. Jumps go forward only, so that one pass meets every label after all jumps to it.
using Defined = std::vector<bool>;

class Verifier {
public:
    explicit Verifier(const Function& function)
        : function_(function), at_label_(function.labels), defined_(function.registers) {}

    std::string run() {
        for (size_t i = 0; i < function_.code.size() && problem_.empty(); ++i) {
            visit(function_.code[i]);
            if (!problem_.empty()) return fmt::format("{}: instruction {}: {}", function_.name, i, problem_);
        }
        if (reachable_) return fmt::format("{}: runs off its end", function_.name);
        for (Label label = 0; label < function_.labels; ++label) {
            if (at_label_[label].jumped_to && !at_label_[label].placed)
                return fmt::format("{}: label {} is missing", function_.name, label);
        }
        return {};
    }

private:
    struct LabelState {
        Defined defined;
        bool jumped_to = false;
        bool placed = false;
    };

    void fail(std::string text) {
        if (problem_.empty()) problem_ = std::move(text);
    }

    void use(const Operand& operand, bool immediate_allowed) {
        if (operand.kind == Operand::Kind::none) return fail("operand is missing");
        if (operand.is_imm()) {
            if (!immediate_allowed) fail("operand must be a register");
            return;
        }
        if (operand.reg >= function_.registers) return fail(fmt::format("register %{} does not exist", operand.reg));
        // What cannot be reached may use anything: nothing is known to be defined there, and nothing runs.
        if (reachable_ && !defined_[operand.reg])
            fail(fmt::format("register %{} is used before it is defined", operand.reg));
    }

    void define(const Inst& inst) {
        if (inst.dst >= function_.registers) return fail("destination does not exist");
        defined_[inst.dst] = true;
    }

    void jump_to(Label label) {
        if (label >= function_.labels) return fail("label does not exist");
        LabelState& state = at_label_[label];
        if (state.placed) return fail("jump backwards");
        if (!reachable_) return;
        if (!state.jumped_to) {
            // Defined at a label is what is defined on every way to it.
            state.defined = defined_;
        } else {
            for (size_t i = 0; i < defined_.size(); ++i) state.defined[i] = state.defined[i] && defined_[i];
        }
        state.jumped_to = true;
    }

    void place(Label label) {
        if (label >= function_.labels) return fail("label does not exist");
        LabelState& state = at_label_[label];
        if (state.placed) return fail("label is placed twice");
        // Falling into a label is one more way to it.
        if (reachable_) jump_to(label);
        state.placed = true;
        reachable_ = state.jumped_to;
        if (state.jumped_to) defined_ = state.defined;
    }

    // Arithmetic of the machine has 4 or 8 bytes; `narrow`: accesses of memory and extensions have 1 and 2 as well.
    void width(const Inst& inst, bool narrow) {
        const bool fits = inst.width == 4 || inst.width == 8 || (narrow && (inst.width == 1 || inst.width == 2));
        if (!fits) fail(fmt::format("width {}", inst.width));
    }

    // Only where the address begins: how far its users go cannot be seen here.
    void slot(const Inst& inst) {
        if (inst.index >= function_.slots.size()) return fail("slot does not exist");
        if (inst.offset < 0 || static_cast<uint32_t>(inst.offset) >= function_.slots[inst.index].size)
            fail("offset outside of the slot");
    }

    void call(const Inst& inst) {
        const int wanted = helper_arguments(static_cast<int32_t>(inst.index));
        if (wanted < 0) return fail("helper does not exist");
        if (static_cast<size_t>(wanted) != inst.args.size())
            return fail(fmt::format("{} takes {} arguments", helper_name(static_cast<int32_t>(inst.index)), wanted));
        for (const Operand& argument : inst.args) use(argument, true);
        if (inst.dst != no_reg) define(inst);
    }

    void visit(const Inst& inst);

    const Function& function_;
    std::vector<LabelState> at_label_;
    Defined defined_;
    bool reachable_ = true;
    std::string problem_;
};

void Verifier::visit(const Inst& inst) {
    switch (inst.op) {
        case Op::constant:
            if (!inst.a.is_imm()) fail("constant without a value");
            return define(inst);
        case Op::move:
            use(inst.a, true);
            return define(inst);
        case Op::extend:
        case Op::swap:
            width(inst, true);
            use(inst.a, false);
            return define(inst);
        case Op::neg:
        case Op::cast:
            use(inst.a, false);
            return define(inst);
        case Op::compare:
            use(inst.a, true);
            use(inst.b, true);
            return define(inst);
#define BINARY_OP(name, ...) case Op::name:
#include "compiler/ir/binary_ops.def"
#undef BINARY_OP
            width(inst, false);
            use(inst.a, true);
            use(inst.b, true);
            return define(inst);
        case Op::frame:
            slot(inst);
            return define(inst);
        case Op::memory:
        case Op::map:
        case Op::context:
        case Op::machine_context:
            return define(inst);
        case Op::layer:
            if (inst.index >= static_cast<uint32_t>(Layer::count)) fail("layer does not exist");
            return define(inst);
        case Op::packet_slot:
            if (inst.index >= static_cast<uint32_t>(PacketSlot::count)) fail("packet slot does not exist");
            return define(inst);
        case Op::event_field:
            if (inst.index >= static_cast<uint32_t>(EventField::count)) fail("event field does not exist");
            return define(inst);
        case Op::argument:
            width(inst, true);
            return define(inst);
        case Op::load:
            width(inst, true);
            use(inst.a, false);
            return define(inst);
        case Op::store:
            width(inst, true);
            use(inst.a, false);
            return use(inst.b, true);
        case Op::add_to:
            width(inst, true);
            use(inst.a, false);
            use(inst.b, true);
            if (inst.dst != no_reg) define(inst);
            return;
        case Op::call:
            return call(inst);
        case Op::label:
            return place(inst.index);
        case Op::jump:
            jump_to(inst.index);
            reachable_ = false;
            return;
        case Op::branch:
            use(inst.a, true);
            use(inst.b, true);
            return jump_to(inst.index);
        case Op::ret:
            use(inst.a, true);
            reachable_ = false;
            return;
    }
}

}  // namespace

std::string verify(const Function& function) { return Verifier(function).run(); }

}  // namespace probevue::ir
