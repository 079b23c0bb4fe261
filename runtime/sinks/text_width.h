// How much room text takes on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace probevue {

// One character of UTF-8: its bytes and the columns that it takes in the locale (wcwidth(3)). Bytes that are no
// character take one.
struct Character {
    size_t bytes = 1;
    size_t columns = 1;
};
Character character_at(std::string_view text, size_t at);

// Columns that a text takes; escape sequences of terminals take none.
size_t width_of(std::string_view text);

// Lines that are longer than `columns` broken between words, where they have blanks. What goes on stands below the last
// column of a list (`name   what it is`), else two columns further in.
std::string wrapped(std::string_view text, size_t columns);

}  // namespace probevue
