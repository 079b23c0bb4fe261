// Private to runtime/sources: packets that interfaces and their drivers dropped, as the kernel counts them. libpcap
// reads these figures in /sys, which shows the interfaces of the network namespace that it was mounted in, and only for
// promiscuous handles.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "builtins/base/result.h"
#include "runtime/sources/handle.h"

namespace probevue {

class InterfaceDrops {
public:
    // Of the interface with this index in the network namespace that the thread is in; 0: of all interfaces there. It
    // stays with that namespace. Errors: run_time when the kernel does not tell.
    static Result<InterfaceDrops> open(uint32_t interface);

    // `socket` answers as an rtnetlink socket does.
    InterfaceDrops(Handle socket, uint32_t interface) : socket_(std::move(socket)), interface_(interface) {}

    // Counts from now on.
    Status start();
    // Since start(): packets that the device had no room for or missed. Interfaces that are gone count as they did when
    // they were last seen; if the kernel does not answer, all do.
    uint64_t count();

private:
    struct Figure {
        uint64_t at_start = 0;
        uint64_t now = 0;
    };

    Status read();
    Result<bool> take_answer();  // true: it was the last part of it

    Handle socket_;
    uint32_t interface_;
    uint32_t sequence_ = 0;
    std::map<uint32_t, Figure> figures_;  // by interface
};

}  // namespace probevue
