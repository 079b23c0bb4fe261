#include "runtime/repl/tty.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace probevue {

void append_utf8(std::string& to, wchar_t code) {
    const auto c = static_cast<uint32_t>(code);
    const auto put = [&](uint32_t byte) { to += static_cast<char>(byte); };
    if (c < 0x80) return put(c);
    if (c < 0x800) {
        put(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            put(0xe0 | c >> 12);
        } else {
            put(0xf0 | (c >> 18 & 7));
            put(0x80 | (c >> 12 & 0x3f));
        }
        put(0x80 | (c >> 6 & 0x3f));
    }
    put(0x80 | (c & 0x3f));
}

std::string narrow(std::wstring_view text) {
    std::string out;
    for (const wchar_t one : text) append_utf8(out, one);
    return out;
}

bool take_utf8(std::string_view& bytes, wchar_t& out) {
    const auto first = static_cast<unsigned char>(bytes.front());
    const size_t length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    if (bytes.size() < length) return false;
    wchar_t code = length == 1 ? first : first & (0xff >> (length + 1));
    if (length == 1 && first >= 0x80) code = L'?';
    for (size_t i = 1; i < length; ++i) code = (code << 6) | (static_cast<unsigned char>(bytes[i]) & 0x3f);
    bytes.remove_prefix(length);
    out = code;
    return true;
}

std::wstring wide(std::string_view text) {
    std::wstring out;
    wchar_t one = 0;
    while (!text.empty() && take_utf8(text, one)) out += one;
    return out;
}

RawMode::RawMode(int fd, bool marks) : fd_(fd), marks_(marks) {
    known_ = tcgetattr(fd, &before_) == 0;
    enter();
}

void RawMode::enter() {
    if (!known_) return;
    termios raw = before_;
    // ISIG stays: Ctrl-C and Ctrl-Z are signals until take_signal_keys() says otherwise.
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
    raw.c_lflag |= NOFLSH;  // Ctrl-C takes nothing away that was typed before it
    // Enter is a new line also for the program that reads what was typed ahead.
    raw.c_iflag &= ~static_cast<tcflag_t>(INLCR | IGNCR | IXON);
    raw.c_iflag |= ICRNL;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    // Not TCSAFLUSH, which would throw away what was typed ahead.
    tcsetattr(fd_, TCSADRAIN, &raw);
    // Bracketed paste, as xterm has it: what is pasted comes between two marks.
    say("\033[?2004h");
}

void RawMode::leave() {
    if (!known_) return;
    say("\033[?2004l");
    tcsetattr(fd_, TCSADRAIN, &before_);
}

void RawMode::take_signal_keys(bool as_keys) {
    termios now{};
    if (!known_ || tcgetattr(fd_, &now) != 0) return;
    const auto isig = static_cast<tcflag_t>(ISIG);
    now.c_lflag = as_keys ? now.c_lflag & ~isig : now.c_lflag | isig;
    tcsetattr(fd_, TCSADRAIN, &now);
}

void RawMode::say(std::string_view mode) const {
    // Without it a paste comes as if it was typed, which works as well.
    if (marks_) static_cast<void>(!::write(STDOUT_FILENO, mode.data(), mode.size()));
}

bool UnusedTerminal::open() {
    master_ = OwnedFd(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    char name[64];
    if (master_.get() < 0 || grantpt(master_.get()) != 0 || unlockpt(master_.get()) != 0 ||
        ptsname_r(master_.get(), name, sizeof name) != 0)
        return false;
    slave_ = OwnedFd(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
    return slave_.get() >= 0;
}

}  // namespace probevue
