// What the command does once its flags are known: compile, then run.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/cli/options.h"

namespace probevue {

// The whole command. Arguments without the program's name.
ExitStatus run_command(const std::vector<std::string>& arguments);

// An error as the command shows it on standard error, with its hint.
void print_error(const Error& error, bool color);
// The environment of this process.
std::map<std::string, std::string> environment_variables();
// Are messages to be coloured? (--color, NO_COLOR, a terminal)
bool colored(ColorChoice choice);

}  // namespace probevue
