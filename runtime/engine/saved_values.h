// Values of variables on their way from one program to another: an interactive session compiles its script anew with
// each clause, and what has been counted stays.
//
// A variable is known by its name; its value goes over when the kind of its type is the same (Strings of another length
// are cut or padded, integers of another width keep their value). Values of variables that the next program does not
// have wait here until one does.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/program/program.h"
#include "runtime/engine/stack.h"
#include "runtime/values/associative_array.h"
#include "runtime/values/intern.h"
#include "runtime/values/range.h"
#include "runtime/values/summaries.h"
#include "runtime/values/thread_table.h"

namespace probevue {

struct Machine;

struct SavedValues {
    struct Variable {
        VariableDescription description;
        std::vector<std::byte> bytes;
    };
    struct Array {
        ArrayLayout layout;
        std::unique_ptr<AssociativeArray> elements;
    };
    // Blocks of thread-local variables.
    struct Threads {
        std::vector<VariableDescription> variables;
        ThreadTable blocks;
    };
    // What identifiers and handles in values point into.
    struct Tables {
        RangeTable ranges;
        Summaries summaries;
        InternTable<std::string> paths;
        InternTable<StackTrace> stacks;
    };

    std::map<std::string, Variable> variables;
    std::map<std::string, Array> arrays;
    std::map<std::string, std::shared_ptr<RangeDefinition>> ranges;
    std::optional<Threads> threads;
    std::optional<Tables> tables;
};

void save_values(Machine& machine, SavedValues& values);
void restore_values(Machine& machine, SavedValues& values);

}  // namespace probevue
