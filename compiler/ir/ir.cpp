// What the representation looks like in `-d ir`, and its conditions by themselves.
#include "compiler/ir/ir.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "compiler/program/helper_table.h"

namespace probevue::ir {
namespace {

constexpr const char* op_text[] = {
#define IR_OP(name, text) text,
#include "compiler/ir/ops.def"
#undef IR_OP
};

constexpr const char* cond_text[] = {
#define CONDITION(name, ...) #name,
#include "compiler/ir/conditions.def"
#undef CONDITION
};

std::string text(const Operand& operand) {
    if (operand.is_imm()) return fmt::format("{}", operand.imm);
    return fmt::format("%{}", operand.reg);
}

// Of other operations `width` means nothing, and the dump does not show it.
bool has_width(Op op) {
    switch (op) {
        case Op::extend:
        case Op::swap:
        case Op::load:
        case Op::store:
        case Op::add_to:
        case Op::argument:
#define BINARY_OP(name, ...) case Op::name:
#include "compiler/ir/binary_ops.def"
#undef BINARY_OP
            return true;
        default:
            return false;
    }
}

std::string opcode(const Inst& inst) {
    std::string out = op_text[static_cast<size_t>(inst.op)];
    const bool extends = inst.op == Op::load || inst.op == Op::extend;
    if (has_width(inst.op)) out += fmt::format(".{}{}", extends ? (inst.is_signed ? "s" : "u") : "", inst.width * 8);
    if (inst.op == Op::compare || inst.op == Op::branch) out += fmt::format(".{}", to_string(inst.cond));
    return out;
}

std::string operands(const Function& function, const Inst& inst) {
    switch (inst.op) {
        case Op::frame:
            return fmt::format("{}{:+}", function.slots[inst.index].name, inst.offset);
        case Op::memory:
            return fmt::format("map{}{:+}", inst.index, inst.offset);
        case Op::map:
            return fmt::format("map{}", inst.index);
        case Op::machine_context:
            return {};
        case Op::argument:
            return fmt::format("ctx{:+}", inst.offset);
        case Op::cast:
            return fmt::format("{}, type {}", text(inst.a), inst.index);
        case Op::load:
            return fmt::format("[{}{:+}]", text(inst.a), inst.offset);
        case Op::store:
        case Op::add_to:
            return fmt::format("[{}{:+}], {}", text(inst.a), inst.offset, text(inst.b));
        case Op::context:
        case Op::layer:
        case Op::packet_slot:
            return fmt::format("{}", inst.index);
        case Op::event_field:
            return std::string(event_field(static_cast<EventField>(inst.index)).name);
        case Op::label:
        case Op::jump:
            return fmt::format("L{}", inst.index);
        case Op::branch:
            return fmt::format("{}, {}, L{}", text(inst.a), text(inst.b), inst.index);
        case Op::call: {
            std::string out = fmt::format("{}(", helper_name(static_cast<int32_t>(inst.index)));
            for (size_t i = 0; i < inst.args.size(); ++i) out += (i == 0 ? "" : ", ") + text(inst.args[i]);
            return out + ")";
        }
        default: {
            std::string out = text(inst.a);
            if (inst.b.kind != Operand::Kind::none) out += ", " + text(inst.b);
            return out;
        }
    }
}

}  // namespace

const char* to_string(Cond cond) { return cond_text[static_cast<size_t>(cond)]; }

Cond negate(Cond cond) {
    static constexpr Cond table[] = {
#define CONDITION(name, negated, ...) Cond::negated,
#include "compiler/ir/conditions.def"
#undef CONDITION
    };
    return table[static_cast<size_t>(cond)];
}

Cond mirror(Cond cond) {
    static constexpr Cond table[] = {
#define CONDITION(name, negated, mirrored, ...) Cond::mirrored,
#include "compiler/ir/conditions.def"
#undef CONDITION
    };
    return table[static_cast<size_t>(cond)];
}

std::string dump(const Function& function) {
    std::string out = fmt::format("{}\n", function.name);
    for (const FrameSlot& slot : function.slots) out += fmt::format("  slot {} {}\n", slot.name, slot.size);
    for (const Inst& inst : function.code) {
        if (inst.op == Op::label) {
            out += fmt::format("L{}:\n", inst.index);
            continue;
        }
        std::string line = inst.dst == no_reg ? "" : fmt::format("%{} = ", inst.dst);
        line += fmt::format("{} {}", opcode(inst), operands(function, inst));
        // Lines are counted from 1: what has none stands for no place in the script.
        out += inst.position.line == 0 ? fmt::format("  {}\n", line)
                                       : fmt::format("  {:<48}; {}\n", line, inst.position.line);
    }
    return out;
}

}  // namespace probevue::ir
