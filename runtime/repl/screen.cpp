#include "runtime/repl/screen.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "builtins/base/shown.h"
#include "runtime/list/script_text.h"
#include "runtime/sinks/text_width.h"

namespace probevue {
namespace {

constexpr std::string_view usual_prompt = "vue> ";
constexpr std::string_view next_prompt = "...> ";
// A line of output that never ends is broken here, so that the block stays smaller than the screen.
constexpr size_t longest_partial = 1024;

// What the terminal does with a character: the cursor after it.
void go_on(size_t& row, size_t& column, size_t width, size_t columns) {
    if (column + width > columns) {
        ++row;
        column = 0;
    }
    column += width;
}

// What was in the rest of the row goes. Not at once for the whole screen: terminals that keep what scrolls away keep a
// screen that is erased from its first row on as well. Behind the last column the cursor is still on it.
constexpr std::string_view erase_row(size_t column, size_t columns) {
    return column > 0 && column % columns == 0 ? std::string_view() : "\033[K";
}

// Part of a text with several lines, so that it fits on the screen: around the line of the cursor.
struct Window {
    size_t begin = 0;
    size_t end = 0;
};

Window window_of(const TypedLine& line, size_t prompt, size_t columns, size_t rows) {
    const auto begin_of = [&](size_t at) {
        const size_t newline = at == 0 ? std::string::npos : line.text.rfind('\n', at - 1);
        return newline == std::string::npos ? size_t{0} : newline + 1;
    };
    const auto end_of = [&](size_t at) { return std::min(line.text.find('\n', at), line.text.size()); };
    const auto rows_of = [&](size_t begin, size_t end) {
        return (width_of(std::string_view(line.text).substr(begin, end - begin)) + prompt) / columns + 1;
    };
    Window window{begin_of(line.cursor), end_of(line.cursor)};
    size_t used = rows_of(window.begin, window.end);
    while (window.begin > 0) {
        const size_t begin = begin_of(window.begin - 1);
        const size_t more = rows_of(begin, window.begin - 1);
        if (used + more > rows) break;
        used += more;
        window.begin = begin;
    }
    while (window.end < line.text.size()) {
        const size_t end = end_of(window.end + 1);
        const size_t more = rows_of(window.end + 1, end);
        if (used + more > rows) break;
        used += more;
        window.end = end;
    }
    return window;
}

}  // namespace

Screen::Screen(int fd, ScreenOptions options) : fd_(fd), options_(std::move(options)), prompt_(usual_prompt) {}

std::string_view Screen::first_prompt() const {
    return width_of(prompt_) > size().columns / 2 ? usual_prompt : prompt_;
}

TerminalSize Screen::size() const {
    TerminalSize size = terminal_size(fd_);
    size.columns = std::max<size_t>(size.columns, usual_prompt.size() + 4);
    size.rows = std::max<size_t>(size.rows, 3);
    return size;
}

void Screen::write(std::string_view text) {
    while (!text.empty() && !closed_) {
        const ssize_t written = ::write(fd_, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd wait{.fd = fd_, .events = POLLOUT, .revents = 0};
            poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            closed_ = true;
        }
    }
}

std::string Screen::block(const TypedLine& line, Extent& cursor, Extent& end) const {
    const TerminalSize screen = size();
    std::string out = partial_;
    size_t row = 0;
    size_t column = 0;
    if (!partial_.empty()) {
        const size_t width = width_of(partial_);
        row = (std::max<size_t>(width, 1) - 1) / screen.columns + 1;
        out += erase_row(width, screen.columns);
        out += "\r\n";
    }
    const std::string_view first = first_prompt();
    const Window window = window_of(line, std::max(first.size(), next_prompt.size()), screen.columns,
                                    screen.rows > row + 2 ? screen.rows - row - 1 : 1);
    const std::string_view bold = options_.color ? "\033[1m" : "";
    const std::string_view normal = options_.color ? "\033[0m" : "";
    const auto prompt = [&](std::string_view text) {
        out += fmt::format("{}{}{}", bold, text, normal);
        column = width_of(text);
    };
    prompt(window.begin == 0 ? first : next_prompt);
    std::vector<TextRun> runs{{0, line.text.size(), TextKind::plain}};
    if (options_.color) runs = text_runs(line.text, options_.keywords);
    for (const TextRun& run : runs) {
        const size_t begin = std::max(run.begin, window.begin);
        const size_t stop = std::min(run.end, window.end);
        if (begin >= stop) continue;
        const std::string_view paint = options_.color ? color_of(run.kind) : "";
        out += paint;
        for (size_t at = begin; at < stop;) {
            if (at == line.cursor) cursor = {row, column};
            if (line.text[at] == '\n') {
                if (!paint.empty()) out += normal;
                out += erase_row(column, screen.columns);
                out += "\r\n";
                ++row;
                prompt(next_prompt);
                out += paint;
                ++at;
                continue;
            }
            const Character one = character_at(line.text, at);
            const bool control = !is_shown_plain(std::string_view(line.text).substr(at, one.bytes));
            if (column < screen.columns && column + one.columns > screen.columns) out += "\033[K";
            go_on(row, column, control ? 1 : one.columns, screen.columns);
            if (control) {
                out += line.text[at] == '\t' ? ' ' : '?';
            } else {
                out.append(line.text, at, one.bytes);
            }
            at += one.bytes;
        }
        if (!paint.empty()) out += normal;
    }
    if (column == screen.columns) {  // the cursor hangs behind the last column until something comes
        out += "\r\n";
        ++row;
        column = 0;
    }
    out += "\033[J";
    end = {row, column};
    if (line.cursor >= window.end) cursor = end;
    if (cursor.column == screen.columns) cursor = {cursor.row + 1, 0};
    return out;
}

// The line of the cursor, its part around the cursor.
std::string Screen::plain_block(const TypedLine& line) const {
    const size_t columns = size().columns - 1;
    const size_t newline = line.cursor == 0 ? std::string::npos : line.text.rfind('\n', line.cursor - 1);
    const size_t begin = newline == std::string::npos ? 0 : newline + 1;
    const size_t end = std::min(line.text.find('\n', line.cursor), line.text.size());
    const std::string_view prompt = begin == 0 ? first_prompt() : next_prompt;
    std::string text = line.text.substr(begin, end - begin);
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    size_t cursor = line.cursor - begin;
    const size_t room = columns - prompt.size();
    if (cursor > room) {
        text.erase(0, cursor - room);
        cursor = room;
    }
    text.resize(std::min(text.size(), room));
    std::string out = fmt::format("\r{}\r{}{}", std::string(columns, ' '), prompt, text);
    if (cursor < text.size()) out += fmt::format("\r{}{}", prompt, text.substr(0, cursor));
    return out;
}

// To its first column of its first row; on a plain terminal, where it has but one, it is erased.
std::string Screen::go_to_block() const {
    if (!drawn_) return {};
    if (options_.plain) return fmt::format("\r{}\r", std::string(size().columns - 1, ' '));
    return cursor_.row > 0 ? fmt::format("\r\033[{}A", cursor_.row) : "\r";
}

void Screen::draw() {
    if (options_.plain) {
        if (std::exchange(mid_line_, false)) write("\r\n");
        if (!partial_.empty()) write(std::exchange(partial_, {}) + "\r\n");
        write(plain_block(line_));
        drawn_ = true;
        return;
    }
    Extent end;
    Extent cursor;
    if (std::exchange(mid_line_, false)) write("\r\n");
    std::string out = go_to_block() + block(line_, cursor, end);
    if (end.row > cursor.row) out += fmt::format("\033[{}A", end.row - cursor.row);
    out += '\r';
    if (cursor.column > 0) out += fmt::format("\033[{}C", cursor.column);
    write(out);
    cursor_ = cursor;
    drawn_ = true;
}

void Screen::show(const TypedLine& line) {
    const auto lines = [](const TypedLine& one) {
        return std::count(one.text.begin(), one.text.begin() + static_cast<ptrdiff_t>(one.cursor), '\n');
    };
    if (options_.plain && drawn_ && lines(line) > lines(line_)) write("\r\n");
    line_ = line;
    wanted_ = true;
    draw();
}

void Screen::leave_line() {
    if (!wanted_) return;
    TypedLine line = line_;
    line.cursor = line.text.size();
    show(line);
    partial_.clear();
    write("\r\n");
    wanted_ = false;
    drawn_ = false;
}

void Screen::clear() {
    if (options_.plain) return;
    write("\033[H\033[2J");
    drawn_ = false;
    if (wanted_) draw();
}

void Screen::print(std::string_view text) {
    if (text.empty()) return;
    std::string out = go_to_block();
    const bool over_block = std::exchange(drawn_, false) && !options_.plain;
    const size_t columns = size().columns;
    // What is drawn of the partial line is overwritten; without a prompt it is still there.
    std::string whole = std::exchange(partial_, {});
    whole += text;
    if (!wanted_) mid_line_ = whole.back() != '\n';
    const size_t newline = whole.rfind('\n');
    size_t kept = wanted_ ? (newline == std::string::npos ? 0 : newline + 1) : whole.size();
    if (whole.size() - kept > longest_partial) {
        whole += '\n';
        kept = whole.size();
    }
    // The terminal is in raw mode: a new line goes to the first column by itself only when we say so.
    for (size_t at = 0; at < kept;) {
        const size_t end = std::min(whole.find('\n', at), kept);
        const std::string_view line = std::string_view(whole).substr(at, end - at);
        out += line;
        if (over_block) out += erase_row(width_of(line), columns);
        if (end < kept) out += "\r\n";
        at = end + 1;
    }
    partial_ = whole.substr(kept);
    write(out);
    if (wanted_) draw();
}

void Screen::resized() {
    if (!drawn_ || options_.plain) return;
    // Terminals break lines anew and keep the cursor on its character: where the block begins is counted anew as well.
    Extent end;
    block(line_, cursor_, end);
    draw();
}

}  // namespace probevue
