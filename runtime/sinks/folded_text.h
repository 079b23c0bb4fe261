// Arrays whose keys are stacks, as tools for flame graphs read them.
#pragma once

#include <span>

#include "compiler/program/record.h"
#include "runtime/records/sink.h"
#include "runtime/sinks/fields.h"
#include "runtime/sinks/text_buffer.h"

namespace probevue {

// Appends `key;outermost function;...;innermost function count` for each element: other keys first, in their order.
// Elements that differ in nothing else than addresses within functions are one line, whose count is their sum. Sorted
// by their text, or by count as the options say; no more lines than their limit.
void append_folded(TextBuffer& to, const ArrayLayout& layout, std::span<const ElementView> elements,
                   const ArrayPrintOptions& options, TextContext& context);

}  // namespace probevue
