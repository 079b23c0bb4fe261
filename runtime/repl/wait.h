// What can wake an interactive session: input, and the signals of its terminal, as descriptors.
#pragma once

#include <csignal>
#include <cstdint>

#include "runtime/engine/process.h"

namespace probevue {

enum class Wake : uint8_t {
    none,
    input,      // there is something to read, or the end of it
    interrupt,  // Ctrl-C
    suspend,    // Ctrl-Z
    resize,
    leave,  // the terminal has gone, or somebody wants the end
};

// While it exists the signals of a terminal come here instead of interrupting anything. There is one at a time.
class WakeUp {
public:
    explicit WakeUp(int input);
    ~WakeUp();
    WakeUp(const WakeUp&) = delete;
    WakeUp& operator=(const WakeUp&) = delete;

    // Becomes readable with the first thing that happens.
    int descriptor() const { return set_.get(); }
    // What has happened; waits at most so long for it (milliseconds, -1: for ever). Signals come before input.
    Wake take(int timeout_ms);
    // Only signals.
    Wake take_signal();

private:
    int input_;
    bool always_readable_ = false;  // input is a file
    OwnedFd signals_;
    OwnedFd set_;
    sigset_t before_;
};

}  // namespace probevue
