#include "runtime/engine/load.h"

#include "runtime/engine/interpreter.h"
#include "runtime/jit/jit.h"

namespace probevue {

Result<std::unique_ptr<Executable>> load_code(std::span<const bpf_insn> code, const CodeScope& scope, EngineKind& kind,
                                              std::string* why_not) {
    Result<std::vector<LinkedInsn>> linked = link_code(code, scope);
    if (!linked) return linked.error();
    if (kind == EngineKind::jit) {
        Result<std::unique_ptr<Executable>> compiled = compile_code(*linked);
        if (compiled) return compiled;
        kind = EngineKind::interpreter;
        if (why_not != nullptr) *why_not = compiled.error().message;
    }
    return interpret_code(*linked);
}

}  // namespace probevue
