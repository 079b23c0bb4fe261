// Clean-up before clauses are placed and registers given out: what cannot be reached or is never used goes, constants
// move into their uses.
#pragma once

#include "compiler/ir/ir.h"

namespace probevue::ir {

void simplify(Function& function);

}  // namespace probevue::ir
