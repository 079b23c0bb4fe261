// What the command does once its flags are known: compile, then run.
#pragma once

#include <string>
#include <vector>

#include "builtins/base/result.h"

namespace probevue {

// The whole command. Arguments without the program's name.
ExitStatus run_command(const std::vector<std::string>& arguments);

}  // namespace probevue
