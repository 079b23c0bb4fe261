// `--test`: runs the tests of scripts, and tells what failed and what no test has run.
#pragma once

#include <functional>

#include "builtins/base/result.h"
#include "compiler/program/program.h"
#include "runtime/options/options.h"
#include "runtime/session/statistics.h"

namespace probevue {

// Is called when a session has ended.
using SessionEnd = std::function<void(const Program&, const Statistics&)>;
// What the command does with options that name a script: it runs it in this process, and gives the exit status.
using RunScript = std::function<ExitStatus(Options, const SessionEnd&)>;

// Runs the tests that `options` name, each in a process of its own. Status: ok when all passed, run_time when one
// failed, usage when there are none.
ExitStatus run_tests(const Options& options, const RunScript& run_script);

}  // namespace probevue
