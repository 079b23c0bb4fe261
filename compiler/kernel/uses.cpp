// Before placement: from the representation of a clause, which it leaves alone. Where it cannot tell, it says more than
// happens.
#include "compiler/kernel/uses.h"

#include <algorithm>
#include <vector>

#include "compiler/ir/storage.h"

namespace probevue {
namespace {

using ir::Inst;
using ir::Op;
using ir::Operand;

// What a helper does with the memory behind one of its arguments.
enum class Touch : uint8_t { read, assign, add };

Touch touch(Helper helper, size_t argument) {
    switch (helper) {
        case Helper::string_compare:
        case Helper::string_find:
        case Helper::string_number:
        case Helper::emit:
        case Helper::date_format:
        case Helper::path_inode:
            return Touch::read;
        case Helper::list_append:
        case Helper::dist_add:
            return argument == 0 ? Touch::add : Touch::read;
        case Helper::string_copy:
        case Helper::string_concat:
        case Helper::memory_copy:
            return argument == 0 ? Touch::assign : Touch::read;
        default:
            return Touch::assign;
    }
}

// Which variables an address may lead to is followed through registers.
class Scan {
public:
    Scan(const ir::Function& clause, const Program& program)
        : program_(program), origins_(clause.registers), maps_(clause.registers) {
        // Jumps go forward only: one pass meets every address before it is used.
        for (const Inst& inst : clause.code) visit(inst);
    }

    VariableUses take() { return std::move(uses_); }

private:
    template <typename Mark>
    void mark(const Operand& address, Mark&& marking) {
        if (!address.is_reg()) return;
        for (const SharedVariable& variable : origins_[address.reg]) marking(uses_[variable]);
    }

    void from(ir::Reg dst, const SharedVariable& variable) { origins_[dst].push_back(variable); }

    void inherit(ir::Reg dst, const Operand& source) {
        if (!source.is_reg() || dst == source.reg) return;
        const std::vector<SharedVariable> inherited = origins_[source.reg];
        for (const SharedVariable& variable : inherited) {
            if (std::find(origins_[dst].begin(), origins_[dst].end(), variable) == origins_[dst].end())
                from(dst, variable);
        }
    }

    void call(const Inst& inst);

    void visit(const Inst& inst) {
        switch (inst.op) {
            case Op::memory:
                if (inst.index != ir::globals_map) return;
                if (const auto variable = global_at(program_, static_cast<uint32_t>(inst.offset)))
                    from(inst.dst, *variable);
                return;
            case Op::map:
                maps_[inst.dst] = inst.index;
                return;
            case Op::move:
            case Op::add:
                inherit(inst.dst, inst.a);
                // Which of the two is the address cannot be seen.
                inherit(inst.dst, inst.b);
                return;
            case Op::load:
                return mark(inst.a, [](VariableUse& use) { use.read = true; });
            case Op::store:
                return mark(inst.a, [](VariableUse& use) { use.assigned = true; });
            case Op::add_to:
                return mark(inst.a, [&](VariableUse& use) {
                    use.added = true;
                    use.fetched = use.fetched || inst.dst != ir::no_reg;
                });
            case Op::call:
                return call(inst);
            default:
                return;
        }
    }

    const Program& program_;
    std::vector<std::vector<SharedVariable>> origins_;  // by register
    std::vector<uint32_t> maps_;                        // by register: the map that it holds
    VariableUses uses_;
};

void Scan::call(const Inst& inst) {
    const auto helper = static_cast<Helper>(inst.index);
    const auto array = [&] {
        return SharedVariable{SharedVariable::Kind::array, inst.args[0].is_reg() ? maps_[inst.args[0].reg] : 0};
    };
    switch (helper) {
        case Helper::array_ref:
            uses_[array()];
            if (inst.dst != ir::no_reg) from(inst.dst, array());
            return;
        case Helper::array_find:
            uses_[array()].read = true;
            if (inst.dst != ir::no_reg) from(inst.dst, array());
            return;
        case Helper::array_exists:
        case Helper::array_print:
            uses_[array()].read = true;
            return;
        case Helper::array_table:
            for (const TableColumn& column : program_.tables[static_cast<size_t>(inst.args[0].imm)].columns)
                uses_[{SharedVariable::Kind::array, column.map}].read = true;
            return;
        case Helper::array_delete:
        case Helper::array_clear: {
            VariableUse& use = uses_[array()];
            use.erased = true;
            use.read = use.read || inst.dst != ir::no_reg;
            return;
        }
        case Helper::thread_ref:
        case Helper::thread_find:
            uses_[{SharedVariable::Kind::threads, ir::threads_map}];
            if (inst.dst != ir::no_reg) from(inst.dst, {SharedVariable::Kind::threads, ir::threads_map});
            return;
        default:
            break;
    }
    for (size_t i = 0; i < inst.args.size(); ++i) {
        mark(inst.args[i], [&](VariableUse& use) {
            const Touch touched = touch(helper, i);
            use.read = use.read || touched == Touch::read;
            use.added = use.added || touched == Touch::add;
            // What is written there may depend on what was there.
            if (touched == Touch::assign) use.assigned = true;
        });
    }
}

}  // namespace

std::optional<SharedVariable> global_at(const Program& program, uint32_t offset) {
    const std::vector<VariableDescription>& variables = program.maps[ir::globals_map].variables;
    for (uint32_t i = 0; i < variables.size(); ++i) {
        const VariableDescription& variable = variables[i];
        if (offset >= variable.value.offset && offset < variable.value.offset + variable.size)
            return SharedVariable{SharedVariable::Kind::global, i};
    }
    return std::nullopt;
}

VariableUses variable_uses(const ir::Function& clause, const Program& program) { return Scan(clause, program).take(); }

std::string variable_name(const SharedVariable& variable, const Program& program) {
    switch (variable.kind) {
        case SharedVariable::Kind::global:
            return program.maps[ir::globals_map].variables[variable.index].name;
        case SharedVariable::Kind::array:
            return program.maps[variable.index].layout.name;
        case SharedVariable::Kind::threads:
            return "thread:";
    }
    return {};
}

}  // namespace probevue
