// States of the command: `--state-out` and `--merge`.
#pragma once

#include <string>
#include <vector>

#include "builtins/base/result.h"
#include "compiler/program/program.h"
#include "runtime/options/options.h"
#include "runtime/session/session.h"
#include "runtime/state/choose.h"

namespace probevue {

// The files that a pattern of the shell stands for, in the order of their names; `-` is itself. Error: there is none.
Result<std::vector<std::string>> files_of(const std::string& pattern);

// Where the state goes, and its head. `text`: of the script, as it was compiled. Error: what the script gathers cannot
// be put together, or not be written down; with the place in the script.
Result<SessionOptions::StateOut> state_out(const Options& options, const Program& program, std::string_view text);

// The states that `--merge` names, and how they are put together.
struct StatesToMerge {
    GivenStates given;
    std::vector<std::string> notes;  // what was left out, and why
};
// Those that count; or, where pipes bring the states of live sessions, the first ones. Waits for them. `session` gets
// what it has to know of the states that come later.
Result<StatesToMerge> states_to_merge(const Options& options, const Program& program, std::string_view text,
                                      SessionOptions& session);

}  // namespace probevue
