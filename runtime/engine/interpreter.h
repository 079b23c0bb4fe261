// The interpreter: runs everywhere, starts at once.
#pragma once

#include <memory>
#include <vector>

#include "runtime/engine/code.h"

namespace probevue {

std::unique_ptr<Executable> interpret_code(const std::vector<LinkedInsn>& code);

}  // namespace probevue
