#include "runtime/engine/load.h"

#include "runtime/engine/interpreter.h"
#include "runtime/engine/jit.h"

namespace probevue {

Result<std::unique_ptr<Executable>> load_code(std::span<const bpf_insn> code, const CodeScope& scope,
                                              EngineKind& kind) {
    Result<std::vector<LinkedInsn>> linked = link_code(code, scope);
    if (!linked) return linked.error();
    if (kind == EngineKind::jit) {
        if (Result<std::unique_ptr<Executable>> compiled = compile_code(*linked)) return compiled;
        kind = EngineKind::interpreter;
    }
    return interpret_code(*linked);
}

}  // namespace probevue
