// The helper functions of compiler/program/helpers.def. One that nobody has written does not link.
#pragma once

#include "runtime/engine/machine.h"

namespace probevue::helpers {

#define HELPER(name, arguments, doc) uint64_t name(Machine&, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
#include "compiler/program/helpers.def"
#undef HELPER

}  // namespace probevue::helpers
