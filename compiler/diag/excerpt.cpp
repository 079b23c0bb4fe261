#include "compiler/diag/excerpt.h"

#include <algorithm>
#include <vector>

#include "builtins/base/shown.h"
#include "compiler/source/utf8.h"

namespace probevue {

namespace {

constexpr size_t tab_width = 8;
constexpr std::string_view dots = "...";

// One character of the line as it is shown.
struct Cell {
    std::string_view text;
    size_t offset;  // in the line, bytes
    size_t column;  // where it begins
    size_t columns;
};

struct Window {
    size_t begin;
    size_t end;
};

// A line may be a megabyte long: only what can be shown is looked at.
Window byte_window(std::string_view line, size_t begin, size_t width) {
    const size_t reach = 4 * width;  // a character has at most 4 bytes
    Window window{begin > reach ? begin - reach : 0, std::min(line.size(), begin + reach)};
    const auto continues = [&](size_t at) {
        return at < line.size() && (static_cast<unsigned char>(line[at]) & 0xc0) == 0x80;
    };
    for (int i = 0; i < 3 && window.begin > 0 && continues(window.begin); ++i) --window.begin;
    for (int i = 0; i < 3 && continues(window.end); ++i) ++window.end;
    return window;
}

std::vector<Cell> make_cells(std::string_view line, Window window) {
    static constexpr std::string_view blanks = "        ";
    std::vector<Cell> cells;
    size_t column = 0;
    for (size_t at = window.begin; at < window.end;) {
        const size_t length = utf8::length(line, at);
        const auto byte = static_cast<unsigned char>(line[at]);
        Cell cell{"?", at, column, 1};
        if (byte == '\t') {
            cell.columns = tab_width - column % tab_width;
            cell.text = blanks.substr(0, cell.columns);
        } else if (length != 0 && is_shown_plain(line.substr(at, length))) {
            cell.text = line.substr(at, length);
            cell.columns = utf8::columns(line, at, length);
        }
        cells.push_back(cell);
        column += cell.columns;
        at += std::max<size_t>(length, 1);
    }
    return cells;
}

size_t column_of(const std::vector<Cell>& cells, size_t offset) {
    for (const Cell& cell : cells) {
        if (cell.offset >= offset) return cell.column;
    }
    return cells.empty() ? 0 : cells.back().column + cells.back().columns;
}

}  // namespace

Excerpt make_excerpt(std::string_view line, size_t begin, size_t end, size_t width) {
    begin = std::min(begin, line.size());
    end = std::clamp(end, begin, line.size());
    width = std::max<size_t>(width, 20);
    const Window window = byte_window(line, begin, width);
    const std::vector<Cell> cells = make_cells(line, window);
    const size_t total = cells.empty() ? 0 : cells.back().column + cells.back().columns;
    const size_t caret = column_of(cells, begin);

    // Columns shown: all, or a window with the caret in its first third.
    size_t first = 0;
    size_t last = total;
    if (total > width) {
        const size_t room = width - 2 * dots.size();
        first = caret > room / 3 ? caret - room / 3 : 0;
        first = std::min(first, total - room);
        last = first + room;
    }
    Excerpt excerpt;
    const bool cut_left = first > 0 || window.begin > 0;
    if (cut_left) excerpt.line = dots;
    size_t skipped = first;
    bool any = false;
    for (const Cell& cell : cells) {
        if (cell.column < first || cell.column + cell.columns > last) continue;
        if (!any) skipped = cell.column;
        any = true;
        excerpt.line += cell.text;
    }
    if (last < total || window.end < line.size()) excerpt.line += dots;

    const size_t caret_end = std::clamp(column_of(cells, end), caret + 1, std::max(last, caret + 1));
    excerpt.carets.assign(caret - std::min(skipped, caret) + (cut_left ? dots.size() : 0), ' ');
    excerpt.carets += '^';
    excerpt.carets.append(caret_end - caret - 1, '~');
    return excerpt;
}

}  // namespace probevue
