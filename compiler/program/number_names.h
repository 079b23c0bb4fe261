// Names of numbers, those that the system's libraries know among them.
#pragma once

#include <cstdint>
#include <string>

#include "builtins/names.h"

namespace probevue {

// The name of a number of a set: "ESTABLISHED", "S.", "ECONNRESET" (of 104, and of -104, as calls give it), "SIGKILL",
// "openat". A number without a name gives it in decimal.
std::string name_of(NameSet set, int64_t number);

}  // namespace probevue
