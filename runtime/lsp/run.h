// `probevue --lsp`: a server of the Language Server Protocol 3.17 on standard input and output, for editors.
#pragma once

#include "builtins/base/result.h"
#include "runtime/options/options.h"

namespace probevue {

// Serves until the client says `exit`, or its end of the pipe closes. The status is ok after `shutdown`, else
// run_time, as the protocol has it. Nothing but messages goes to standard output.
ExitStatus run_language_server(const Options& options);

}  // namespace probevue
