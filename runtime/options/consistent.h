// Flags that do not go together.
#pragma once

#include <string>

#include "runtime/options/options.h"

namespace probevue {

// A mistake on the command line.
Error usage_error(std::string message, std::string hint = "probevue --help lists the flags");

// Errors (usage): flags that exclude each other, or that need one which is not there.
Status consistent(const Options& options);

// Error (usage): a flag that the interactive session, which has been asked for or is the only thing to do, has no use
// for.
Status can_be_interactive(const Options& options);

}  // namespace probevue
