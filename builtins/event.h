// Fields that events carry besides packet bytes. An event frame is one block of memory with a fixed place for each
// field: the kernel side and recordings fill it, compiled code reads it.
#pragma once

#include <array>
#include <cstddef>
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

// TCP states as scripts see them: the numbers of AIX (netinet/tcp_fsm.h), not those of Linux.
enum class TcpState : int16_t {
    closed,
    listen,
    syn_sent,
    syn_received,
    established,
    close_wait,
    fin_wait_1,
    closing,
    last_ack,
    fin_wait_2,
    time_wait,
};

// By the kernel's number of the state (include/net/tcp_states.h; 0 is none, 12 a request, 13 bound and inactive).
inline constexpr std::array<TcpState, 14> tcp_state_of_linux{
    TcpState::closed,     TcpState::established, TcpState::syn_sent,     TcpState::syn_received, TcpState::fin_wait_1,
    TcpState::fin_wait_2, TcpState::time_wait,   TcpState::closed,       TcpState::close_wait,   TcpState::last_ack,
    TcpState::listen,     TcpState::closing,     TcpState::syn_received, TcpState::closed,
};

// Why an event happened (`__why`, constants WHY_*).
enum class EventCause : int32_t {
    none,
    buffer_full,      // send: queued bytes reach the size of the send buffer; receive: a datagram does not fit
    low_water,        // send: unsent bytes reach TCP_NOTSENT_LOWAT
    memory_pressure,  // the kernel's memory for the protocol is used up
    window_closed,    // receive: the window that the peer may send into is 0; nothing is lost
    segment_refused,  // receive: a segment was dropped for lack of buffer
    backlog_full,     // receive: a segment was dropped while the process held the socket
    syn_refused,      // listen: a connection request was dropped
    ack_refused,      // listen: the last step of a handshake was dropped
    requests_full,    // listen: a connection request was dropped, as too many wait for their last step
    cookie_sent,      // listen: too many wait, the request was answered with a cookie and forgotten
};

std::span<const EventFieldRow> event_fields();
const EventFieldRow& event_field(EventField field);
const EventFieldRow* find_event_field(std::string_view name);

// Bytes of an event frame.
size_t event_frame_size();

}  // namespace probevue
