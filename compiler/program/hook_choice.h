// Which hooks serve a kind of probe on a kernel: the ladder of builtins/hooks.def, asked rung by rung.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builtins/hooks.h"
#include "compiler/program/kernel_facts.h"

namespace probevue {

// Of the hook's tracepoint or function; nothing when the kernel lacks it.
std::optional<Prototype> prototype_of(const HookRow& row, const KernelFacts& facts);

// The first rung on which every part of the event can be had; `rung` forces one. Empty: none can, and `tried` says why,
// rung by rung.
std::vector<const HookRow*> choose_hooks(ProbeKind kind, const KernelFacts& facts, std::optional<Rung> rung,
                                         std::string& tried);

}  // namespace probevue
