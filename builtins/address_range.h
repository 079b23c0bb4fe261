// Networks that functions on addresses ask for: is_private(), is_multicast(), is_loopback().
#pragma once

#include <vector>

#include "builtins/base/address.h"
#include "builtins/function.h"

namespace probevue {

// The networks of a function (address_ranges.def), as subnets; none for functions that ask for no range.
std::vector<IpAddress> address_ranges(FunctionId function);

}  // namespace probevue
