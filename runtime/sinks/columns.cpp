#include "runtime/sinks/columns.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "builtins/base/text.h"
#include "runtime/sinks/text_width.h"

namespace probevue {
namespace {

constexpr bool is_mark(char c) {
    return c >= static_cast<char>(ColumnMark::left) && c <= static_cast<char>(ColumnMark::bar);
}
constexpr bool begins_cell(char c) {
    return c == static_cast<char>(ColumnMark::left) || c == static_cast<char>(ColumnMark::right);
}

std::string_view paint_of(char mark) {
    switch (static_cast<ColumnMark>(mark)) {
        case ColumnMark::quiet:
            return "\x1b[2m";
        case ColumnMark::key:
            return "\x1b[36m";
        case ColumnMark::bar:
            return "\x1b[34m";
        default:
            return {};
    }
}

size_t columns_of(std::string_view cell) {
    size_t width = 0;
    while (!cell.empty()) {
        const auto end = static_cast<size_t>(std::find_if(cell.begin(), cell.end(), is_mark) - cell.begin());
        width += width_of(cell.substr(0, end));
        cell.remove_prefix(std::min(end + 1, cell.size()));
    }
    return width;
}

// The cells of a line, each with the mark that begins it; what stands before the first one is left out.
template <typename Visit>
void for_each_cell(std::string_view line, Visit&& visit) {
    auto begin = std::find_if(line.begin(), line.end(), begins_cell);
    while (begin != line.end()) {
        const auto end = std::find_if(begin + 1, line.end(), begins_cell);
        visit(*begin, std::string_view(begin + 1, end));
        begin = end;
    }
}

void append_cell(TextBuffer& to, std::string_view cell, bool color) {
    bool painted = false;
    while (!cell.empty()) {
        if (is_mark(cell.front())) {
            const std::string_view paint = color ? paint_of(cell.front()) : std::string_view{};
            if (painted) to.append("\x1b[0m");
            to.append(paint);
            painted = !paint.empty();
            cell.remove_prefix(1);
            continue;
        }
        const auto end = static_cast<size_t>(std::find_if(cell.begin(), cell.end(), is_mark) - cell.begin());
        to.append(cell.substr(0, end));
        cell.remove_prefix(end);
    }
    if (painted) to.append("\x1b[0m");
}

}  // namespace

void lay_out(TextBuffer& to, std::string_view marked, const Look& look) {
    if (marked.empty()) return;
    if (marked.ends_with('\n')) marked.remove_suffix(1);
    const std::vector<std::string_view> lines = split(marked, '\n');
    std::vector<size_t> widths;
    for (const std::string_view line : lines) {
        size_t place = 0;
        for_each_cell(line, [&](char, std::string_view cell) {
            if (place == widths.size()) widths.push_back(0);
            // A single long text must not move all columns behind it off the screen.
            widths[place] = std::max(widths[place], std::min(columns_of(cell), widest_cell));
            ++place;
        });
    }
    for (const std::string_view line : lines) {
        const auto head = static_cast<size_t>(std::find_if(line.begin(), line.end(), begins_cell) - line.begin());
        append_cell(to, line.substr(0, head), look.color);
        size_t place = 0;
        size_t owed = 0;  // blanks, written when something follows
        for_each_cell(line, [&](char mark, std::string_view cell) {
            const size_t width = columns_of(cell);
            const size_t room = widths[place++];
            const size_t padding = look.columns && room > width ? room - width : 0;
            const bool right = mark == static_cast<char>(ColumnMark::right);
            if (right) owed += padding;
            if (width != 0) {
                to.fill(' ', owed);
                owed = 0;
                append_cell(to, cell, look.color);
            }
            if (!right) owed += padding;
        });
        to.push('\n');
    }
}

}  // namespace probevue
