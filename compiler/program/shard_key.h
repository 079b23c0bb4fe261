// What the packets and events of a replay are told apart by where it is cut into shards: plain data, filled for a
// script, or as it stands.
#pragma once

#include <cstdint>

namespace probevue {

// Where the two addresses come from, by the header variables that show them.
enum class AddressSource : uint8_t {
    none,  // addresses do not count
    ip,    // __pkt->src_addr and dst_addr: of either version; of events the ends of their socket
    ip4,   // __ip4hdr: of IPv4 alone
    ip6,   // __ip6hdr: of IPv6 alone
    arp,   // __arphdr->src_ip and dst_ip: sender's and target's
};

// Where the two ports come from.
enum class PortSource : uint8_t {
    none,  // ports do not count
    any,   // __pkt->src_port and dst_port: of TCP, UDP, UDP-Lite, SCTP and DCCP; of events as with AddressSource::ip
    tcp,   // __tcphdr alone
    udp,   // __udphdr alone
};

// The default has both directions of a connection in one shard.
struct ShardKey {
    AddressSource addresses = AddressSource::ip;
    PortSource ports = PortSource::any;

    bool operator==(const ShardKey&) const = default;
};

}  // namespace probevue
