// Values of the same program that were gathered apart, put together (MergePlan of compiler/program says how).
#pragma once

#include <cstdint>

namespace probevue {

struct Machine;

// Adds to `into` what `from` has counted of losses and faults, and gathered in variables that are added up, and takes
// the elements of tables over; `from` has them empty afterwards, and gathers anew. What finds no room is counted as a
// loss of `into`. Returns how many elements of tables both had: they are left as they are in `into`, and the split was
// none.
uint64_t merge_values(Machine& into, Machine& from);

// Makes what is added up empty: what BEGIN has left there is another's affair.
void forget_sums(Machine& machine);

}  // namespace probevue
