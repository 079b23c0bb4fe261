// The terminal of an interactive session: output scrolls above, the line being typed stays below it, whole.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/screen/terminal_size.h"
#include "runtime/sinks/output.h"
#include "runtime/sinks/text_width.h"

namespace probevue {

// What is being typed.
struct TypedLine {
    std::string text;   // UTF-8, may have several lines
    size_t cursor = 0;  // byte
};

struct ScreenOptions {
    bool color = false;
    bool plain = false;  // a terminal that only knows carriage return (TERM=dumb): one line, scrolled sideways
    std::vector<std::string> keywords;
};

// Draws on a terminal in raw mode. One owner; the session's output and the editor share it.
class Screen {
public:
    Screen(int fd, ScreenOptions options);

    // What stands before the line from now on. Where the terminal is too narrow for it, the usual one does.
    void set_prompt(std::string prompt) { prompt_ = std::move(prompt); }
    // Columns of the terminal.
    size_t columns() const { return size().columns; }
    // Shows the prompt with the line; again after each change.
    void show(const TypedLine& line);
    // The line is finished: it stays where it is, output goes on below.
    void leave_line();
    // An empty screen, with the prompt at its top.
    void clear();
    // Output above the prompt. A line without its end is kept and goes on with the next output.
    void print(std::string_view text);
    // The terminal has another size now.
    void resized();
    bool plain() const { return options_.plain; }
    // Nobody reads any more.
    bool closed() const { return closed_; }

private:
    // Rows of the terminal that a text takes, and where the cursor is then.
    struct Extent {
        size_t row = 0;
        size_t column = 0;
    };

    TerminalSize size() const;
    std::string_view first_prompt() const;
    void write(std::string_view text);
    // What stands on the screen: everything from the row where the block begins.
    std::string block(const TypedLine& line, Extent& cursor, Extent& end) const;
    std::string plain_block(const TypedLine& line) const;
    std::string go_to_block() const;
    void draw();

    int fd_;
    ScreenOptions options_;
    std::string prompt_;
    TypedLine line_;
    bool wanted_ = false;    // the prompt is to be seen
    bool drawn_ = false;     // and stands on the screen
    Extent cursor_;          // of what is drawn
    std::string partial_;    // output of which the end of the line has not come
    bool mid_line_ = false;  // output without the end of its line stands there, and no prompt
    bool closed_ = false;
};

// Output of a sink on such a screen; both streams go there.
class ScreenOutput final : public Output {
public:
    explicit ScreenOutput(Screen& screen) : screen_(screen) {}
    // Messages are broken between words; what clauses print is the script's own affair.
    void write(Stream stream, std::string_view text) override {
        if (stream == Stream::data) return screen_.print(text);
        screen_.print(wrapped(text, screen_.columns()));
    }
    Status status() const override { return {}; }
    bool closed() const override { return screen_.closed(); }
    bool joined() const override { return true; }

private:
    Screen& screen_;
};

}  // namespace probevue
