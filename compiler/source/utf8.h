// As much of UTF-8 as source text needs.
#pragma once

#include <cstddef>
#include <string_view>

namespace probevue::utf8 {

// Length in bytes of the well-formed character at `at` (1 to 4), 0 when there is none (RFC 3629: no overlong forms, no
// surrogates).
size_t length(std::string_view text, size_t at);

// Characters in `text`; a byte that belongs to no character counts as one.
size_t count(std::string_view text);

// Columns that the character at `at` (of `length` bytes) takes on a terminal: 0 for combining marks, 2 for East Asian
// wide characters, else 1.
size_t columns(std::string_view text, size_t at, size_t length);

}  // namespace probevue::utf8
