// Where there is no just-in-time compiler.
#if !defined(PROBEVUE_HAVE_JIT) || !defined(__x86_64__)

#include "runtime/engine/jit.h"

namespace probevue {

bool jit_available() { return false; }

Result<std::unique_ptr<Executable>> compile_code(const std::vector<LinkedInsn>&) {
    return fail("no just-in-time compiler in this build", "use --engine interp");
}

}  // namespace probevue

#endif
