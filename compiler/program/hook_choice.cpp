#include "compiler/program/hook_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "builtins/giving.h"

namespace probevue {
namespace {

bool serves(const HookRow& row, const HookRequest& request) {
    return row.kind == request.kind && (row.event.empty() || row.event == request.event);
}

// Why a row cannot be used; empty: it can.
std::string lacking(const HookRow& row, const HookRequest& request, const KernelFacts& facts) {
    const std::string_view target = target_of(row, request);
    const std::optional<Prototype> prototype = prototype_of(row, target, facts);
    const char* what = row.point == HookPoint::tracepoint ? "tracepoint" : "function";
    if (!prototype) return fmt::format("the kernel has no {} `{}`", what, target);
    const size_t has = prototype->arguments.size();
    if (has < row.arguments.least && !has_places(row.point))
        return fmt::format("the {} `{}` has {} arguments, {} are needed", what, target, has, row.arguments.least);
    if (has > row.arguments.most)
        return fmt::format("the {} `{}` has {} arguments, of which at most {} are known", what, target, has,
                           row.arguments.most);
    if (request.asks_owner && row.only_for == EventField::count && giving(row, EventField::owner_pid) != Giving::given)
        return fmt::format("the {} `{}` does not tell whose the socket is", what, target);
    // Programs may hang on a tracepoint beside those of the rung itself.
    if (row.point == HookPoint::tracepoint && row.rung != Rung::tracepoint) return facts.refusal(Rung::tracepoint);
    return facts.hook_refusal(row, *prototype);
}

// The hooks of one rung, or why there are none.
std::vector<const HookRow*> hooks_of(const HookRequest& request, Rung rung, const KernelFacts& facts,
                                     std::string& why) {
    std::map<uint8_t, const HookRow*> parts;
    std::map<uint8_t, std::string> problems;
    for (const HookRow& row : hook_rows()) {
        // The first row that the kernel has speaks for its part. Without one, a part that is always
        // there makes the rung fail.
        if (!serves(row, request) || row.rung != rung || parts.contains(row.part)) continue;
        std::string lack = lacking(row, request, facts);
        if (lack.empty()) {
            parts[row.part] = &row;
            problems.erase(row.part);
        } else if (row.presence == HookPresence::always) {
            problems[row.part] = std::move(lack);
        }
    }
    for (const auto& [part, problem] : problems) why += (why.empty() ? "" : ", ") + problem;
    std::vector<const HookRow*> out;
    if (!problems.empty()) return out;
    for (const auto& [part, row] : parts) out.push_back(row);
    return out;
}

bool has_rows(const HookRequest& request, Rung rung) {
    return std::any_of(hook_rows().begin(), hook_rows().end(),
                       [&](const HookRow& row) { return serves(row, request) && row.rung == rung; });
}

}  // namespace

HookRequest hook_request(const ProbeRequest& probe) {
    const bool several = probe.kind == ProbeKind::sysproc || probe.kind == ProbeKind::systrace;
    return {probe.kind, several ? std::string_view(probe.name()) : std::string_view()};
}

std::string_view target_of(const HookRow& row, const HookRequest& request) {
    return row.target.empty() ? request.event : row.target;
}

std::optional<Prototype> prototype_of(const HookRow& row, std::string_view target, const KernelFacts& facts) {
    switch (row.point) {
        case HookPoint::tracepoint:
            return facts.tracepoint(target);
        case HookPoint::entry:
        case HookPoint::exit:
            return facts.function(target);
        case HookPoint::netfilter_input:
            return Prototype{.arguments = {"nf_hook_state", "sk_buff"}};
        case HookPoint::cgroup_ingress:
        case HookPoint::user_entry:
        case HookPoint::user_exit:
        case HookPoint::kernel_entry:
        case HookPoint::kernel_exit:
        case HookPoint::clock:
        case HookPoint::message:
            return Prototype{};
    }
    return std::nullopt;
}

std::vector<const HookRow*> choose_hooks(const HookRequest& request, const KernelFacts& facts, std::optional<Rung> rung,
                                         std::string& tried) {
    for (const RungRow& row : rungs()) {
        if ((rung && *rung != row.rung) || !has_rows(request, row.rung)) continue;
        std::string why = facts.refusal(row.rung);
        if (why.empty()) {
            std::vector<const HookRow*> hooks = hooks_of(request, row.rung, facts, why);
            if (!hooks.empty()) return hooks;
        }
        tried += fmt::format("{}{}: {}", tried.empty() ? "" : "; ", row.name, why);
    }
    if (tried.empty() && rung) tried = fmt::format("no {} hook gives this event", rung_row(*rung).name);
    return {};
}

}  // namespace probevue
