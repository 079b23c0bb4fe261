#include "runtime/screen/terminal.h"

#include <fmt/format.h>
#include <langinfo.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "runtime/screen/terminal_size.h"

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <ncurses.h>
#include <term.h>
// Names that the macros of <term.h> take.
#undef back_tab
#undef columns
#undef lines
#undef tab

namespace probevue {
namespace {

constexpr short bar_color = 1;
constexpr short line_color = 2;
constexpr short loud_color = 3;

// The library sets handlers where there were none, and leaves them: signals are the session's affair.
class KeptSignals {
public:
    KeptSignals() {
        for (auto& [number, action] : actions_) sigaction(number, nullptr, &action);
    }
    ~KeptSignals() {
        for (auto& [number, action] : actions_) sigaction(number, &action, nullptr);
    }
    KeptSignals(const KeptSignals&) = delete;
    KeptSignals& operator=(const KeptSignals&) = delete;

private:
    std::array<std::pair<int, struct sigaction>, 4> actions_ = {
        {{SIGINT, {}}, {SIGTERM, {}}, {SIGTSTP, {}}, {SIGWINCH, {}}}};
};

KeyPress press_of(int key) {
    switch (key) {
        case KEY_ENTER:
            return {ScreenKey::enter, 0};
        case KEY_BACKSPACE:
        case KEY_DC:
            return {ScreenKey::backspace, 0};
        case KEY_BTAB:
            return {ScreenKey::back_tab, 0};
        case KEY_UP:
            return {ScreenKey::up, 0};
        case KEY_DOWN:
            return {ScreenKey::down, 0};
        case KEY_LEFT:
            return {ScreenKey::left, 0};
        case KEY_RIGHT:
            return {ScreenKey::right, 0};
        case KEY_PPAGE:
            return {ScreenKey::page_up, 0};
        case KEY_NPAGE:
            return {ScreenKey::page_down, 0};
        case KEY_HOME:
            return {ScreenKey::home, 0};
        case KEY_END:
            return {ScreenKey::end, 0};
        default:
            return {ScreenKey::other, 0};
    }
}

KeyPress press_of_character(wint_t code) {
    switch (code) {
        case L'\n':
        case L'\r':
            return {ScreenKey::enter, 0};
        case L'\t':
            return {ScreenKey::tab, 0};
        case 0x1b:
            return {ScreenKey::escape, 0};
        case 0x7f:
        case L'\b':
            return {ScreenKey::backspace, 0};
        default:
            return {ScreenKey::character, static_cast<char32_t>(code)};
    }
}

attr_t attributes_of(CellStyle style, bool color) {
    switch (style) {
        case CellStyle::plain:
            return A_NORMAL;
        case CellStyle::dim:
            return A_DIM;
        case CellStyle::bold:
            return A_BOLD;
        case CellStyle::bar:
            return color ? static_cast<attr_t>(COLOR_PAIR(bar_color)) : A_NORMAL;
        case CellStyle::line:
            return color ? static_cast<attr_t>(COLOR_PAIR(line_color)) : A_NORMAL;
        case CellStyle::chosen:
        case CellStyle::head:
            return A_REVERSE;
        case CellStyle::loud:
            return A_BOLD | A_REVERSE | (color ? static_cast<attr_t>(COLOR_PAIR(loud_color)) : A_BLINK);
    }
    return A_NORMAL;
}

}  // namespace

struct ScreenTerminal::Screen {
    SCREEN* terminal = nullptr;
    bool color = false;
};

Status check_screen_terminal(const char* flag) {
    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1) {
        return fail(fmt::format("{} draws on a terminal, and standard {} is none", flag,
                                isatty(STDOUT_FILENO) != 1 ? "output" : "input"),
                    "leave it out: print() in an interval clause shows values anywhere", ExitStatus::usage);
    }
    const char* name = std::getenv("TERM");
    const std::string shown = name == nullptr ? "" : name;
    int error = 0;
    const bool known = !shown.empty() && setupterm(shown.c_str(), STDOUT_FILENO, &error) == OK;
    // As terminfo has it; the functions want names that they could change.
    std::string move = "cup";
    const char* moves = known ? tigetstr(move.data()) : nullptr;
    const bool can = moves != nullptr && moves != reinterpret_cast<const char*>(-1);
    if (known) del_curterm(cur_term);
    if (can) return {};
    return fail(known ? fmt::format("{} moves the cursor, and a terminal of the type `{}` cannot do that", flag, shown)
                      : fmt::format("{} does not know the terminal: TERM is `{}`", flag, shown),
                "set TERM to the type of the terminal, such as TERM=xterm", ExitStatus::usage);
}

