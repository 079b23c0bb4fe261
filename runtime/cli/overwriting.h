// What a run writes is none of what it reads.
#pragma once

#include <string>
#include <string_view>

#include "builtins/base/result.h"
#include "runtime/options/options.h"

namespace probevue {

// Is `path`, to which a flag writes, a file that the run reads: a replay, a state to be merged, the script? Error: it
// would be overwritten, with exit status 2. What is no regular file may be both: pipes, terminals, /dev/null.
Status may_write_to(const Options& options, std::string_view flag, const std::string& path);

// The same for all that the options write, but for files of a rotating recording, whose names come one by one; and two
// flags do not write one file. To be asked before anything is opened for writing: that empties it.
Status overwrites_nothing(const Options& options);

}  // namespace probevue
