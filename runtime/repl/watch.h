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

ScreenWake screen_wake(Wake wake);

// What stands behind `.watch`: a variable, and seconds between frames.
struct WatchRequest {
    std::string name;  // empty: none
    uint64_t seconds = 1;
};
// `variables`: those that there are.
Result<WatchRequest> parse_watch(std::string_view text, std::span<const std::string> variables);

// Shows a session, which goes on meanwhile, until the screen is left.
Result<ScreenEnd> watch_session(const Program& program, Session& session, const WatchRequest& request, WakeUp& wake,
                                KeptOutput& kept, ScreenSink& sink, bool color);

}  // namespace probevue
