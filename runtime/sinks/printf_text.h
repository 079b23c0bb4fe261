// printf: the pieces of a format and the fields of a payload as text, exactly as the C library would write them.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "compiler/program/record.h"
#include "runtime/sinks/fields.h"
#include "runtime/sinks/text_buffer.h"

namespace probevue {

// Appends the text of one record. C's rules hold for flags, width and precision of every conversion, %I %M %H %p %A %W
// %t %T follow those of %s. Bytes of Strings are written as they are. Widths and precisions above `longest_field` count
// as that.
inline constexpr int longest_field = 1 << 20;
void append_record(TextBuffer& to, const RecordLayout& layout, const std::byte* payload, TextContext& context);

// Appends what stands above the columns of a record: a label in the place of each conversion, as wide and on the same
// side.
void append_labels(TextBuffer& to, const RecordLayout& layout, std::span<const std::string> labels);

}  // namespace probevue
