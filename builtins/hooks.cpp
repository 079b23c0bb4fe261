#include "builtins/hooks.h"

#include <array>
#include <utility>

namespace probevue {
namespace {

// hooks.def is read once for each table. What a table does not take from it means nothing while it is read.
constexpr std::array rung_rows{
#define RUNG(rung, name, doc) RungRow{Rung::rung, name, doc},
#define HOOK(...)
#define PROCESS_HOOK(...)
#define FIELD_HOOK(...)
#define PAIR(...)
#define CLEARING_PAIR(...)
#define HOOK_FIELD(...)
#define PAIR_FIELD(...)
#define HOOK_CAUSE(...)
#define HOOK_WHEN(...)
#define PAIR_WHEN(...)
#define HOOK_BEGINNING(...)
#define CODE_FIELD(...)
#define SESSION_FIELD(...)
#include "builtins/hooks.def"
#undef RUNG
#undef HOOK
#undef PROCESS_HOOK
#undef FIELD_HOOK
#undef PAIR
#undef CLEARING_PAIR
};
static_assert(rung_rows.size() == rung_count);

// Numbers of the rows, in their order. A pair is four: entry and exit of a function, by trampoline and by breakpoint.
enum class Id : uint16_t {
#define RUNG(...)
#define HOOK(id, ...) id,
#define PROCESS_HOOK(id, ...) id,
#define FIELD_HOOK(field, id, ...) id,
#define PAIR(id, ...) id##_entry_function, id##_exit_function, id##_entry_kprobe, id##_exit_kprobe,
#define CLEARING_PAIR(id, ...) PAIR(id)
#include "builtins/hooks.def"
#undef HOOK
#undef PROCESS_HOOK
#undef FIELD_HOOK
#undef PAIR
#undef CLEARING_PAIR
    count
};

// How the rows spell roots.
constexpr Root thing(View view, int8_t argument, std::string_view path) { return {view, argument, path, false}; }
constexpr Root sock(int8_t argument, std::string_view path = {}) { return thing(View::sock, argument, path); }
constexpr Root request(int8_t argument) { return thing(View::request, argument, {}); }
constexpr Root skb(int8_t argument) { return thing(View::skb, argument, {}); }
constexpr Root received(int8_t argument) { return thing(View::received, argument, {}); }
constexpr Root dropped(int8_t argument) { return thing(View::dropped, argument, {}); }
constexpr Root receiver(int8_t argument) { return thing(View::receiver, argument, {}); }
constexpr Root device(int8_t argument, std::string_view path = {}) { return thing(View::device, argument, path); }
constexpr Root thread(int8_t argument) { return thing(View::task, argument, {}); }
constexpr Root current = thing(View::task, current_thread, {});
constexpr Root found(View view) { return thing(view, found_by_code, {}); }
constexpr Root absent(Root root) {
    root.may_lack = true;
    return root;
}
template <typename... Some>
constexpr Roots roots(Some... some) {
    return Roots(some...);
}

constexpr std::array rows{
#define ROW(id, kind, event, part, rung, point, target, arguments, roots, protocol, code, context, doc, field, \
            presence)                                                                                          \
    HookRow{static_cast<uint16_t>(Id::id),                                                                     \
            ProbeKind::kind,                                                                                   \
            event,                                                                                             \
            part,                                                                                              \
            Rung::rung,                                                                                        \
            HookPoint::point,                                                                                  \
            target,                                                                                            \
            arguments,                                                                                         \
            roots,                                                                                             \
            protocol,                                                                                          \
            HookCode::code,                                                                                    \
            HookContext::context,                                                                              \
            doc,                                                                                               \
            EventField::field,                                                                                 \
            HookPresence::presence},
#define HOOK(...) FIELD_HOOK(count, __VA_ARGS__)
#define FIELD_HOOK(field, id, kind, part, rung, point, target, arguments, roots, protocol, code, context, doc) \
    ROW(id, kind, {}, part, rung, point, target, arguments, roots, protocol, code, context, doc, field, always)
#define PROCESS_HOOK(id, kind, event, part, rung, point, target, arguments, task, code, doc) \
    ROW(id, kind, event, part, rung, point, target, arguments, roots(task), 0, code, caller, doc, count, always)
// One end of a pair, on one rung.
#define PAIR_END(id, kind, part, presence, rung, point, target, arguments, roots, protocol, code, doc) \
    ROW(id, kind, {}, part, rung, point, target, arguments, roots, protocol, code, caller, doc, count, presence)
#define PAIR_WITH(code, id, kind, part, presence, target, arguments, roots, protocol, entry_doc, exit_doc)             \
    PAIR_END(id##_entry_function, kind##_entry, part, presence, function, entry, target, arguments, roots, protocol,   \
             none, entry_doc)                                                                                          \
    PAIR_END(id##_exit_function, kind##_exit, part, presence, function, exit, target, arguments, roots, protocol,      \
             code, exit_doc)                                                                                           \
    PAIR_END(id##_entry_kprobe, kind##_entry, part, presence, kprobe, entry, target, arguments, roots, protocol, none, \
             entry_doc)                                                                                                \
    PAIR_END(id##_exit_kprobe, kind##_exit, part, presence, kprobe, exit, target, arguments, roots, protocol, code,    \
             exit_doc)
#define PAIR(...) PAIR_WITH(none, __VA_ARGS__)
#define CLEARING_PAIR(...) PAIR_WITH(kept_ends, __VA_ARGS__)
#include "builtins/hooks.def"
#undef ROW
#undef HOOK
#undef PROCESS_HOOK
#undef FIELD_HOOK
#undef PAIR_END
#undef PAIR_WITH
#undef PAIR
#undef CLEARING_PAIR
#undef HOOK_FIELD
#undef PAIR_FIELD
#undef HOOK_CAUSE
#undef HOOK_WHEN
#undef PAIR_WHEN
#undef HOOK_BEGINNING
};

// A row with the hook that it belongs to.
template <typename Row>
struct Owned {
    Id owner;
    Row row;
};

constexpr auto fields = std::to_array<Owned<HookField>>({
#define HOOK(...)
#define PROCESS_HOOK(...)
#define FIELD_HOOK(...)
#define HOOK_CAUSE(...)
#define HOOK_WHEN(...)
#define PAIR_WHEN(...)
#define HOOK_BEGINNING(...)
#define HOOK_FIELD(hook, field, from, path, conversion) \
    {Id::hook, {EventField::field, from, path, Conversion::conversion}},
#define PAIR(id, ...)                                                   \
    HOOK_FIELD(id##_exit_function, call_result, from_result, "", value) \
    HOOK_FIELD(id##_exit_kprobe, call_result, from_result, "", value)
#define CLEARING_PAIR(id, ...) PAIR(id)
#define PAIR_FIELD(pair, field, from, path, conversion)              \
    HOOK_FIELD(pair##_entry_function, field, from, path, conversion) \
    HOOK_FIELD(pair##_exit_function, field, from, path, conversion)  \
    HOOK_FIELD(pair##_entry_kprobe, field, from, path, conversion)   \
    HOOK_FIELD(pair##_exit_kprobe, field, from, path, conversion)
#include "builtins/hooks.def"
#undef HOOK_FIELD
#undef PAIR_FIELD
#undef PAIR
#undef CLEARING_PAIR
#undef HOOK_CAUSE
#define HOOK_FIELD(...)
#define PAIR_FIELD(...)
#define PAIR(...)
#define CLEARING_PAIR(...)
});

constexpr auto causes = std::to_array<Owned<HookCause>>({
#define HOOK_CAUSE(hook, from, enumerated, name, value, why) \
    {Id::hook, {from, enumerated, name, value, EventCause::why}},
#include "builtins/hooks.def"
#undef HOOK_CAUSE
#define HOOK_CAUSE(...)
#undef HOOK_WHEN
#undef PAIR_WHEN
});

constexpr auto whens = std::to_array<Owned<HookWhen>>({
#define HOOK_WHEN(hook, from, path, value) {Id::hook, {from, path, value}},
#define PAIR_WHEN(pair, from, path, value)              \
    HOOK_WHEN(pair##_entry_function, from, path, value) \
    HOOK_WHEN(pair##_exit_function, from, path, value)  \
    HOOK_WHEN(pair##_entry_kprobe, from, path, value)   \
    HOOK_WHEN(pair##_exit_kprobe, from, path, value)
#include "builtins/hooks.def"
#undef HOOK_WHEN
#undef PAIR_WHEN
#undef HOOK_BEGINNING
#define HOOK_WHEN(...)
#define PAIR_WHEN(...)
});

struct Beginning {
    Id hook;
    std::string_view tracepoint;
};

constexpr std::array beginnings{
#define HOOK_BEGINNING(hook, tracepoint) Beginning{Id::hook, tracepoint},
#include "builtins/hooks.def"
#undef HOOK_BEGINNING
#undef CODE_FIELD
#define HOOK_BEGINNING(...)
};

struct CodeField {
    HookCode code;
    EventField field;
};

constexpr std::array of_codes{
#define CODE_FIELD(code, field) CodeField{HookCode::code, EventField::field},
#include "builtins/hooks.def"
#undef CODE_FIELD
#undef SESSION_FIELD
};

constexpr std::array of_session{
#define CODE_FIELD(...)
#define SESSION_FIELD(field) EventField::field,
#include "builtins/hooks.def"
#undef RUNG
#undef HOOK
#undef PROCESS_HOOK
#undef FIELD_HOOK
#undef PAIR
#undef CLEARING_PAIR
#undef HOOK_FIELD
#undef PAIR_FIELD
#undef HOOK_CAUSE
#undef HOOK_WHEN
#undef PAIR_WHEN
#undef HOOK_BEGINNING
#undef CODE_FIELD
#undef SESSION_FIELD
};

// In the order of the hooks, those of one hook as they are written.
template <typename Row, size_t size>
consteval auto in_order(std::array<Owned<Row>, size> owned) {
    // By insertion: std::stable_sort cannot be used in constant expressions of C++20.
    for (size_t i = 1; i < size; ++i) {
        for (size_t at = i; at > 0 && owned[at].owner < owned[at - 1].owner; --at) std::swap(owned[at], owned[at - 1]);
    }
    return owned;
}

template <typename Row, size_t size>
consteval std::array<Row, size> without_owners(const std::array<Owned<Row>, size>& owned) {
    std::array<Row, size> out{};
    for (size_t i = 0; i < size; ++i) out[i] = owned[i].row;
    return out;
}

// Rows of a hook lie between bounds[index] and bounds[index + 1].
template <typename Row, size_t size>
consteval auto bounds_of(const std::array<Owned<Row>, size>& owned) {
    std::array<uint16_t, static_cast<size_t>(Id::count) + 1> bounds{};
    for (size_t i = 0; i < size; ++i) {
        for (size_t id = static_cast<size_t>(owned[i].owner) + 1; id < bounds.size(); ++id)
            bounds[id] = static_cast<uint16_t>(i + 1);
    }
    return bounds;
}

constexpr auto field_rows = without_owners(in_order(fields));
constexpr auto field_bounds = bounds_of(in_order(fields));
constexpr auto cause_rows = without_owners(in_order(causes));
constexpr auto cause_bounds = bounds_of(in_order(causes));
constexpr auto when_rows = without_owners(in_order(whens));
constexpr auto when_bounds = bounds_of(in_order(whens));

template <typename Row, size_t size, size_t bounds_size>
std::span<const Row> rows_between(const std::array<Row, size>& all, const std::array<uint16_t, bounds_size>& bounds,
                                  uint16_t index) {
    return std::span(all).subspan(bounds[index], bounds[index + 1u] - bounds[index]);
}

}  // namespace

std::span<const RungRow> rungs() { return rung_rows; }

const RungRow& rung_row(Rung rung) { return rung_rows[static_cast<size_t>(rung)]; }

const RungRow* find_rung(std::string_view name) {
    for (const RungRow& row : rung_rows) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

std::span<const HookRow> hook_rows() { return rows; }

std::span<const HookField> hook_fields(const HookRow& row) { return rows_between(field_rows, field_bounds, row.index); }

std::span<const HookCause> hook_causes(const HookRow& row) { return rows_between(cause_rows, cause_bounds, row.index); }

std::span<const HookWhen> hook_whens(const HookRow& row) { return rows_between(when_rows, when_bounds, row.index); }

std::string_view hook_beginning(const HookRow& row) {
    for (const Beginning& one : beginnings) {
        if (static_cast<uint16_t>(one.hook) == row.index) return one.tracepoint;
    }
    return {};
}

std::vector<EventField> code_fields(HookCode code) {
    std::vector<EventField> out;
    for (const CodeField& row : of_codes) {
        if (row.code == code) out.push_back(row.field);
    }
    return out;
}

std::span<const EventField> session_fields() { return of_session; }

}  // namespace probevue
