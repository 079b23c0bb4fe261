// Packets in packets: of tunnels, and those that errors quote.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "builtins/packet.h"
#include "runtime/sources/packet_bytes.h"

namespace probevue {

// What lies behind the headers of an IP packet.
struct IpPayload {
    uint8_t version = 0;   // of that packet's IP: 4 or 6
    uint8_t protocol = 0;  // behind AH and extension headers
    size_t at = 0;
};

// A packet in a packet.
struct InnerPacket {
    InnerKind kind = InnerKind::none;  // what carries it; none: there is none
    uint32_t number = 0;               // VNI of VXLAN and GENEVE, key of GRE, TEID of GTP-U; 0 without
    size_t at = 0;                     // where its IP header begins, whose first byte is there
    uint64_t length = 0;   // as that header says; 0 there: up to the end of what carries it, but of a quoted one 0
    IpPayload payload;     // what it carries
    bool reached = false;  // payload.at is known: no later fragment, no header on the way that is cut off
};

// The innermost IP packet that `outer` carries, most_inner_levels deep at the most. A packet is one whose first byte
// has the version that its carrier says, and whose header and length may be as long as they say (RFC 791: not less than
// 20 bytes). Tunnels over UDP are known by their destination port. What ends in the middle ends the way: the packet
// around it is the innermost. `bytes` keeps the ends that were found on the way.
//
// Not looked into: GRE with a source route (RFC 1701) or of version 1 (PPTP), VXLAN without a VNI, payloads that are
// neither IP nor Ethernet, MPLS or VLANs with IP in them.
InnerPacket innermost_packet(IpPayload outer, PacketBytes& bytes);

}  // namespace probevue
