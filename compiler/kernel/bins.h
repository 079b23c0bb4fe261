// The bins of distributions, as programs of the kernel number them. Private to the compiler.
#pragma once

#include "compiler/kernel/code.h"

namespace probevue {

// The number of the bin of a value: two values have the same one when runtime/values/distribution.h has one bin for
// both. No jumps, so that the kernel's check of a program has one way to go.
ir::Operand bin_number(KernelCode& code, ir::Operand value);

}  // namespace probevue
