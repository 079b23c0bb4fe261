// The source line of a message with the caret span under it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace probevue {

struct Excerpt {
    std::string line;    // tabs expanded, what is not printable replaced, shortened to the width
    std::string carets;  // blanks, then `^~~~`
};

// `begin` and `end` are byte offsets in `line`; at least one caret is drawn, and none beyond the line but one.
Excerpt make_excerpt(std::string_view line, size_t begin, size_t end, size_t width);

}  // namespace probevue
