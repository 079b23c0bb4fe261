// Where the entries of an interactive session come from: a terminal with line editing, or a pipe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/list/complete.h"
#include "runtime/repl/screen.h"
#include "runtime/repl/wait.h"

namespace probevue {

// What goes on while nothing is typed, and what completes.
struct ReaderHost {
    // Lets the session run until something wakes it.
    std::function<Wake()> wait;
    std::function<Completion(std::string_view text, size_t cursor)> complete;
    // What stands before the line; asked again while one is typed.
    std::function<std::string()> prompt;
};

class EntryReader {
public:
    enum class Got : uint8_t {
        entry,
        cancelled,  // Ctrl-C
        end,        // Ctrl-D, or the end of the input
    };

    virtual ~EntryReader() = default;
    // One whole entry. `text` is what there was when the input ended in the middle of one.
    virtual Got read(std::string& text) = 0;
    // The next entry begins with this text, to be edited.
    virtual void preload(std::string /*text*/) {}
};

std::unique_ptr<EntryReader> make_pipe_reader(int input, ReaderHost host);
// Line editing by libedit on standard input. `screen` outlives the reader. Null when it is no terminal that can be
// edited on.
std::unique_ptr<EntryReader> make_terminal_reader(Screen& screen, ReaderHost host);

// Where the history is kept: $XDG_STATE_HOME/probevue/history, else ~/.probevue_history; empty when there is no home.
std::string history_path();

}  // namespace probevue
