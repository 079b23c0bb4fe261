// `--split N -w DIR -r FILE`: captures cut into files by connection.
#pragma once

#include "builtins/base/result.h"
#include "runtime/options/options.h"

namespace probevue {

// SIGINT, SIGTERM and SIGHUP end it with files that are whole; the status is run_time then.
ExitStatus run_split(const Options& options);

}  // namespace probevue
