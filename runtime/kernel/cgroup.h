// The unified cgroup hierarchy (cgroups(7), version 2), at whose root programs see the packets of all sockets.
#pragma once

#include "builtins/base/result.h"
#include "runtime/sources/handle.h"

namespace probevue {

// A descriptor of the root's directory. Found among the mounts of this process; where there is none, as under
// `ip netns exec`, which mounts a new /sys, by a mount that nobody else sees, or among those of process 1. The error
// names what was refused and what to do (ExitStatus::permission).
Result<Handle> open_cgroup_root();

}  // namespace probevue
