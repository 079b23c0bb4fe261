// Where processes use sockets: what `__owner` knows, small programs note there, each with the socket itself. They are
// loaded only for scripts that read it (compiler/hooks/owners.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace probevue {

// Where such a program runs.
enum class UsePoint : uint8_t {
    tracepoint,   // typed raw tracepoint
    entry,        // a function is entered, through a trampoline
    exit,         // a function returns, likewise
    creation,     // a process makes an internet socket; root of the unified hierarchy
    bound4,       // a process has given an IPv4 socket a local address; likewise
    bound6,       // the same of IPv6
    release,      // nobody has the socket open any more; likewise
    descriptors,  // once, when the session begins: for each open file of each process
};

// Which kernels need it.
enum class UseNeed : uint8_t {
    where_there,        // all that have it
    without_functions,  // those that grant no trampolines
    without_lengths,    // those whose sockets do not tell of what they have sent and received (before 6.3)
};

// What is noted there.
enum class UseKind : uint8_t {
    user,     // the current process uses the socket
    sending,  // it has sent, or is about to: the packets tell of the ends (`packet`)
    binding,  // it does, and the socket gets a local end
    state,    // TCP: the socket gets or loses its ends
    packet,   // a packet leaves: a socket whose port the kernel has chosen has got it
    release,  // the socket's ends are free for others
};
// Is it needed only for scripts that read whose packets are that have yet to find their socket?
constexpr bool is_of_ends(UseKind kind) { return kind != UseKind::user && kind != UseKind::sending; }

struct SocketUse {
    UsePoint point;
    std::string_view target;  // tracepoint or function; empty: the point says all
    int8_t argument = 0;      // that leads to the socket
    std::string_view path;    // from there; empty: it is the socket
    bool begins = false;      // of changes of the state: only connect() and listen(), which run in their process
    UseNeed need = UseNeed::where_there;
    UseKind kind = UseKind::user;
};

constexpr bool is_of_cgroup(UsePoint point) {
    return point == UsePoint::creation || point == UsePoint::bound4 || point == UsePoint::bound6 ||
           point == UsePoint::release;
}

std::span<const SocketUse> socket_uses();
// Tracepoints that packets pass before they have found their socket: whose they are is known by their ends.
std::span<const std::string_view> arrivals();
// "entry of inet_sendmsg"
std::string describe(const SocketUse& use);

}  // namespace probevue
