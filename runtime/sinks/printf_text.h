// printf: the pieces of a format and the fields of a payload as text, exactly as the C library would write them.
#pragma once

#include <cstddef>

#include "compiler/program/record.h"
#include "runtime/sinks/fields.h"
#include "runtime/sinks/text_buffer.h"

namespace probevue {

// Appends the text of one record. C's rules hold for flags, width and precision of every conversion, %I %M %H %p %A %W
// %t %T follow those of %s. Bytes of Strings are written as they are. Widths and precisions above `longest_field` count
// as that.
inline constexpr int longest_field = 1 << 20;
void append_record(TextBuffer& to, const RecordLayout& layout, const std::byte* payload, TextContext& context);

}  // namespace probevue
