// What surrounds the command: its environment, and terminals.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "builtins/base/result.h"
#include "runtime/options/options.h"

namespace probevue {

// An error as the command shows it on standard error, with its hint.
void print_error(const Error& error, bool color);
// The environment of this process.
std::map<std::string, std::string> environment_variables();
// Are messages to be coloured? (--color, NO_COLOR, a terminal)
bool colored(TerminalChoice choice);
// A text of several lines as standard output is given it: where that is a terminal, nothing in it steers that.
std::string for_standard_output(std::string_view text);
// What results look like on this descriptor: columns and quiet colours where it is a terminal, or as --columns and
// --color say.
Look look_of_results(const Options& options, int fd);
// With which of data and errors go to terminals.
SinkOptions for_descriptors(SinkOptions options, int data_fd, int error_fd);
// Colours of a screen on standard output, which is a terminal that knows colours or not: ask it.
bool screen_colored(TerminalChoice choice);

}  // namespace probevue
