// `--top`: a run on the live screen.
#pragma once

#include <memory>

#include "builtins/base/result.h"
#include "runtime/options/options.h"
#include "runtime/screen/kept_output.h"
#include "runtime/screen/screen_sink.h"
#include "runtime/session/session.h"

namespace probevue {

// A run that can be shown: there is a script, a terminal, and the script and captures come from elsewhere.
Status check_top(const Options& options);

// The parts of a run that the screen stands between. `kept` is what `sink` writes to.
struct TopRun {
    KeptOutput* kept = nullptr;
    ScreenSink* sink = nullptr;
};

// From here on output is kept: before start().
void hold_output(const TopRun& run);
// Shows a session that has started until it is over or its screen is left, and gives the output back. Errors: the
// terminal cannot be drawn on.
Status show_top(const Program& program, Session& session, const Options& options, const TopRun& run);

}  // namespace probevue
