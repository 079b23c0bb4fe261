// Values of the same program that were gathered apart, put together (MergePlan of compiler/program says how).
#pragma once

#include <cstdint>

#include "compiler/program/merge_plan.h"

namespace probevue {

struct Machine;

// Adds to `into` what `from` has counted of losses and faults, and gathered in variables that are added up, and takes
// the elements of tables over; `from` has them empty afterwards, and gathers anew. What finds no room is counted as a
// loss of `into`. Returns how many elements of tables both had: they are left as they are in `into`, and the split was
// none.
uint64_t merge_values(Machine& into, Machine& from);

// Makes what is added up empty, of variables of this class and beyond: what BEGIN has left there is another's affair,
// or a window has been told.
void forget_sums(Machine& machine, MergeClass least);

}  // namespace probevue
