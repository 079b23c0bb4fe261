// The interactive session: `probevue` on a terminal without a script, and `probevue -i` also from a pipe.
#pragma once

#include "builtins/base/result.h"
#include "runtime/options/options.h"

namespace probevue {

// Until the user leaves. Prompt, editing and colours on a terminal; from a pipe the same without them.
ExitStatus run_interactive(const Options& options);

}  // namespace probevue