ScreenTerminal::ScreenTerminal() : screen_(std::make_unique<Screen>()) {}

Result<std::unique_ptr<ScreenTerminal>> ScreenTerminal::open(bool color) {
    std::setlocale(LC_CTYPE, "");
    const KeptSignals kept;
    std::unique_ptr<ScreenTerminal> out(new ScreenTerminal());
    out->ascii_ = std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    // What follows Escape in the sequence of a key comes at once.
    set_escdelay(25);
    use_env(TRUE);
    out->screen_->terminal = newterm(nullptr, stdout, stdin);
    if (out->screen_->terminal == nullptr) {
        return fail("the terminal cannot be drawn on", "set TERM to the type of the terminal, such as TERM=xterm",
                    ExitStatus::usage);
    }
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    // Who draws waits by itself, for the session and signals as well as keys.
    nodelay(stdscr, TRUE);
    leaveok(stdscr, TRUE);
    curs_set(0);
    out->screen_->color = color && has_colors();
    if (out->screen_->color) {
        start_color();
        use_default_colors();
        init_pair(bar_color, COLOR_GREEN, -1);
        init_pair(line_color, COLOR_CYAN, -1);
        init_pair(loud_color, COLOR_RED, COLOR_WHITE);
    }
    out->resized();
    return out;
}

ScreenTerminal::~ScreenTerminal() {
    if (screen_->terminal == nullptr) return;
    const KeptSignals kept;
    endwin();
    delscreen(screen_->terminal);
    std::fflush(stdout);
}

size_t ScreenTerminal::columns() const { return static_cast<size_t>(getmaxx(stdscr)); }
size_t ScreenTerminal::rows() const { return static_cast<size_t>(getmaxy(stdscr)); }

void ScreenTerminal::resized() {
    // The library learns of it by its own handler of SIGWINCH, which is not in place (KeptSignals).
    const TerminalSize size = terminal_size(STDOUT_FILENO);
    resizeterm(static_cast<int>(size.rows), static_cast<int>(size.columns));
    clearok(stdscr, TRUE);
}

void ScreenTerminal::repaint() { clearok(stdscr, TRUE); }

void ScreenTerminal::show(const Grid& grid) {
    erase();
    std::wstring run;
    for (size_t row = 0; row < grid.rows(); ++row) {
        for (size_t column = 0; column < grid.columns();) {
            const CellStyle style = grid.at(row, column).style;
            const size_t begin = column;
            run.clear();
            bool blank = true;
            for (; column < grid.columns() && grid.at(row, column).style == style; ++column) {
                const char32_t code = grid.at(row, column).code;
                if (code != 0) run += static_cast<wchar_t>(code);
                blank = blank && code == U' ';
            }
            // erase() has left blanks; these two styles show on them too.
            if (blank && style != CellStyle::head && style != CellStyle::chosen) continue;
            attrset(static_cast<int>(attributes_of(style, screen_->color)));
            mvaddnwstr(static_cast<int>(row), static_cast<int>(begin), run.c_str(), static_cast<int>(run.size()));
        }
    }
    attrset(A_NORMAL);
    refresh();
}

KeyPress ScreenTerminal::key() {
    wint_t code = 0;
    const int got = get_wch(&code);
    if (got == ERR) return {};
    if (got == KEY_CODE_YES) return press_of(static_cast<int>(code));
    return press_of_character(code);
}

void ScreenTerminal::suspend() {
    const KeptSignals kept;
    endwin();
}

void ScreenTerminal::resume() {
    const KeptSignals kept;
    resized();
    refresh();
}

}  // namespace probevue
