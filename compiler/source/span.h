// Places in a script.
#pragma once

#include <cstdint>

namespace probevue {

// A half-open range of byte offsets into Source::text() (the text after substitution).
struct Span {
    uint32_t begin = 0;
    uint32_t end = 0;
};

// Where a position stands in what the user wrote; line and column count from 1, columns count characters (UTF-8).
struct Location {
    uint32_t line = 1;
    uint32_t column = 1;
};

}  // namespace probevue
