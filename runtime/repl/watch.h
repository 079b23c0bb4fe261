// `.watch`: the live screen in an interactive session.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "builtins/base/result.h"
#include "compiler/program/program.h"
#include "runtime/repl/wait.h"
#include "runtime/screen/run.h"
#include "runtime/session/session.h"

namespace probevue {

// What stands behind `.watch`: a variable, and seconds between frames.
struct WatchRequest {
    std::string name;  // empty: none
    uint64_t seconds = 1;
};
// `variables`: those that there are.
Result<WatchRequest> parse_watch(std::string_view text, std::span<const std::string> variables);

// Shows a session on a screen until that is left: `host` says how, but for what the session itself does. What is
// printed meanwhile is kept, from here on or from before, and given back at the end. Errors: the terminal cannot be
// drawn on.
Result<ScreenEnd> show_session(LiveScreen& screen, Session& session, ScreenHost host, WakeUp& wake, KeptOutput& kept,
                               ScreenSink& sink);

// Shows a session, which goes on meanwhile, until the screen is left.
Result<ScreenEnd> watch_session(const Program& program, Session& session, const WatchRequest& request, WakeUp& wake,
                                KeptOutput& kept, ScreenSink& sink, bool color);

}  // namespace probevue
