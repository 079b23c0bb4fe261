// What surrounds the command: its environment, and standard error with or without colours.
#pragma once

#include <map>
#include <string>

#include "builtins/base/result.h"
#include "runtime/options/options.h"

namespace probevue {

// An error as the command shows it on standard error, with its hint.
void print_error(const Error& error, bool color);
// The environment of this process.
std::map<std::string, std::string> environment_variables();
// Are messages to be coloured? (--color, NO_COLOR, a terminal)
bool colored(ColorChoice choice);
// The same of a screen on standard output, which is a terminal that knows colours or not: ask it.
bool screen_colored(ColorChoice choice);

}  // namespace probevue
