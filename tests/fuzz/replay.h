// What targets share that run programs: fixed ones, and replays on both engines.
#pragma once

#include <string>

#include "compiler/program/program.h"
#include "runtime/engine/engine.h"
#include "runtime/options/options.h"
#include "runtime/sources/tap.h"
#include "tests/fuzz/fuzz.h"

namespace probevue::fuzz {

// A program that is not fuzzed: it has to compile.
Program compiled(const std::string& name, const std::string& text);
// The text of tests/fuzz/programs/NAME.e.
std::string program_text(const std::string& name);
// Traces every built-in variable that packets have, each in one clause.
std::string all_of_packets();
// Traces, at every event that recordings can hold, every built-in variable that it has.
std::string all_of_events();

// All that a session has printed, on both streams, and how it ended. `tap` is shown what clauses ran for.
std::string replayed(const Program& program, const std::string& path, EngineKind engine, OutputFormat format,
                     SessionTap* tap = nullptr);
// The same on every engine of this build: a difference is a finding. What was printed.
std::string replay_on_engines(const Program& program, const std::string& path, OutputFormat format);

}  // namespace probevue::fuzz
