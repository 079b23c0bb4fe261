// The just-in-time compiler, for x86-64 and arm64.
#pragma once

#include <memory>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/jit/linked_code.h"

namespace probevue {

// False where the processor is another or the build is without it (PROBEVUE_JIT=OFF).
bool jit_available();

// Machine code for linked code. Its memory is never writable and executable at once. Fails where the system grants no
// executable memory, where the code is too long for the processor's branches, and where jit_available() is false.
Result<std::unique_ptr<Executable>> compile_code(const std::vector<LinkedInsn>& code);

}  // namespace probevue
