// Whose packets are that have yet to find their socket: by their ends. Programs note the ends of sockets in a map, and
// what lies with a socket (KernelSocket) says what they have noted; programs of events look there. Private to
// compiler/hooks.
#pragma once

#include "compiler/hooks/hook.h"

namespace probevue {

// Has the hook packets that have yet to find their socket? Then nothing but their ends tells whose they are.
bool has_arrivals(const HookRow& row);

// A socket for a program that notes its ends.
struct NotedSocket {
    KernelPointer socket;
    ir::Operand kept;  // address of its KernelSocket
};

// Notes what ends the socket has now, where they or its owner are others than noted. `state`: of TCP, the one that it
// is going to; none: the one that it has. `owner_changed`: not 0 when the owner has been written since.
void note_ends(Hook& hook, const NotedSocket& noted, std::optional<ir::Operand> state, ir::Operand owner_changed);

// The local port that is noted with the socket, network byte order; 0: no ends are.
ir::Operand noted_port(Hook& hook, const NotedSocket& noted);

// The socket has no ends any more. Packets that are on their way to a connection go on being its owner's, and who reads
// packets late finds whose they were.
void forget_ends(Hook& hook, const NotedSocket& noted);

// The kernel answers a request: what was noted under its ends is over.
void forget_ends_of_request(Hook& hook, KernelPointer request);

// The KernelOwner (its address) of the packet that the hook hands over; leaves to `unknown` where there is none.
ir::Operand owner_of_arrival(Hook& hook, KernelPointer packet, ir::Label unknown);

}  // namespace probevue
