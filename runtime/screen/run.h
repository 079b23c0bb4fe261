// The live screen on the terminal: frames, keys, and the session beneath it.
#pragma once

#include <cstdint>
#include <functional>

#include "builtins/base/result.h"
#include "runtime/screen/live_screen.h"
#include "runtime/screen/terminal.h"
#include "runtime/session/session.h"

namespace probevue {

enum class ScreenWake : uint8_t {
    none,
    input,      // there is a key to read
    interrupt,  // Ctrl-C
    suspend,    // Ctrl-Z
    resize,
    leave,  // the terminal has gone, or somebody wants the end
};

struct ScreenHost {
    // What has happened, without waiting for it longer than so many milliseconds.
    std::function<ScreenWake(int timeout_ms)> wait;
    // Lets a live session run for so long, or until there is something for wait(); false: it is over.
    std::function<bool(uint64_t timeout_ns)> step;
    std::function<Statistics()> figures;
    // Of a replay, which is played by the clock of its capture; null: it is live.
    Session* replay = nullptr;
    uint64_t interval_ns = 1'000'000'000;
    bool color = false;
    bool stays = false;  // when the session is over, until a key ends it
};

enum class ScreenEnd : uint8_t {
    quit,       // by a key
    interrupt,  // Ctrl-C
    leave,      // the terminal has gone, or somebody wants the end
    over,       // the session is
};

// Until it is left. The terminal is as before then. Errors: it cannot be drawn on; nothing has happened.
Result<ScreenEnd> run_screen(LiveScreen& screen, const ScreenHost& host);

}  // namespace probevue
