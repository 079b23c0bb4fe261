// `-l`: the probe points of this system, and with -v what can be asked there.
#pragma once

#include <string>

#include "builtins/base/result.h"

namespace probevue {

// `pattern`: empty (all), a manager's name (`net`), or a tuple with `*` and `?` (`@@net:tcp:*`). Errors: nothing
// matches.
Result<std::string> list_probe_points(const std::string& pattern, bool verbose);

}  // namespace probevue
