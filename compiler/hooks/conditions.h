// Conditions and values of hooks that no row can say (HookCode), a file a family. Each writes code that jumps to
// Hook::rejected() when the event does not happen. Private to compiler/hooks.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>

#include "builtins/linux.h"
#include "compiler/hooks/hook.h"

namespace probevue {

// The kernel's numbers of TCP states (include/net/tcp_states.h).
enum LinuxState : int64_t {
    linux_syn_sent = 2,
    linux_fin_wait_1 = 4,
    linux_fin_wait_2 = 5,
    linux_time_wait = 6,
    linux_closed = 7,
    linux_last_ack = 9,
    linux_listening = 10,
    linux_closing = 11,
    linux_new_request = 12,
};

// Of a TCP header (RFC 9293): where the flags and the window lie, in bytes, and bits of the flags.
inline constexpr int32_t tcp_flags_at = 13;
inline constexpr int32_t tcp_window_at = 14;
inline constexpr int64_t tcp_flag_fin = 0x01;
inline constexpr int64_t tcp_flag_syn = 0x02;
inline constexpr int64_t tcp_flag_rst = 0x04;
inline constexpr int64_t tcp_flag_ack = 0x10;

// sk_buff.mac_header of a packet that has no link header yet (include/linux/skbuff.h, skb_mac_header_was_set()).
inline constexpr int64_t mac_header_unset = 0xffff;

inline constexpr int64_t protocol_tcp = 6;
// Extension headers of IPv6 that are walked through, at most.
inline constexpr int most_extension_headers = 8;

inline ir::Operand cause(EventCause why) { return number(static_cast<int64_t>(why)); }

using HookPart = void (*)(Hook& hook);
// What the program at the beginning of a call does for a hook at its end; null: nothing.
HookPart kept_at_beginning(HookCode code);

// --- conditions.cpp: processes
void system_call(Hook& hook, ir::Operand call);
void system_result(Hook& hook);
void last_thread(Hook& hook);

// --- conditions_tcp.cpp: connections and their buffers
void state_change(Hook& hook);
void syn_sent(Hook& hook);
void syn_not_seen(Hook& hook);
void connect_begins(Hook& hook);
void count_packet(Hook& hook);
void send_buffer(Hook& hook);
void send_wait(Hook& hook);
void zero_window(Hook& hook);
void receive_refused(Hook& hook);

// --- conditions_listen.cpp: queues of listeners
void listen_packet(Hook& hook);
void listen_request(Hook& hook);
void listen_ack(Hook& hook, bool six_only);
void unproven_peer(Hook& hook);

// --- conditions.cpp
// Of what the beginning of a call keeps for its end: the call is known by its thread and the thing that it is about, of
// which no thread is in two calls at the same time. 16 bytes.
KernelPlace call_on(Hook& hook, KernelPointer thing);
// Not 0: the system call is in the convention of 32-bit programs.
ir::Operand is_32bit_call(Hook& hook);

// --- conditions_calls.cpp: system calls on sockets
void socket_call(Hook& hook);
void socket_length(Hook& hook);
// At the beginning of the call, for socket_length().
void keep_socket_call(Hook& hook);

// The socket that the file is, if it is one of the row's protocol; else leaves to `other`. Sets View::sock.
void take_socket(Hook& hook, KernelPointer file, ir::Label other);

// --- conditions_sockets.cpp: system calls on sockets that move no bytes
void option_call(Hook& hook);
void option_result(Hook& hook);
void accept_call(Hook& hook);
void disconnect_call(Hook& hook);
void disconnect_result(Hook& hook);
void kept_ends(Hook& hook);
void by_current(Hook& hook);
void device_call(Hook& hook);
// At the beginning of the call, for kept_ends() and disconnect_result().
void keep_ends(Hook& hook);
void keep_disconnect_call(Hook& hook);

// --- conditions_packet.cpp: headers of packets
// Both ends of a received packet, from its network header: it was sent to the local one. EventField::count: not wanted.
void packet_ends(Hook& hook, KernelPlace network, EventField local, EventField remote);
void packet_addresses(Hook& hook);
// Reads bytes of a packet, so many behind the beginning of its IPv6 header.
using ReadPacket = std::function<void(ir::Operand at, ir::Slot to, int64_t bytes)>;
// Moves `begin` from behind the IPv6 header, of which `next` is the next header, to the header of TCP, or of another
// one of the `transports`, whose number `next` is then. Leaves to `none` with packets that have none within
// `most_extension_headers`, and with fragments of others (RFC 8200, section 4.5).
void skip_extension_headers(Hook& hook, ir::Reg begin, ir::Reg next, const ReadPacket& read,
                            std::initializer_list<int64_t> transports, ir::Label none);
void delivered4(Hook& hook);
void delivered6(Hook& hook);
void no_reset(Hook& hook);
void ip_received(Hook& hook);
void ip_sent(Hook& hook);
void dropped_device(Hook& hook);

// --- conditions_devices.cpp: changes of devices
void address_set(Hook& hook);
// At the entry, for address_set().
void keep_address(Hook& hook);
void promiscuity(Hook& hook);
void promiscuous_flag(Hook& hook);
void all_multicast_flag(Hook& hook);
void multicast_flag(Hook& hook);
void device_leaves(Hook& hook);

}  // namespace probevue
