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

// Where the state goes, and its head. `text`: of the script, as it was compiled. Error: what the script gathers cannot
// be put together, or not be written down; with the place in the script.
Result<SessionOptions::StateOut> state_out(const Options& options, const Program& program, std::string_view text);

// The states that `--merge` names, those that count.
Result<ChosenStates> states_to_merge(const Options& options, const Program& program, std::string_view text);

}  // namespace probevue
