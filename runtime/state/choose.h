// Which of several states count: each part of each stream once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/state/reader.h"

namespace probevue {

struct ChosenStates {
    std::vector<StateText> states;
    std::vector<StateText> older;    // of live sessions: of their windows and lines alone
    uint64_t missing = 0;            // states of live sessions whose windows and lines are not there
    std::vector<std::string> notes;  // what was left out, and why
};

struct ChooseOptions {
    std::string program;                 // program_hash() of the script that puts them together
    std::vector<std::string> arguments;  // its own
    bool tables = false;                 // it has tables by connection: of several captures each has its own part
    bool partial = false;                // shards may be missing
    bool chained = false;                // it has windows, or prints lines: each state of a live session its own
};

// Is the state of this script, with these arguments? Error: what it is of.
Status is_same_program(const StateText& state, const ChooseOptions& options);

// Those that count: what is there twice counts once; of the states of one session the latest. Errors: one is of another
// script or of other arguments; a shard was made twice, or is missing; two states have a part in common, and each
// another one; captures, among which connections may go on, of a script with tables.
Result<ChosenStates> choose_states(std::vector<StateText> states, const ChooseOptions& options);

}  // namespace probevue
