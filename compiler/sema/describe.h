// What shows a variable to somebody who does not see the script: how its keys are called, the comment above it, and
// whether it is a count that only grows (the metrics of `--metrics`).
#pragma once

#include "compiler/sema/checked.h"
#include "compiler/source/source.h"

namespace probevue {

// Fills `facts` and `key_names` of the variables, lists and arrays of a script without errors.
//
// A variable only grows when all that is ever done to it is `++`, and `+=` of what cannot be less than 0: constants,
// unsigned numbers, and sums, products and quotients of these. What is assigned, deleted, cleared or filled by a
// function does not. Numbers that wrap around are left out of account, as with any counter.
void describe_variables(checked::Script& script, const Source& source);

}  // namespace probevue
