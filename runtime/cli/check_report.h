// `--check --format json`: what the compiler says of a script, for editors and other programs (docs/json-output.md).
#pragma once

#include <string>
#include <vector>

#include "builtins/base/result.h"
#include "compiler/compile.h"
#include "runtime/options/options.h"

namespace probevue {

// An error that is about no place of a script.
Message message_of(const Error& error);

// Is that what the command is to do?
bool checks_as_json(const Options& options);
// What messages call its script before it has been read.
std::string shown_name(const Options& options);

// A line for each message and one for the whole, with the ends of lines. `program` is null when there is none: an error
// stands in its way.
std::string check_report(const std::string& file, const std::vector<Message>& messages, const Program* program);
// Writes it where output goes, and gives `status`, unless that fails.
ExitStatus report_check(const std::string& file, const std::vector<Message>& messages, const Program* program,
                        const Options& options, ExitStatus status);

}  // namespace probevue
