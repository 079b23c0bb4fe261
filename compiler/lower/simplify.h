// Clean-up before registers are given out: what cannot be reached or is never used goes, constants move into their
// uses.
#pragma once

#include "compiler/ir/ir.h"

namespace probevue {

void simplify(ir::Function& function);

}  // namespace probevue
