// The helper functions of compiler/program/helpers.def. One that nobody has written does not link.
#pragma once

#include <cstdint>

#include "runtime/engine/machine.h"

namespace probevue::helpers {

#define HELPER(name, arguments, doc) uint64_t name(Machine&, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
#include "compiler/program/helpers.def"
#undef HELPER

// Tells the user, once for each site.
void show_warning(Machine& machine, uint64_t site);

}  // namespace probevue::helpers
