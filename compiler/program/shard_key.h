// What the packets and events of a replay are told apart by when it is split into shards.
#pragma once

#include <cstdint>

namespace probevue {

// Both addresses: of either version of IP (`__pkt->src_addr`, and of events the ends of their socket), of one version
// alone (`__ip4hdr`, `__ip6hdr`), or of ARP. A header that is absent shows zeros.
enum class AddressSource : uint8_t { none, ip, ip4, ip6, arp };

// Both ports: of every transport that has them (`__pkt->src_port`), or of one alone (`__tcphdr`, `__udphdr`).
enum class PortSource : uint8_t { none, any, tcp, udp };

struct ShardKey {
    AddressSource addresses = AddressSource::ip;
    PortSource ports = PortSource::any;

    bool operator==(const ShardKey&) const = default;
};

}  // namespace probevue
