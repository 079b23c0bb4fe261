// A picture of the live screen in memory: cells, which the terminal shows and tests read as text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace probevue {

enum class CellStyle : uint8_t { plain, dim, bold, bar, line, chosen, head, loud };

struct Cell {
    char32_t code = U' ';  // 0: the right half of the wide character before it
    CellStyle style = CellStyle::plain;
    bool operator==(const Cell&) const = default;
};

class Grid {
public:
    // `ascii`: the terminal, or the locale, knows no other characters; they become `?`.
    Grid(size_t columns, size_t rows, bool ascii) : columns_(columns), ascii_(ascii), cells_(columns * rows) {}

    bool ascii() const { return ascii_; }

    size_t columns() const { return columns_; }
    size_t rows() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
    const Cell& at(size_t row, size_t column) const { return cells_[row * columns_ + column]; }

    // Writes UTF-8 from a cell on, no further than `width` cells and the edge; returns how many it took. Text that does
    // not fit ends in `~`. What could steer a terminal, and what has no width, is left out or shown as `?`.
    size_t put(size_t row, size_t column, size_t width, std::string_view text, CellStyle style);
    size_t put(size_t row, size_t column, std::string_view text, CellStyle style) {
        return put(row, column, columns_, text, style);
    }
    // The text at the right end of `width` cells.
    void put_right(size_t row, size_t column, size_t width, std::string_view text, CellStyle style);
    void set(size_t row, size_t column, char32_t code, CellStyle style);
    // The style of a whole row, whatever stands there.
    void paint(size_t row, CellStyle style);

    // A line a row, without blanks at its end.
    std::string text() const;
    std::string row_text(size_t row) const;

private:
    size_t columns_;
    bool ascii_;
    std::vector<Cell> cells_;
};

// Cells that a text takes.
size_t text_width(std::string_view text);
void append_code(std::string& to, char32_t code);

}  // namespace probevue
