// Fields that events carry besides packet bytes. An event frame is one block of memory with a fixed place for each field:
// the kernel side and recordings fill it, compiled code reads it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "builtins/value_type.h"

namespace probevue {

// Identifies a field in event frames and in recordings. builtins/event_fields.def holds the rows.
enum class EventField : uint16_t {
#define EVENT_FIELD(id, type, size, doc) id,
#include "builtins/event_fields.def"
#undef EVENT_FIELD
    count
};

struct EventFieldRow {
    EventField field;
    std::string_view name;  // as in recordings
    ValueType type;
    uint16_t offset;  // bytes, in the event frame; 8-byte aligned; integers are stored widened to 64 bits
    std::string_view doc;
};

std::span<const EventFieldRow> event_fields();
const EventFieldRow& event_field(EventField field);
const EventFieldRow* find_event_field(std::string_view name);

// Bytes of an event frame.
size_t event_frame_size();

}  // namespace probevue
