// Private to compiler/sema: places inside string literals and quoted tuple fields.
#pragma once

#include <cstddef>
#include <string_view>

#include "compiler/source/source.h"

namespace probevue::sema {

// Where bytes [index, index + length) of a literal's value stand in the source. `written` is the span of the text, with
// its quotes or without; escapes count as the one byte that they stand for.
Span span_in_literal(const Source& source, Span written, size_t index, size_t length);

}  // namespace probevue::sema
