// The terminal of the live screen: the one place that sees ncurses.
#pragma once

#include <csignal>
#include <cstddef>
#include <memory>

#include "builtins/base/result.h"
#include "runtime/screen/grid.h"
#include "runtime/screen/keys.h"

namespace probevue {

// Standard input and output are a terminal on which a cursor can be moved, and TERM says which. Errors have
// ExitStatus::usage and say what to do. `flag`: what was asked for, for the message.
Status check_screen_terminal(const char* flag);

class ScreenTerminal {
public:
    // Takes the terminal over. `color`: it may be coloured, where it can. One at a time, after check_screen_terminal().
    static Result<std::unique_ptr<ScreenTerminal>> open(bool color);
    // The terminal is as it was before.
    ~ScreenTerminal();
    ScreenTerminal(const ScreenTerminal&) = delete;
    ScreenTerminal& operator=(const ScreenTerminal&) = delete;

    size_t columns() const;
    size_t rows() const;
    // It has another size now.
    void resized();
    // Other characters than those of ASCII cannot be shown.
    bool ascii() const { return ascii_; }
    void show(const Grid& grid);
    // All is written anew with the next show().
    void repaint();
    // The next key that was pressed; never waits.
    KeyPress key();
    // As before it was taken over, until resume(): for Ctrl-Z.
    void suspend();
    void resume();

private:
    struct Screen;
    ScreenTerminal();

    std::unique_ptr<Screen> screen_;
    bool ascii_ = true;
};

}  // namespace probevue
