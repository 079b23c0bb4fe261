// `-l script.e`: what a script would use, without running it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/program/program.h"

namespace probevue {

// By clause: its probes with the hook of each and whether this machine can serve them, its filters, and the built-ins
// and functions in its text. `text` is the script's; `network` is the network namespace whose interfaces count, -1 for
// that of this process.
std::string list_script(const Program& program, std::string_view text, int network);

// For every tuple but BEGIN and END a line: its place, what it has been attached to, and where its clause runs.
std::vector<std::string> list_attached(const Program& program);

// Does the argument of -l name a script rather than probe points?
bool names_script(const std::string& pattern);

}  // namespace probevue
