// Kernel hooks: which place in the kernel gives which probe, and where the fields of its events are read. Adding a
// probe is adding rows to events.def and hooks.def; only a condition that no row can say has code, named from the row
// (compiler/hooks/conditions).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "builtins/event.h"
#include "builtins/probe.h"
#include "builtins/view.h"

namespace probevue {

// The ladder: the first rung that the kernel grants, and on which all parts of an event can be had, is taken.
enum class Rung : uint8_t { tracepoint, function, kprobe, syscall, cgroup, netfilter, uprobe, perf, netlink };
inline constexpr uint8_t rung_count = 9;

struct RungRow {
    Rung rung;
    std::string_view name;  // for --hook
    std::string_view doc;
};
std::span<const RungRow> rungs();
const RungRow& rung_row(Rung rung);
const RungRow* find_rung(std::string_view name);

// Where a program runs.
enum class HookPoint : uint8_t {
    tracepoint,       // typed raw tracepoint: its arguments
    entry,            // a function is entered: its arguments
    exit,             // a function returns: its arguments at entry, and what it returns
    cgroup_ingress,   // a packet has found its socket; root of the unified hierarchy
    netfilter_input,  // a packet is delivered to this host (NF_INET_LOCAL_IN): bpf_nf_ctx (include/linux/netfilter.h)
    user_entry,    // a function of a program is entered: its arguments. Which one is said by the tuple, not by the row
    user_exit,     // a function of a program returns: what it returns
    kernel_entry,  // functions of the kernel by name or pattern: their arguments. Which ones is said by the tuple
    kernel_exit,   // what they return
    clock,         // a software clock runs out: the registers of what it interrupts
    message,       // no program: the kernel sends a message to who listens (runtime/kernel/links.h)
};
// Does the program say whether a packet may go on? Ours always lets it.
constexpr bool is_verdict(HookPoint point) {
    return point == HookPoint::cgroup_ingress || point == HookPoint::netfilter_input;
}
constexpr bool is_user(HookPoint point) { return point == HookPoint::user_entry || point == HookPoint::user_exit; }
// Are there several places, found by the run time from what the tuple says?
constexpr bool has_places(HookPoint point) {
    return is_user(point) || point == HookPoint::kernel_entry || point == HookPoint::kernel_exit;
}

// Conditions and values that rows cannot say. Each is a function of compiler/hooks that writes code.
enum class HookCode : uint8_t {
    none,
    system_call,    // the call's number; calls of 32-bit programs have other numbers and are counted
    system_result,  // the same at the end, and what the call returns
    last_thread,    // the thread that ends is the last one of its process
    state_change,  // TIME_WAIT is derived, the process is the caller's in some transitions; SYN_SENT waits for the port
    syn_sent,      // the SYN of a connection that had no port at its transition to SYN_SENT
    syn_not_seen,  // such a connection goes on although its SYN has not left
    count_packet,  // the number of the retransmission
    send_buffer,   // tcp_sendmsg_locked: the kernel is about to wait for room
    send_wait,     // sk_stream_wait_memory
    zero_window,   // an outgoing packet announces a window of 0, for the first time since it was open
    receive_refused,     // data refused, for the first time since the window was open
    packet_addresses,    // both ends from the headers of a received packet
    listen_packet,       // a packet at a listener that has no room (cgroup)
    listen_request,      // tcp_conn_request of a listener that has no room
    listen_ack,          // tcp_v4_syn_recv_sock of such a listener
    listen_ack6,         // tcp_v6_syn_recv_sock, unless it is about to call the other
    unproven_peer,       // tcp_peer_is_proven has decided about a request
    send_call,           // a system call that sends on a socket begins
    sent_length,         // sock_send_length; what its system call was given is known from its beginning
    receive_call,        // a system call that receives on a socket begins
    received_length,     // sock_recv_length; likewise
    option_call,         // a system call that sets an option of a socket begins
    option_result,       // and returns
    kept_ends,           // a function has cleared the ends of its socket: they are those that its entry kept
    disconnect_call,     // a system call that connects a socket to nobody begins
    disconnect_result,   // and returns
    connect_begins,      // a transition to SYN_SENT: put off as state_change does
    accept_call,         // a system call returns a descriptor of a connection
    by_current,          // the current process uses the socket, which has no type: it is the owner
    ip_received,         // a packet of IP that is for this host to handle
    ip_sent,             // one that it sends, at the first of the devices that it goes through
    dropped_device,      // the device of a dropped packet, where it still points to one
    address_set,         // the hardware address of a device has been set: what it was is known from the entry
    promiscuity,         // __dev_set_promiscuity: how many more want all packets
    promiscuous_flag,    // the same, where that begins or ends it
    all_multicast_flag,  // likewise, of packets to groups
    multicast_flag,      // __dev_change_flags, where packets to groups are switched on or off
    device_leaves,       // a device is removed; the kernel says so again while somebody still uses it
    device_call,         // a system call about a device begins
    delivered4,          // a packet of IPv4 is delivered: it is TCP
    delivered6,          // one of IPv6: it is TCP, behind extension headers
    no_reset,  // tcp_v4_send_reset, tcp_v6_send_reset: the segment is not a reset itself, which is not answered
};

// Whose process is the current one when the hook runs?
enum class HookContext : uint8_t {
    interrupted,  // nobody's: fields of the process are 0
    caller,       // that of the process that uses the socket
    untold,       // no hook runs: whose process it is, nobody says (is_told_of_nobody(), builtins/unknown.h)
};

// A thing that a hook hands over.
struct Root {
    View view = View::none;
    int8_t argument = 0;         // that it is, or leads to it; from_result; or one of those below
    std::string_view path = {};  // from that argument; empty: the argument itself
    bool may_lack = false;       // it may be NULL: then the next root that gives a field is read
};
inline constexpr int8_t found_by_code = -1;   // HookRow::code finds it
inline constexpr int8_t current_thread = -2;  // of the view `task`

// The things that a hook hands over; of several that give a field the first counts.
class Roots {
public:
    constexpr Roots() = default;
    template <typename... Rest>
    constexpr explicit Roots(Root first, Rest... rest) : roots_{first, rest...}, count_(1 + sizeof...(rest)) {
        static_assert(1 + sizeof...(rest) <= most);
    }
    constexpr const Root* begin() const { return roots_.data(); }
    constexpr const Root* end() const { return roots_.data() + count_; }
    // Null: the hook hands over none.
    constexpr const Root* find(View view) const {
        for (const Root& root : *this) {
            if (root.view == view) return &root;
        }
        return nullptr;
    }

private:
    static constexpr size_t most = 4;
    std::array<Root, most> roots_{};
    size_t count_ = 0;
};

// The event happens when an argument has one of these values; without rows, always.
struct HookCause {
    int8_t from;  // argument, or from_result
    std::string_view
        enumerated;  // name of an enum: `name` is one of its enumerators; a kernel that lacks it never has the cause
    std::string_view name;
    int64_t value = 0;  // without an enum
    EventCause why;
};

// The event happens only when the value at the path is this one.
struct HookWhen {
    int8_t from;  // argument, or from_socket
    std::string_view path;
    int64_t value;
};

// Does the event need the hook?
enum class HookPresence : uint8_t {
    always,
    if_there,  // a kernel without the target does the work elsewhere, where other parts see it
};

// How many arguments a tracepoint or function must have for its row to be right.
struct ArgumentCount {
    uint8_t least = 0;
    uint8_t most = UINT8_MAX;  // kernels that have more mean other things by them

