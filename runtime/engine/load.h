// From instructions to something that runs.
#pragma once

#include <linux/bpf.h>

#include <memory>
#include <span>
#include <string>

#include "builtins/base/result.h"
#include "runtime/engine/code.h"
#include "runtime/engine/engine.h"

namespace probevue {

// Links code and prepares it for the engine asked for, or for the interpreter where that one cannot be had (`kind` then
// says so, and `why_not` the reason).
Result<std::unique_ptr<Executable>> load_code(std::span<const bpf_insn> code, const CodeScope& scope, EngineKind& kind,
                                              std::string* why_not = nullptr);

}  // namespace probevue
