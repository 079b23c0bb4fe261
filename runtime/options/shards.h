// Flags about parts of a stream.
#pragma once

#include <string_view>

#include "builtins/base/result.h"
#include "runtime/options/options.h"

namespace probevue {

// The value of --shard: "3/64". Errors have ExitStatus::usage.
Result<Shard> parse_shard(std::string_view text);

// Is what --state-out and --merge are given with a run that can gather, or put together? Errors have ExitStatus::usage.
Status states_of_runs(const Options& options);

// Is what --shard is given with a replay of a script? Errors have ExitStatus::usage.
Status shards_of_captures(const Options& options);

// --split writes captures into a folder, and runs nothing. Errors have ExitStatus::usage.
Status split_alone(const Options& options);

}  // namespace probevue
