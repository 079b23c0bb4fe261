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
    descriptors,  // once, when the session begins: for each open file of each process
};

// Which kernels need it.
enum class UseNeed : uint8_t {
    where_there,        // all that have it
    without_functions,  // those that grant no trampolines
    without_lengths,    // those whose sockets do not tell of what they have sent and received (before 6.3)
};

struct SocketUse {
    UsePoint point;
    std::string_view target;  // tracepoint or function; empty: the point says all
    int8_t argument = 0;      // that leads to the socket
    std::string_view path;    // from there; empty: it is the socket
    bool begins = false;      // of changes of the state: only connect() and listen(), which run in their process
    UseNeed need = UseNeed::where_there;
};

std::span<const SocketUse> socket_uses();
// "entry of inet_sendmsg"
std::string describe(const SocketUse& use);

}  // namespace probevue
