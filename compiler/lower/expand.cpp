// For the engine alone, before simplification: the kernel's programs add in one step where they must.
#include "compiler/lower/expand.h"

#include <algorithm>

namespace probevue {

using ir::Inst;
using ir::Op;
using ir::Operand;

void expand_additions(ir::Function& function) {
    const auto is_addition = [](const Inst& inst) { return inst.op == Op::add_to; };
    if (std::none_of(function.code.begin(), function.code.end(), is_addition)) return;
    std::vector<Inst> out;
    out.reserve(function.code.size() + 8);
    for (Inst& inst : function.code) {
        if (!is_addition(inst)) {
            out.push_back(std::move(inst));
            continue;
        }
        const auto result = [&](Inst made) {
            made.position = inst.position;
            if (made.dst == ir::no_reg) made.dst = function.registers++;
            out.push_back(std::move(made));
            return Operand::of(out.back().dst);
        };
        const auto bytes = static_cast<uint8_t>(inst.index);
        const Operand before = result({.op = Op::load,
                                       .width = inst.width,
                                       .is_signed = inst.is_signed,
                                       .dst = inst.dst,
                                       .a = inst.a,
                                       .offset = inst.offset});
        Operand after = result({.op = Op::add, .a = before, .b = inst.b});
        // Elements have 8 bytes whatever their type is, and hold the extended value; elsewhere the store cuts it off.
        if (inst.width > bytes)
            after = result({.op = Op::extend, .width = bytes, .is_signed = inst.is_signed, .a = after});
        out.push_back({.op = Op::store,
                       .width = inst.width,
                       .a = inst.a,
                       .b = after,
                       .offset = inst.offset,
                       .position = inst.position});
    }
    function.code = std::move(out);
}

}  // namespace probevue
