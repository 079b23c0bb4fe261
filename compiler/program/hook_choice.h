// Which hooks serve a kind of probe on a kernel: the ladder of builtins/hooks.def, asked rung by rung.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "builtins/hooks.h"
#include "compiler/program/kernel_facts.h"
#include "compiler/program/program.h"

namespace probevue {

// What is asked for: a kind of probe, and where the kind has several events, which.
struct HookRequest {
    ProbeKind kind;
    std::string_view event = {};  // sysproc: the event; systrace: the tracepoint
    bool asks_owner = false;      // whose the socket is has to be told
};

HookRequest hook_request(const ProbeRequest& probe);

// The tracepoint or function that the row means for this request.
std::string_view target_of(const HookRow& row, const HookRequest& request);

// Of the hook's tracepoint or function; nothing when the kernel lacks it.
std::optional<Prototype> prototype_of(const HookRow& row, std::string_view target, const KernelFacts& facts);

// The first rung on which every part of the event can be had; `rung` forces one. Empty: none can, and `tried` says why,
// rung by rung.
std::vector<const HookRow*> choose_hooks(const HookRequest& request, const KernelFacts& facts, std::optional<Rung> rung,
                                         std::string& tried);

}  // namespace probevue
