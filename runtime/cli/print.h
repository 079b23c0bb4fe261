// What the command prints by itself: a text in place of running anything, and why it does nothing.
#pragma once

#include <string>

#include "builtins/base/result.h"
#include "runtime/options/options.h"

namespace probevue {

// Says the error, as JSON where `--check --format json` asks for it; returns the exit status that it has.
ExitStatus refuse_command(const Error& error, const Options& options);

// There is no memory left: where it ended, and what bounds it.
Error no_memory(const std::string& place);

// Prints the text on standard output, or says why there is none or it cannot be written. A reader that goes away ends
// it quietly.
ExitStatus print_and_end(const Result<std::string>& text, const Options& options);

// --show: the text of a script.
Result<std::string> text_of(const std::string& script);

}  // namespace probevue
