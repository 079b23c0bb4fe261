// Checked program to intermediate representation: what lies where in memory, and what each clause does.
#pragma once

#include <vector>

#include "compiler/ir/ir.h"
#include "compiler/program/program.h"
#include "compiler/sema/checked.h"
#include "compiler/source/source.h"

namespace probevue::ir {

// Everything of the program but code: `program.clauses` has an entry, still without code, for each function.
struct Module {
    Program program;
    std::vector<Function> functions;  // one a clause, in text order
};

Module build(const checked::Script& script, const Source& source);

// `-d ir`
std::string dump(const Module& module);

}  // namespace probevue::ir
