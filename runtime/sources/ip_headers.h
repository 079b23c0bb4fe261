// Protocols of IP, and the headers that may stand between IP's and the transport's.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/sources/packet_bytes.h"

namespace probevue {

// IANA protocol numbers.
enum IpProtocol : uint8_t {
    hop_by_hop = 0,
    icmp4 = 1,
    igmp = 2,
    ip4_in_ip = 4,
    tcp = 6,
    udp = 17,
    dccp = 33,
    ip6_in_ip = 41,
    routing = 43,
    fragment = 44,
    gre = 47,
    authentication = 51,
    icmp6 = 58,
    no_next = 59,
    destination_options = 60,
    sctp = 132,
    mobility = 135,
    udp_lite = 136,
    host_identity = 139,
    shim6 = 140,
};

// Does its header begin with two ports?
constexpr bool has_ports(uint8_t protocol) {
    return protocol == tcp || protocol == udp || protocol == udp_lite || protocol == sctp || protocol == dccp;
}

// Offset and flags of a fragment of IPv4.
constexpr uint16_t fragment_offset_mask = 0x1fff;

// The way over the headers behind one IP header.
class ExtensionWalk {
public:
    explicit ExtensionWalk(PacketBytes& bytes) : bytes_(bytes) {}

    // Walks over the extension headers of IPv6; false when the transport's header is not in this packet, and then
    // `next` is the type of the header where the walk ended, or what later fragments are of.
    bool over(uint8_t& next, size_t& at) {
        for (int headers = 0; extends(next); headers++) {
            if (headers == most_extensions || !over_one(next, at)) return false;
        }
        return true;
    }

    // Of IPv4: AH alone is one.
    bool over_authentication(uint8_t& next, size_t& at) {
        while (next == authentication) {
            if (!over_one(next, at)) return false;
        }
        return true;
    }

    // The walk ended at a fragment that is not the first.
    bool later_fragment() const { return later_fragment_; }

private:
    // Real packets have four at the most. Where the walk ends at this bound, no transport is found.
    static constexpr int most_extensions = 256;

    // Is it the type of an extension header (RFC 8200, 4302, 6275, 7401, 5533)?
    static bool extends(uint8_t type) {
        switch (type) {
            case hop_by_hop:
            case routing:
            case fragment:
            case authentication:
            case destination_options:
            case mobility:
            case host_identity:
            case shim6:
                return true;
            default:
                return false;
        }
    }

    // Walks over one of type `next`; false when it is cut off, or the fragment is not the first.
    bool over_one(uint8_t& next, size_t& at) {
        const uint8_t* header = bytes_.at(at, 8);
        if (header == nullptr) return false;
        later_fragment_ = next == fragment && get16(header + 2) >> 3 != 0;
        if (next == fragment) {
            at += 8;  // its second byte is reserved
        } else {
            at += next == authentication ? (header[1] + size_t{2}) * 4 : (header[1] + size_t{1}) * 8;
        }
        next = header[0];
        return !later_fragment_;
    }

    PacketBytes& bytes_;
    bool later_fragment_ = false;
};

}  // namespace probevue
