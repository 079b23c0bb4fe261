// What line editing needs of a terminal besides libedit: its modes, and characters as libedit has them.
#pragma once

#include <termios.h>

#include <string>
#include <string_view>

#include "runtime/engine/process.h"

namespace probevue {

void append_utf8(std::string& to, wchar_t code);
// Takes one character from the front; false when its bytes have not all come. Bytes that are no UTF-8 become `?`.
bool take_utf8(std::string_view& bytes, wchar_t& out);
std::wstring wide(std::string_view text);
std::string narrow(std::wstring_view text);

// The terminal without echo, line by line no more. What is pasted comes between marks, where the terminal can do that
// (`marks`). As it was when this goes.
class RawMode {
public:
    RawMode(int fd, bool marks);
    ~RawMode() { leave(); }
    RawMode(const RawMode&) = delete;
    RawMode& operator=(const RawMode&) = delete;
    void enter();
    void leave();
    // Ctrl-C and its like are keys of the line, in their turn; else signals, at once.
    void take_signal_keys(bool as_keys);

private:
    void say(std::string_view mode) const;

    int fd_;
    bool marks_;
    bool known_ = false;
    termios before_{};
};

// A terminal without anybody at its other end.
class UnusedTerminal {
public:
    bool open();
    int fd() const { return slave_.get(); }

private:
    OwnedFd master_;
    OwnedFd slave_;
};

}  // namespace probevue
