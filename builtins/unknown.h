// What a field of an event is when nobody knows it, as where a recording does not have it.
#pragma once

#include <cstdint>

#include "builtins/event.h"

namespace probevue {

// 0, but for what would be somebody: the process 0 and the user 0 are.
constexpr int64_t value_when_unknown(EventField field) {
    return field == EventField::owner_pid || field == EventField::owner_uid ? -1 : 0;
}

}  // namespace probevue
