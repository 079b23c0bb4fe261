// The memory of the kernel, read on request.
#pragma once

#include <memory>

#include "runtime/engine/engine.h"

namespace probevue {

// Loads its program when it is first asked, or now: a session that is under way may have no right to it any more. Where
// that is refused everything is unreadable.
std::shared_ptr<KernelReader> running_kernel_reader(bool now);

}  // namespace probevue
