// What a field of an event is when nobody knows it, as where a recording does not have it.
#pragma once

#include <cstdint>

#include "builtins/event.h"

namespace probevue {

// 0, but for what would be somebody, as the process 0 and the user 0 are, or would be measured, as no bytes are.
constexpr int64_t value_when_unknown(EventField field) {
    const bool of_owner = field == EventField::owner_pid || field == EventField::owner_uid;
    const bool of_connection = field >= EventField::bytes_sent && field <= EventField::unacked;
    return of_owner || of_connection ? -1 : 0;
}

}  // namespace probevue
