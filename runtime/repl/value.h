// Values at the prompt: what an expression gives, and what variables hold.
#pragma once

#include <memory>
#include <string>

#include "runtime/engine/saved_values.h"
#include "runtime/records/sink.h"

namespace probevue {

// Passes everything on, and prints the value of a trace() as print() would, in place of its bytes.
std::unique_ptr<Sink> make_value_sink(Sink& to, Resolver& resolver);

// A line a variable: `long n = 5`, `String name[16] = abc`, `syn[..]: 3 elements`. `resolver` may be null.
std::string describe_variables(const SavedValues& values, Resolver* resolver);

// The text of one value, on one line.
std::string value_text(const RecordField& field, const std::byte* at, Resolver* resolver);

}  // namespace probevue
