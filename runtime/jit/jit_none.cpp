// Where there is no just-in-time compiler.
#include "runtime/jit/processor.h"

#if !PROBEVUE_JIT_PROCESSOR

#include "runtime/jit/jit.h"

namespace probevue {

bool jit_available() { return false; }

Result<std::unique_ptr<Executable>> compile_code(const std::vector<LinkedInsn>&) {
    return fail("no just-in-time compiler in this build", "use --engine interp");
}

}  // namespace probevue

#endif
