#include "runtime/sources/tuple_match.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "builtins/event.h"

namespace probevue {
namespace {

int64_t number(const Event& event, EventField field) {
    int64_t value = 0;
    std::memcpy(&value, event.fields + event_field(field).offset, sizeof value);
    return value;
}

std::string_view function(const Event& event) {
    const EventFieldRow& row = event_field(EventField::function);
    const auto* text = reinterpret_cast<const char*>(event.fields + row.offset);
    return {text, strnlen(text, row.type.size)};
}

// By name where there is one: numbers are others on other machines.
const SystemCall* call_of(const ProbeRequest& request, const Event& event) {
    const std::string_view name = function(event);
    const auto at = std::find_if(request.calls().begin(), request.calls().end(), [&](const SystemCall& call) {
        return name.empty() ? call.number == number(event, EventField::call_number)
                            : system_call_name(call.number) == name;
    });
    return at == request.calls().end() ? nullptr : &*at;
}

// A number in @@sysproc is a process' or a thread's, of any that the event has to do with.
bool has_process(const ProbeRequest& request, const Event& event) {
    if (*request.pid == event.pid) return true;
    if (request.kind != ProbeKind::sysproc) return false;
    return *request.pid == event.tid || *request.pid == number(event, EventField::target_pid) ||
           *request.pid == number(event, EventField::target_tid);
}

}  // namespace

bool concerns(const ProbeRequest& request, const Event& event, bool counts_apart) {
    if (request.pid && !has_process(request, event)) return false;
    if (!request.calls().empty()) {
        const SystemCall* const call = call_of(request, event);
        return call != nullptr && (!counts_apart || call->skipped == event.shape->skipped);
    }
    if (event.shape->target != "*" || request.name().empty() || request.name() == "*") return true;
    return request.name() == function(event);
}

uint16_t skipped_arguments(const ProbeRequest& request, const Event& event) {
    const bool by_call = std::any_of(request.calls().begin(), request.calls().end(),
                                     [](const SystemCall& call) { return call.skipped != 0; });
    const SystemCall* const call = by_call ? call_of(request, event) : nullptr;
    // Recordings were once made with arguments as their tuple counts them.
    return call == nullptr || event.shape->skipped != 0 ? uint16_t{0} : call->skipped;
}

}  // namespace probevue
