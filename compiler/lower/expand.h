// Additions in place as loads, additions and stores: for memory that nobody else touches at the same time.
#pragma once

#include "compiler/ir/ir.h"

namespace probevue {

void expand_additions(ir::Function& function);

}  // namespace probevue
