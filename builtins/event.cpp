#include "builtins/event.h"

#include "builtins/base/address.h"
#include "builtins/name_index.h"

namespace probevue {
namespace {

// Bytes of a field in the frame: integers are widened to 64 bits, Strings padded to a multiple of 8.
constexpr size_t stored_size(ValueType type) {
    switch (type.kind) {
        case ValueKind::string:
            return (size_t{type.size} + 7) / 8 * 8;
        case ValueKind::ip:
            return sizeof(IpAddress);
        default:
            return 8;
    }
}

constexpr size_t field_count = static_cast<size_t>(EventField::count);

struct Frame {
    std::array<EventFieldRow, field_count> rows;
    size_t size = 0;
};

consteval Frame lay_out() {
    Frame frame{{{
#define EVENT_FIELD(id, kind, size, doc) {EventField::id, #id, {ValueKind::kind, size}, 0, doc},
#include "builtins/event_fields.def"
#undef EVENT_FIELD
    }}};
    for (EventFieldRow& row : frame.rows) {
        row.offset = static_cast<uint16_t>(frame.size);
        frame.size += stored_size(row.type);
    }
    return frame;
}

constexpr Frame frame = lay_out();
constexpr auto by_name = index_by(frame.rows);
static_assert(by_name.unique());
static_assert(frame.size <= UINT16_MAX);

}  // namespace

std::span<const EventFieldRow> event_fields() { return frame.rows; }

const EventFieldRow& event_field(EventField field) { return frame.rows[static_cast<size_t>(field)]; }

const EventFieldRow* find_event_field(std::string_view name) { return by_name.find(name); }

size_t event_frame_size() { return frame.size; }

}  // namespace probevue
