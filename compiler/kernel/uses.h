// What a clause does with the variables that clauses share: what placement is decided by.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "compiler/ir/ir.h"
#include "compiler/program/program.h"

namespace probevue {

// A variable that outlives a clause: a global variable or list, an associative array, or the thread-local ones (which
// lie in one block).
struct SharedVariable {
    enum class Kind : uint8_t { global, array, threads } kind = Kind::global;
    uint32_t index = 0;  // globals: of MapDescription::variables; arrays: of Program::maps

    auto operator<=>(const SharedVariable&) const = default;
};

struct VariableUse {
    bool read = false;
    bool assigned = false;
    bool added = false;    // +=, -=, ++, --, append, add_dist
    bool fetched = false;  // added, and the result is used: one step
    bool erased = false;   // delete, clear

    bool written() const { return assigned || added || erased; }
};

using VariableUses = std::map<SharedVariable, VariableUse>;

VariableUses variable_uses(const ir::Function& clause, const Program& program);

// As in messages.
std::string variable_name(const SharedVariable& variable, const Program& program);

// The global variable that lies at an offset of the block; nothing: none does.
std::optional<SharedVariable> global_at(const Program& program, uint32_t offset);

}  // namespace probevue
