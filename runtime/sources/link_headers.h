// Link headers other than plain Ethernet, and what stands between them and IP.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/sources/packet.h"
#include "runtime/sources/packet_bytes.h"

namespace probevue {

// Types of IEEE 802 (IANA, ieee-802-numbers).
enum EtherType : uint16_t {
    type_ip4 = 0x0800,
    type_arp = 0x0806,
    type_rarp = 0x8035,
    type_vlan = 0x8100,
    type_ip6 = 0x86dd,
    type_mpls = 0x8847,
    type_mpls_multicast = 0x8848,
    type_pppoe = 0x8864,
    type_provider_vlan = 0x88a8,  // IEEE 802.1ad
    type_backbone = 0x88e7,       // IEEE 802.1ah
    type_old_vlan = 0x9100,       // QinQ before 802.1ad
};

// What begins at an offset.
struct LinkPayload {
    enum class What : uint8_t {
        nothing,    // that we know
        addresses,  // Ethernet's, with the type somewhere behind: `type` is it, `at` where that begins
        ethernet,   // an Ethernet header
        cooked,     // what `type` says, of a frame whose Ethernet header the kernel has replaced
        typed,      // what `type` says, an EtherType
        ip,         // an IP packet of either version
    };
    What what = What::nothing;
    uint16_t type = 0;
    size_t at = 0;
    uint16_t vlan = 0;  // of a tag that the header swallowed
};

// What lies behind the link header of a packet. Headers that are not there whole give nothing.
LinkPayload link_payload(LinkKind kind, PacketBytes& bytes);

// Walks over what may stand between a link header and IP, which is what `type` says: VLAN tags, MPLS labels, PPPoE,
// 802.2 with and without SNAP, the inner frame of 802.1ah. `type` and `at` become those of what was reached; of frames
// that lead to nothing we know they stay those of the header that says so. `vlan` becomes the identifier of the
// outermost tag. False when a header on the way is cut off.
bool walk_to_network(uint16_t& type, size_t& at, uint64_t& vlan, PacketBytes& bytes);

}  // namespace probevue
