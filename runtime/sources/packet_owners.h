// Whose packets are: the process whose socket sends them, or is the one that they are for.
#pragma once

#include <optional>

#include "compiler/program/abi.h"
#include "runtime/sources/packet.h"

namespace probevue {

// Knows the sockets of this host while packets of its interfaces are read.
class PacketOwners {
public:
    virtual ~PacketOwners() = default;
    // By the ends of the packet, whose layers `parsed` has. Of one for this host, the process that receives it; of one
    // that this host sends, the process that sends it; where both are here, as on the loopback device, the receiver.
    // None: nobody is known, or, as of what is only forwarded, there is nobody.
    virtual std::optional<PacketOwner> find(const PacketView& packet, const PacketInterface& interface,
                                            const EngineContext& parsed) = 0;
};

}  // namespace probevue
