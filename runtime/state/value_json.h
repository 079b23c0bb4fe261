// Values in a state: exact, and back. docs/state-format.md says how each kind is written.
#pragma once

#include <simdjson.h>

#include <cstddef>

#include "runtime/engine/machine.h"
#include "runtime/sinks/text_buffer.h"

namespace probevue {

using JsonValue = simdjson::dom::element;

// `at` is where the value's bytes begin; handles and identifiers are of the machine.
void append_state_value(TextBuffer& to, const Machine& machine, const RecordField& field, const std::byte* at);

// Fills a value of a kind without a handle, whose bytes are zero. False: it is no such value.
bool read_state_value(JsonValue value, Machine& machine, const RecordField& field, std::byte* at);

// Adds what is written to a value that is added up (integers, lists, ranges, distributions, different values). False:
// it is no such value. What finds no room is counted as a loss of the machine.
bool add_state_value(JsonValue value, Machine& machine, const RecordField& field, std::byte* at);

}  // namespace probevue
