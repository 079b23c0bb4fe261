// What the numbers that a script keeps and prints count: bytes, microseconds. Nothing in the language says it; it
// follows from the built-ins that they come from (builtins/unit.h).
#pragma once

#include "compiler/sema/checked.h"

namespace probevue {

// Gives each variable, list, array and column of a table its unit. It has the one that all that is ever stored there
// has; where that differs, or something without a unit is stored too, it has none. Constants take the unit of what
// stands beside them. An operation that makes another quantity (bytes times eight, bytes by bytes) ends a unit; times
// divided or multiplied by a thousand go to the next one.
void infer_units(checked::Script& script);

}  // namespace probevue
