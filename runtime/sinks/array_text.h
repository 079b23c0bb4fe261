// print(), quantize() and lquantize(): an associative array as lines that grep finds.
#pragma once

#include <functional>
#include <span>

#include "compiler/program/record.h"
#include "runtime/records/sink.h"
#include "runtime/sinks/columns.h"
#include "runtime/sinks/fields.h"
#include "runtime/sinks/text_buffer.h"

namespace probevue {

// Appends `name[key1, key2] = value` for each element, for quantize and lquantize with a bar behind it; the slots of a
// range follow indented. `prefix` writes what stands before each element's line. Nothing for an empty array.
void append_array(TextBuffer& to, const ArrayLayout& layout, std::span<const ElementView> elements,
                  const ArrayPrintOptions& options, TextContext& context,
                  const std::function<void(TextBuffer&)>& prefix, const Look& look);

}  // namespace probevue
