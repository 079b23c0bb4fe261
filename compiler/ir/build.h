// Checked program to intermediate representation: what lies where in memory, and what each clause does.
#pragma once

#include <optional>
#include <vector>

#include "compiler/ir/ir.h"
#include "compiler/program/program.h"
#include "compiler/sema/checked.h"
#include "compiler/source/source.h"

namespace probevue::ir {

// What becomes a program of the kernel: one an entry of Program::kernel_programs.
struct KernelFunctions {
    Function whole;                 // with the predicates of the clauses, as far as the kernel can evaluate them
    std::optional<Function> plain;  // without: for when that is too large
    std::optional<Function> entry;  // of a pair: keeps the arguments for the exit
};

// Everything of the program but code: `program.clauses` has an entry, still without code, for each function.
struct Module {
    Program program;
    std::vector<Function> functions;  // one a clause, in text order
    std::vector<KernelFunctions> kernel;
    std::vector<Function> owners;  // one an entry of Program::owner_programs
    std::vector<Function> steps;   // one an entry of Program::step_programs
};

Module build(const checked::Script& script, const Source& source);

// `-d ir`
std::string dump(const Module& module);

}  // namespace probevue::ir
