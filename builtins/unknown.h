// What a field of an event is when nobody knows it, as where a recording does not have it.
#pragma once

#include <cstdint>

#include "builtins/event.h"

namespace probevue {

// The process that used a socket last, or whose a packet is (`__owner`).
constexpr bool is_of_owner(EventField field) {
    return field == EventField::owner_pid || field == EventField::owner_uid || field == EventField::owner_name;
}

// What who reads a packet tells of it, besides the packet itself: which one it is, where it came by and whither it
// goes.
constexpr bool is_of_reading(EventField field) {
    return field == EventField::packet_number || field == EventField::packet_interface ||
           field == EventField::packet_direction;
}

// 0, but for what would be somebody, as the process 0 and the user 0 are, or would be measured, as no bytes are.
constexpr int64_t value_when_unknown(EventField field) {
    const bool of_owner = field == EventField::owner_pid || field == EventField::owner_uid;
    const bool of_connection = field >= EventField::bytes_sent && field <= EventField::unacked;
    return of_owner || of_connection ? -1 : 0;
}

// Says a number or name who it was, and can be told where nobody knows that (HookContext::untold)? Numbers are -1
// there, names empty.
constexpr bool is_told_of_nobody(EventField field) {
    switch (field) {
        case EventField::pid:
        case EventField::tid:
        case EventField::ppid:
        case EventField::pgid:
        case EventField::uid:
        case EventField::euid:
        case EventField::suid:
        case EventField::gid:
        case EventField::egid:
        case EventField::pname:
            return true;
        default:
            return false;
    }
}

}  // namespace probevue
