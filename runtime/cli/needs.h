// Which needs (runtime/privileges/needs.def) the command has, by its flags and its program.
#pragma once

#include <optional>

#include "compiler/program/program.h"
#include "runtime/options/options.h"
#include "runtime/privileges/needs.h"

namespace probevue {

// Of what runs no script: listings, the language server, --fmt, --split. None: there is one.
std::optional<Needs> needs_without_session(const Options& options);
// Until its session has started: files are opened, probes attached.
Needs needs_to_start(const Options& options);
// From then on.
Needs needs_to_run(const Options& options, const Program& program);

}  // namespace probevue
