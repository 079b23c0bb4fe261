#include "builtins/giving.h"

#include <algorithm>
#include <map>
#include <optional>

#include "builtins/base/text.h"
#include "builtins/unknown.h"

namespace probevue {
namespace {

template <typename Range, typename Value>
bool holds(const Range& range, Value value) {
    return std::find(range.begin(), range.end(), value) != range.end();
}

// Of a kind with several events, the one that the point means; else empty.
std::string_view event_of(const ProbePointRow& point) {
    return point.kind == ProbeKind::sysproc ? point.fields.front().text : std::string_view();
}

// Of probes that are no hook's: the session fires them itself, in its own process or for packets.
Giving giving_of_session(ProbeKind kind, EventField field) {
    if (field == EventField::session_pid) return Giving::given;
    if (field == EventField::function) return Giving::absent;
    if (kind == ProbeKind::bpf && (is_of_owner(field) || is_of_reading(field))) return Giving::given;
    if (!holds(session_fields(), field)) return Giving::never;
    return kind == ProbeKind::bpf ? Giving::absent : Giving::given;
}

// What a probe point gives, of what each of its hooks does; nothing: it has none. By rung, and by part: of a part's
// rows one is taken, so that the best counts; of an event the worst part.
template <typename Of>
std::optional<Giving> over_hooks(const ProbePointRow& point, const Of& of) {
    std::map<Rung, std::map<uint8_t, Giving>> rungs;
    for (const HookRow& hook : hook_rows()) {
        if (hook.kind != point.kind || (!hook.event.empty() && hook.event != event_of(point))) continue;
        Giving& part = rungs[hook.rung].try_emplace(hook.part, Giving::never).first->second;
        part = std::max(part, of(hook));
    }
    if (rungs.empty()) return std::nullopt;
    Giving best = Giving::never;
    for (const auto& [rung, parts] : rungs) {
        Giving worst = Giving::given;
        for (const auto& [part, how] : parts) worst = std::min(worst, how);
        best = std::max(best, worst);
    }
    return best;
}

// Is the socket that a lead to its owner goes to one with a type, for the kernel's verifier? Only then may a program
// ask what is kept with it.
bool is_typed(const HookRow& hook, const Root& root, const Lead& lead) {
    const bool typed_program =
        hook.point == HookPoint::tracepoint ||
        (hook.rung == Rung::function && (hook.point == HookPoint::entry || hook.point == HookPoint::exit));
    if (root.argument == found_by_code) return hook.point == HookPoint::cgroup_ingress;
    // From 6.4 on what is read from a union has no type that counts: a request's listener.
    const bool plain = root.path.empty() || (root.path == "sk_buff.sk" && lead.path.empty());
    return typed_program && root.argument >= 0 && plain && (!root.may_lack || lead.path.empty());
}

constexpr ProbeSet tcp_events = events_named("net:tcp:");

// Do fields of the view tell by a value of their own, -1, that there is no such thing?
bool tells_lack(View view) { return view == View::owner || view == View::connection; }

}  // namespace

std::vector<Reading> readings(const HookRow& hook, EventField field) {
    const auto within = [&](std::span<const HookField> rows) {
        size_t begin = 0;
        while (begin < rows.size() && rows[begin].field != field) ++begin;
        size_t end = begin;
        while (end < rows.size() && rows[end].field == field) ++end;
        return rows.subspan(begin, end - begin);
    };
    std::vector<Reading> out;
    const auto complete = [&] { return !out.empty() && (out.back().root == nullptr || !out.back().root->may_lack); };
    const auto add = [&](std::span<const HookField> rows, const Root* root, const Lead* lead) {
        if (const auto found = within(rows); !found.empty() && !complete()) out.push_back({found, root, lead});
    };
    add(hook_fields(hook), nullptr, nullptr);
    for (const Root& root : hook.roots) {
        // Where there may be no packet its number would be nobody's.
        if (field != EventField::packet_id || !root.may_lack) add(view_fields(root.view), &root, nullptr);
    }
    for (const Root& root : hook.roots) {
        for (const Lead& lead : leads()) {
            if (lead.from != root.view || (lead.to == View::owner && !is_typed(hook, root, lead))) continue;
            if (lead.to == View::connection && !contains(tcp_events, hook.kind)) continue;
            // What a thing that may lack leads to stands in for another way only: by itself it would often be 0.
            if (root.may_lack && out.empty() && !tells_lack(lead.to)) continue;
            add(view_fields(lead.to), &root, &lead);
        }
    }
    // The current thread, if the event is about no other one.
    if (hook.roots.find(View::task) == nullptr && hook.context != HookContext::untold)
        add(view_fields(View::task), nullptr, nullptr);
    return out;
}

bool is_of_process(const HookField& row) {
    return (row.from == from_task || row.view == View::task) && row.conversion != Conversion::processor &&
           row.conversion != Conversion::constant_one;
}

bool is_looked_up(const HookRow& hook, EventField field) {
    switch (field) {
        case EventField::function:
            return contains(syscall_probes, hook.kind);
        case EventField::session_pid:
            return true;
        case EventField::cwd:
            return hook.context == HookContext::caller;
        default: {
            const std::vector<EventField> from = looked_up_from(field);
            return !from.empty() && std::all_of(from.begin(), from.end(),
                                                [&](EventField one) { return giving(hook, one) == Giving::given; });
        }
    }
}

std::vector<EventField> looked_up_from(EventField field) {
    switch (field) {
        case EventField::function:
            return {EventField::call_number};
        case EventField::option_name:
            return {EventField::option_level, EventField::option};
        case EventField::drop_reason_name:
            return {EventField::drop_reason};
        case EventField::drop_symbol:
            return {EventField::drop_location};
        default:
            return {};
    }
}

bool is_numbered(const HookRow& hook, EventField field) {
    const std::vector<Reading> ways = readings(hook, field);
    return !ways.empty() && ways.front().rows.front().conversion == Conversion::attach_number;
}

Giving giving(const HookRow& hook, EventField field) {
    if (is_looked_up(hook, field) || holds(code_fields(hook.code), field)) return Giving::given;
    const auto named = [](const HookCause& cause) { return cause.why != EventCause::none; };
    const std::span<const HookCause> causes = hook_causes(hook);
    if (field == EventField::why && std::any_of(causes.begin(), causes.end(), named)) return Giving::given;
    if (hook.context == HookContext::untold && is_told_of_nobody(field)) return Giving::given;
    const std::vector<Reading> ways = readings(hook, field);
    const bool nobodys = hook.context == HookContext::interrupted;
    if (!ways.empty()) return nobodys && is_of_process(ways.front().rows.front()) ? Giving::absent : Giving::given;
    if (field == EventField::function || (field == EventField::cwd && nobodys)) return Giving::absent;
    return Giving::never;
}

Giving giving(const ProbePointRow& point, EventField field) {
    const std::optional<Giving> hooks = over_hooks(point, [&](const HookRow& hook) { return giving(hook, field); });
    return hooks ? *hooks : giving_of_session(point.kind, field);
}

const Root* packet_root(const HookRow& hook) {
    for (const Root& root : hook.roots) {
        if (root.may_lack) continue;
        for (const Lead& lead : leads()) {
            if (lead.from == root.view && lead.to == View::packet) return &root;
        }
    }
    return nullptr;
}

bool gives_packet(const ProbePointRow& point) {
    if (point.kind == ProbeKind::bpf) return true;
    const auto shows = [](const HookRow& hook) { return packet_root(hook) != nullptr ? Giving::given : Giving::never; };
    return over_hooks(point, shows) == Giving::given;
}

bool takes_filter(const ProbePointRow& point) {
    return contains(net_event_probes, point.kind) && point.kind != ProbeKind::bpf && gives_packet(point);
}

std::string whole_form(const ProbePointRow& point) {
    return std::string(point.form) + (takes_filter(point) ? "[:\"<filter>\"]" : "");
}

bool is_visible(const BuiltinRow& row, const ProbePointRow& point) {
    if (!contains(row.probes, point.kind) || !row.unavailable.empty()) return false;
    if (!row.events.empty() && !holds(split(row.events, '|'), event_of(point))) return false;
    const auto* field = std::get_if<EventField>(&row.from);
    if (std::holds_alternative<IntervalLength>(row.from)) return true;
    return field == nullptr ? gives_packet(point) : giving(point, *field) != Giving::never;
}

bool is_nobodys(const BuiltinRow& row, const ProbePointRow& point) {
    const auto* field = std::get_if<EventField>(&row.from);
    return field != nullptr && is_visible(row, point) && giving(point, *field) == Giving::absent;
}

bool has_value(const BuiltinRow& row, std::span<const ProbePointRow* const> points) {
    return std::any_of(points.begin(), points.end(),
                       [&](const ProbePointRow* point) { return is_visible(row, *point) && !is_nobodys(row, *point); });
}

std::vector<const ProbePointRow*> points_of(const BuiltinRow& row) {
    std::vector<const ProbePointRow*> out;
    for (const ProbePointRow& point : probe_points()) {
        if (point.unavailable.empty() && is_visible(row, point)) out.push_back(&point);
    }
    return out;
}

}  // namespace probevue
