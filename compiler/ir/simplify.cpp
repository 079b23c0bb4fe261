// Runs on what the builder wrote, before placement looks at it, and again on each function that is lowered: it relies
// on forward jumps only, and leaves them so.
#include "compiler/ir/simplify.h"

#include <vector>

namespace probevue::ir {
namespace {

// Does the instruction nothing but define its destination?
bool is_pure(const Inst& inst) {
    switch (inst.op) {
        case Op::store:
        case Op::add_to:
        case Op::call:
        case Op::label:
        case Op::jump:
        case Op::branch:
        case Op::ret:
            return false;
        case Op::constant:
        case Op::move:
        case Op::extend:
        case Op::compare:
        case Op::neg:
        case Op::swap:
#define BINARY_OP(name, ...) case Op::name:
#include "compiler/ir/binary_ops.def"
#undef BINARY_OP
        case Op::frame:
        case Op::memory:
        case Op::map:
        case Op::load:
        case Op::context:
        case Op::layer:
        case Op::packet_slot:
        case Op::event_field:
        case Op::argument:
        case Op::machine_context:
        case Op::cast:
            return true;
    }
    return false;
}

template <typename Visit>
void for_operands(Inst& inst, const Visit& visit) {
    visit(inst.a);
    visit(inst.b);
    for (Operand& argument : inst.args) visit(argument);
}

// One pass: jumps to a label all stand before it.
void remove_unreachable(Function& function) {
    std::vector<bool> targeted(function.labels, false);
    std::vector<Inst> kept;
    kept.reserve(function.code.size());
    bool reachable = true;
    for (Inst& inst : function.code) {
        if (inst.op == Op::label) reachable = reachable || targeted[inst.index];
        if (!reachable) continue;
        if (inst.op == Op::jump || inst.op == Op::branch) targeted[inst.index] = true;
        if (inst.op == Op::jump || inst.op == Op::ret) reachable = false;
        kept.push_back(std::move(inst));
    }
    function.code = std::move(kept);
}

// A jump to what follows anyway; a branch over a jump becomes one branch the other way round.
void straighten(Function& function) {
    std::vector<Inst>& code = function.code;
    const auto leads_to = [&](size_t i, Label label) {
        for (; i < code.size() && code[i].op == Op::label; ++i) {
            if (code[i].index == label) return true;
        }
        return false;
    };
    std::vector<Inst> kept;
    kept.reserve(code.size());
    for (size_t i = 0; i < code.size(); ++i) {
        const bool over_jump = code[i].op == Op::branch && i + 1 < code.size() && code[i + 1].op == Op::jump &&
                               leads_to(i + 2, code[i].index);
        if (over_jump) {
            code[i].cond = negate(code[i].cond);
            std::swap(code[i].index, code[i + 1].index);
        }
        if ((code[i].op == Op::jump || code[i].op == Op::branch) && leads_to(i + 1, code[i].index)) continue;
        kept.push_back(std::move(code[i]));
    }
    code = std::move(kept);
}

// Of registers that are set once: of others it depends on the way taken what they hold.
void propagate_constants(Function& function) {
    std::vector<uint32_t> definitions(function.registers, 0);
    std::vector<Operand> constant(function.registers);
    for (const Inst& inst : function.code) {
        if (inst.dst == no_reg) continue;
        ++definitions[inst.dst];
        if (inst.op == Op::constant) constant[inst.dst] = inst.a;
    }
    const auto fold = [&](Operand& operand) {
        if (operand.is_reg() && definitions[operand.reg] == 1 && constant[operand.reg].is_imm())
            operand = constant[operand.reg];
    };
    for (Inst& inst : function.code) {
        switch (inst.op) {
            case Op::extend:
            case Op::swap:
            case Op::neg:
            case Op::load:
            case Op::cast:
                break;
            case Op::store:
            case Op::add_to:
                fold(inst.b);
                break;
            case Op::move:
                fold(inst.a);
                if (inst.a.is_imm()) inst.op = Op::constant;
                break;
            default:
                for_operands(inst, fold);
                break;
        }
    }
}

void remove_unused(Function& function) {
    std::vector<uint32_t> uses(function.registers, 0);
    for (Inst& inst : function.code) {
        for_operands(inst, [&](Operand& operand) {
            if (operand.is_reg()) ++uses[operand.reg];
        });
    }
    std::vector<Inst>& code = function.code;
    std::vector<bool> dead(code.size(), false);
    // Backwards, so that what only dead instructions have used is found dead in the same pass.
    for (size_t i = code.size(); i-- > 0;) {
        Inst& inst = code[i];
        if (inst.dst == no_reg || uses[inst.dst] != 0) continue;
        // These do more than give a result.
        if (inst.op == Op::call || inst.op == Op::add_to) {
            inst.dst = no_reg;
        } else if (is_pure(inst)) {
            dead[i] = true;
            for_operands(inst, [&](Operand& operand) {
                if (operand.is_reg()) --uses[operand.reg];
            });
        }
    }
    size_t to = 0;
    for (size_t i = 0; i < code.size(); ++i) {
        if (dead[i]) continue;
        if (to != i) code[to] = std::move(code[i]);
        ++to;
    }
    code.resize(to, Inst{Op::label});
}

}  // namespace

void simplify(Function& function) {
    remove_unreachable(function);
    propagate_constants(function);
    straighten(function);
    remove_unreachable(function);
    // Last: takes away the constants that have moved into their uses.
    remove_unused(function);
}

}  // namespace probevue::ir
