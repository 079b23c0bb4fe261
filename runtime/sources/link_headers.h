// Link headers other than plain Ethernet, and what stands between them and IP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "builtins/packet.h"
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

// What stands between a link header and the network's.
struct Between {
    uint16_t vlan = 0;           // identifier of the outermost tag
    uint16_t vlan_inner = 0;     // of the second
    uint8_t priority = 0;        // in the outermost
    uint16_t tags = 0;           // how many
    uint8_t encapsulations = 0;  // bits of Encapsulation

    void walked(Encapsulation over) {
        encapsulations = static_cast<uint8_t>(encapsulations | static_cast<uint8_t>(over));
    }
    // One more tag, by its control information (IEEE 802.1Q: priority, a bit, identifier).
    void tag(uint16_t control) {
        constexpr uint16_t identifier = 0xfff;
        walked(Encapsulation::vlan);
        if (tags == 0) {
            vlan = control & identifier;
            priority = static_cast<uint8_t>(control >> 13);
        } else if (tags == 1) {
            vlan_inner = control & identifier;
        }
        if (tags != 0xffff) ++tags;
    }
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
    std::optional<uint16_t> tag = {};  // control information of a VLAN tag that the header swallowed
};

// What lies behind the link header of a packet. Headers that are not there whole give nothing.
LinkPayload link_payload(LinkKind kind, PacketBytes& bytes);

// What Linux says in a cooked header (LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2; sll_pkttype of packet(7)).
PacketDirection cooked_direction(LinkKind kind, const PacketView& packet);
// The index of the interface that a packet came by, of LINKTYPE_LINUX_SLL2; none: the header is cut off.
std::optional<uint32_t> cooked_interface(const PacketView& packet);

// Walks over what may stand between a link header and IP, which is what `type` says: VLAN tags, MPLS labels, PPPoE,
// 802.2 with and without SNAP, the inner frame of 802.1ah. `type` and `at` become those of what was reached; of frames
// that lead to nothing we know they stay those of the header that says so. `between` tells what was walked over. False
// when a header on the way is cut off.
bool walk_to_network(uint16_t& type, size_t& at, Between& between, PacketBytes& bytes);

}  // namespace probevue
