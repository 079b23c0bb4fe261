// `--fmt`: scripts in the house style.
#pragma once

#include "builtins/base/result.h"
#include "runtime/options/options.h"

namespace probevue {

// Writes out the scripts that `options` name: one on standard output; with --update each in its own place, and
// the names of those that changed; with --check what would change, as `diff -u` shows it. Status: run_time when --check
// found something, or a file could not be written; usage when a script has errors in its syntax, and then the others
// are done all the same.
ExitStatus run_fmt(const Options& options);

}  // namespace probevue
