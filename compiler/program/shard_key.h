// What the packets and events of a replay are told apart by where it is cut into shards: plain data, filled for a
// script, or as it stands.
#pragma once

#include "builtins/packet_ends.h"

namespace probevue {

// The default has both directions of a connection in one shard.
struct ShardKey {
    AddressSource addresses = AddressSource::ip;
    PortSource ports = PortSource::any;

    bool operator==(const ShardKey&) const = default;
};

}  // namespace probevue
