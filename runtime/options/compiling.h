// What the command line says to the compiler.
#pragma once

#include "builtins/base/result.h"
#include "compiler/compile.h"
#include "runtime/options/options.h"

namespace probevue {

// All but what depends on the system that the script is to run on.
CompileOptions compile_options(const Options& options);

// The headers of -I, the arguments of the script and the environment. Errors: a header cannot be read.
Status add_surroundings(CompileInput& input, const Options& options);

// --hook names no rung of the ladder.
Error unknown_rung(const std::string& name);

}  // namespace probevue
