// Views: what the kernel keeps of one thing (a socket, a packet buffer, a device, a thread), each field written once,
// and how one thing leads to another. Hooks name the things that they hand over (HookRow::roots); which fields of an
// event can be had follows from that (builtins/giving.h).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "builtins/event.h"

namespace probevue {

enum class View : uint8_t {
#define VIEW(id, structure, doc) id,
#define LEAD(...)
#define VIEW_FIELD(...)
#include "builtins/views.def"
#undef VIEW
#undef LEAD
#undef VIEW_FIELD
    none,  // the field is read from an argument of the hook
};
inline constexpr size_t view_count = static_cast<size_t>(View::none);

// From what a path starts, where it is no argument of the hook (those are numbered from 0).
inline constexpr int8_t from_socket = -1;   // the hook's socket
inline constexpr int8_t from_task = -2;     // the current task
inline constexpr int8_t from_result = -3;   // what the function returns
inline constexpr int8_t from_context = -5;  // what the program is handed: registers (HookPoint::clock)
inline constexpr int8_t from_message =
    -7;                                  // what the kernel's message has: its reader knows where (HookPoint::message)
inline constexpr int8_t from_view = -6;  // the thing that HookField::view names

// How the value that was read becomes the field's.
enum class Conversion : uint8_t {
    value,               // as it is, widened
    network16,           // two bytes in network order
    control_block,       // read from sk_buff.cb of a packet; the path begins at the structure that lies there
    tcp_state,           // the kernel's number of a TCP state -> AIX's (tcp_state_of_linux)
    eighth,              // of a number in eighths
    quarter,             // in quarters
    signed32,            // all ones mean that there is none: -1
    one_more,            // a count that does not take in this event
    pointer,             // the address itself, nothing is read
    socket_local,        // ip_addr_t of the socket's own end
    socket_remote,       // and of the other
    packet_source,       // ip_addr_t from the network header of an sk_buff
    packet_destination,  // likewise
    port_source,         // from its transport header
    port_destination,    // likewise
    wire_length,         // bytes of an sk_buff, its link header included, wherever `data` stands
    text,                // NUL-terminated bytes
    tapset_name,         // nothing is read: what SystemTap calls the event (tapset_name())
    nice_value,          // of a static priority: 120 is 0
    seconds,             // of nanoseconds
    since_boot,          // seconds since the epoch, of nanoseconds since the system started
    difference,          // path "a - b"
    beyond_32_bit,       // 1 when the value does not fit 32 bits, else 0
    loopback,            // of a device's flags: 1 when IFF_LOOPBACK is among them
    kernel_mode,         // of the processor's mode: 1 in the kernel, 0 in a program
    wait_signal,         // of a status that wait() gives: the signal
    wait_status,         // and the exit status
    socket_owner,        // of what programs of their own have noted of the socket (builtins/owners.h)
    packet_number,       // of what programs of their own have noted of the packet (builtins/packet_steps.h)
    // Values that helper functions of the kernel give; the path is empty.
    current_pid,
    current_tid,
    current_uid,
    current_gid,
    current_name,
    processor,
    constant_one,
    constant_zero,
    instruction,    // address of the instruction that was interrupted
    attach_number,  // which of the places that the program is attached to; the run time has the text (a String field)
};

// A field of the event. Of several rows for a field the next is read when the one before gave 0.
struct HookField {
    EventField field;
    int8_t from;            // number of an argument from 0, or from_...
    std::string_view path;  // "struct.member.member->member": `->` follows a pointer; empty: the argument itself
    Conversion conversion;
    View view = View::none;  // with from_view
};

struct ViewRow {
    View view;
    std::string_view name;
    std::string_view structure;  // of the kernel
    std::string_view doc;
};
std::span<const ViewRow> views();
const ViewRow& view_row(View view);

// The fields of a view, by rows.
std::span<const HookField> view_fields(View view);

// The thing that another one points to.
struct Lead {
    View from;
    View to;
    std::string_view path;  // to the pointer, which may be NULL
};
std::span<const Lead> leads();

}  // namespace probevue
