// Output for people: columns that stand below each other, and quiet colours. Only where a terminal shows it; files and
// other programs get lines without padding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/sinks/text_buffer.h"

namespace probevue {

// Written into a text between its parts. Values never hold such bytes: control characters in them are escaped.
enum class ColumnMark : char {
    left = 1,   // a cell begins whose text stands at its left
    right = 2,  // at its right
    // From here on something has this look, up to the next mark.
    plain = 3,
    quiet = 4,
    key = 5,
    bar = 6,
};

struct Look {
    bool columns = false;  // cells stand below each other, bars below a scale
    bool color = false;    // marks of looks become escape sequences (ECMA-48)
    bool is_plain() const { return !columns && !color; }
};

// Appends the lines of `marked` without the marks. In columns the cells of one place take the room of the widest, none
// more than `widest_cell` columns; a terminal's columns, of the locale. What stands before the first cell of a line is
// not moved.
inline constexpr size_t widest_cell = 60;
void lay_out(TextBuffer& to, std::string_view marked, const Look& look);

}  // namespace probevue