    consteval ArgumentCount(int at_least) : least(static_cast<uint8_t>(at_least)) {}
    consteval ArgumentCount(int at_least, int at_most)
        : least(static_cast<uint8_t>(at_least)), most(static_cast<uint8_t>(at_most)) {}
};
consteval ArgumentCount between(int least, int most) { return {least, most}; }

struct HookRow {
    uint16_t index = 0;  // in hook_rows()
    ProbeKind kind;
    std::string_view event;  // of a kind with several events (@@sysproc): which; else empty
    uint8_t part;            // an event may need several hooks: of each part the first row that the kernel has is taken
    Rung rung;
    HookPoint point;
    std::string_view target;  // tracepoint or function; empty: the one that the tuple names
    ArgumentCount arguments = 0;
    Roots roots;        // what it hands over; every hook has the current thread besides
    uint16_t protocol;  // IPPROTO_* that the socket must have; 0: any
    HookCode code;
    HookContext context;
    std::string_view doc;
    EventField only_for = EventField::count;  // the hook is needed only where this field is read; count: always
    HookPresence presence = HookPresence::always;
};

std::span<const HookRow> hook_rows();
// Of a program that no event has, and that only notes: at a typed tracepoint, or at a function where the kernel has
// trampolines.
inline HookRow noting_hook(HookPoint point, std::string_view target) {
    HookRow row{};
    row.rung = point == HookPoint::tracepoint ? Rung::tracepoint : Rung::function;
    row.point = point;
    row.target = target;
    return row;
}
std::span<const HookField> hook_fields(const HookRow& row);
std::span<const HookCause> hook_causes(const HookRow& row);
// All of them must hold.
std::span<const HookWhen> hook_whens(const HookRow& row);
// Of a hook at the end of a call whose arguments are not there any more: the tracepoint that its beginning passes,
// where a second program keeps them for it. Empty: there is none; breakpoints at the return of a function (kprobe) have
// theirs at its entry.
std::string_view hook_beginning(const HookRow& row);
// What the code of a hook computes besides (compiler/hooks/conditions.cpp).
std::vector<EventField> code_fields(HookCode code);
// What is known of the session's own process, where a probe runs in it.
std::span<const EventField> session_fields();

}  // namespace probevue
