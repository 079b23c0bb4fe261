// Packet layers, the protocols of `@@net:bpf` and where header members lie on the wire.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace probevue {

// Headers that the layer parser (runtime/sources/layers) finds in a packet. Compiled code reads fields through a
// pointer per layer; a layer that is absent, or cut off by a short capture, points to zeros. ARP is normalised to
// 6-byte hardware and 4-byte protocol addresses, IGMP to messages with a group (zero where there is none), so that rows
// need no conditions.
//
// Some "layers", from `ports` on, are parts of a header that are there in some of its messages only.
enum class Layer : uint8_t {
    ether,
    arp,
    ip4,
    ip6,
    tcp,
    udp,
    icmp4,
    icmp6,
    igmp,
    ports,               // the first four bytes of TCP, UDP, UDP-Lite, SCTP and DCCP: both ports
    icmp4_echo,          // an ICMP header whose second word is identifier and sequence number (RFC 792, RFC 950)
    icmp4_unfragmented,  // one that says that a fragment is needed (RFC 1191)
    icmp4_redirect,      // one that names a better gateway
    icmp6_echo,          // the same of ICMPv6 (RFC 4443)
    icmp6_too_big,       // packet too big
    icmp6_target,        // neighbour discovery about an address: solicitation, advertisement, redirect (RFC 4861)
    igmp_query,          // a query of version 3, with a number of sources (RFC 3376)
    igmp_report,         // a report of version 3, with a number of records
    mld_group,           // a message of MLD that is about one address: query, report, done (RFC 2710)
    mld_query,           // a query of version 2, with a number of sources (RFC 3810)
    mld_report,          // a report of version 2, with a number of records
    group4,              // the group that protocol `group` fires for: its address alone, of IPv4
    group6,              // of IPv6
    // Options of TCP, each from its first byte: kind, length, value.
    tcp_mss,           // maximum segment size (RFC 9293)
    tcp_window_scale,  // RFC 7323
    tcp_sack_allowed,  // RFC 2018
    tcp_sack,          // blocks that have arrived (RFC 2018)
    tcp_timestamps,    // RFC 7323
    // Of the innermost packet in the packet.
    inner_ip4,    // its header of IPv4
    inner_ip6,    // of IPv6
    inner_ports,  // the first four bytes of its transport, where that has ports
    count
};

// Values that the layer parser computes because no fixed field of a header holds them.
enum class PacketSlot : uint8_t {
    ether_type,    // inner type, behind VLAN tags
    vlan,          // VLAN identifier of the outermost tag, 0 when there is none
    ip6_protocol,  // transport protocol behind the extension headers
    ip_version,    // 4 or 6, 0 when there is no IP header
    ip_len,        // bytes of the IP packet: as its header says, or up to the end on the wire where that is 0
    ip_payload,    // bytes of it behind its header and extension headers
    ip4_start,     // address of the IPv4 header in the packet, 0 when there is none
    ip6_start,     // of the IPv6 header
    wire_length,   // bytes on the wire, link header included
    captured,      // of them in the capture
    // From here on: found only for scripts that ask (depth_of).
    vlan_inner,          // VLAN identifier of the second tag
    vlan_priority,       // of the outermost tag, 0 to 7
    vlan_tags,           // how many tags
    encapsulation,       // what was walked over between link header and network: bits of Encapsulation
    ip_protocol,         // of either version, behind AH and extension headers; 0 without an IP header
    network_start,       // address of the header of IP or ARP, 0 when there is none
    transport_start,     // address of what lies behind the headers of IP, 0 where that is in another fragment
    payload_start,       // address of what lies behind the transport's header
    payload_length,      // bytes of that, by the headers
    tcp_options_length,  // bytes of them in the header of TCP
    igmp_version,        // of IGMP: 1, 2 or 3; 0 for messages of none of them
    mld_version,         // of MLD: 1 or 2; 0 for other messages of ICMPv6
    group_records,       // address of the records of a report of IGMPv3 or MLDv2, 0 where there are none
    group_records_size,  // bytes from there to the end of the message, whether they were captured or not
    group_type,          // of the group that protocol `group` fires for: type of its record
    group_sources,       // how many sources the record says that it has
    group_number,        // of the record in its message, from 0
    inner_kind,          // what carries the innermost packet: InnerKind
    inner_number,        // which tunnel, as the header that carries it says; 0 where it does not
    inner_version,       // of its IP header: 4 or 6; 0 without a packet in the packet, as all of these
    inner_protocol,      // its transport, behind AH and extension headers
    inner_length,        // bytes of it, as its IP header says
    count
};

// How far a packet is to be parsed: what lies deeper costs time for every packet, and few scripts read it.
enum class PacketDepth : uint8_t { headers, details, options, inner };
constexpr PacketDepth depth_of(Layer layer) {
    if (layer >= Layer::inner_ip4) return PacketDepth::inner;
    if (layer >= Layer::tcp_mss) return PacketDepth::options;
    return layer >= Layer::icmp4_echo ? PacketDepth::details : PacketDepth::headers;
}
constexpr PacketDepth depth_of(PacketSlot slot) {
    if (slot >= PacketSlot::inner_kind) return PacketDepth::inner;
    return slot >= PacketSlot::vlan_inner ? PacketDepth::details : PacketDepth::headers;
}

// The header that a value is of; `count`: of the packet itself.
Layer layer_of(PacketSlot slot);

// A field of a header on the wire, network byte order. value = ((raw >> shift) & mask) << scale.
struct PacketField {
    Layer layer = Layer::ether;
    uint8_t offset = 0;  // bytes from the header's first
    uint8_t width = 0;   // bytes: 1, 2, 4 (integers), 6 (mac), 4 or 16 (ip)
    uint8_t shift = 0;
    uint8_t scale = 0;
    uint32_t mask = 0xffffffff;

    bool operator==(const PacketField&) const = default;
};

// What both versions of IP have: of the header that is there; of an absent one fields are zero, addresses 0.0.0.0.
struct EitherVersion {
    PacketField ip4;
    PacketField ip6;

    bool operator==(const EitherVersion&) const = default;
    // That of a version, 4 or 6.
    const PacketField& of(uint64_t version) const { return version == 6 ? ip6 : ip4; }
    // Where it stands which one is there.
    PacketSlot version() const {
        return ip4.layer == Layer::inner_ip4 ? PacketSlot::inner_version : PacketSlot::ip_version;
    }
};

// What may stand between the link header and the network's, as bits (ENCAP_*).
enum class Encapsulation : uint8_t {
    vlan = 1,       // tags of IEEE 802.1Q, 802.1ad and before
    mpls = 2,       // labels (RFC 3032)
    pppoe = 4,      // a session (RFC 2516)
    llc = 8,        // IEEE 802.2 in a frame with a length, with or without SNAP
    backbone = 16,  // a frame in a frame, IEEE 802.1ah
};
constexpr uint64_t all_encapsulations = 31;

// What carries a packet in a packet (INNER_*).
enum class InnerKind : uint8_t {
    none,
    gre,     // RFC 2784 and 2890, with NVGRE (RFC 7637)
    ipip,    // IP in IP, of either version in either (RFC 2003, 2473, 4213)
    vxlan,   // RFC 7348
    geneve,  // RFC 8926
    gtpu,    // user data of mobile networks (3GPP TS 29.281)
    quoted,  // an error of ICMP (RFC 792) or ICMPv6 (RFC 4443) that says which packet it is about
};
// How many packets in packets are looked into: the innermost of them is shown.
inline constexpr int most_inner_levels = 8;

// The name of the protocol whose number a field of an IP header has (NameSet::ip_protocol); empty without that header.
struct ProtocolNameOf {
    PacketField number;
};

// Whither a packet goes, as seen from the host that captured it (PKT_*).
enum class PacketDirection : uint8_t {
    unknown,
    in,     // for the host, for a group or for all
    out,    // sent by the host
    other,  // for another host
};

// What a record of IGMPv3 (RFC 3376, 4.2.12) or MLDv2 (RFC 3810, 5.2.12) tells of a group (IGMPV3_*, MLD2_*).
enum class GroupRecordType : uint8_t {
    none,
    is_include,
    is_exclude,
    to_include,
    to_exclude,
    allow_sources,
    block_sources,
};

// Bytes of a packet, as far as they are told: no link carries longer ones, and a file that says more is damaged. Fits
// an int, so that lengths can be printed with `%d`.
constexpr uint32_t longest_packet = 0x7fffffff;

// The bits that the values may have: of a field, of a computed value (one that fills its type has all of them).
constexpr uint64_t possible_bits(const PacketField& field) {
    const uint64_t raw = field.width >= 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * field.width)) - 1;
    return ((raw >> field.shift) & field.mask) << field.scale;
}
constexpr uint64_t possible_bits(PacketSlot slot) {
    switch (slot) {
        case PacketSlot::ether_type:
            return 0xffff;
        case PacketSlot::vlan:
        case PacketSlot::vlan_inner:
            return 0xfff;
        case PacketSlot::ip6_protocol:
        case PacketSlot::ip_protocol:
        case PacketSlot::inner_protocol:
        case PacketSlot::group_type:
            return 0xff;
        case PacketSlot::vlan_priority:
            return 7;
        case PacketSlot::tcp_options_length:
            return 60;  // with the 20 bytes of the header
        case PacketSlot::igmp_version:
        case PacketSlot::mld_version:
            return 3;
        case PacketSlot::vlan_tags:
        case PacketSlot::group_sources:
        case PacketSlot::group_number:
            return 0xffff;
        case PacketSlot::encapsulation:
            return all_encapsulations;
        case PacketSlot::ip_version:
        case PacketSlot::inner_version:
        case PacketSlot::inner_kind:
            return 7;  // 0, 4 or 6; INNER_QUOTED is 6
        case PacketSlot::inner_number:
            return 0xffffffff;
        case PacketSlot::ip_len:
        case PacketSlot::ip_payload:
        case PacketSlot::payload_length:
        case PacketSlot::group_records_size:
        case PacketSlot::inner_length:
        case PacketSlot::wire_length:
        case PacketSlot::captured:
            return longest_packet;
        case PacketSlot::ip4_start:
        case PacketSlot::ip6_start:
        case PacketSlot::network_start:
        case PacketSlot::transport_start:
        case PacketSlot::payload_start:
        case PacketSlot::group_records:
        case PacketSlot::count:
            break;
    }
    return ~uint64_t{0};
}

constexpr uint64_t possible_bits(const EitherVersion& either) {
    return possible_bits(either.ip4) | possible_bits(either.ip6);
}

// The fourth field of the tuple. Values are bits, so that a set of protocols is a mask.
enum class Protocol : uint16_t {
    any = 1 << 0,  // `*`
    ether = 1 << 1,
    arp = 1 << 2,
    rarp = 1 << 3,
    ipv4 = 1 << 4,
    ipv6 = 1 << 5,
    tcp = 1 << 6,
    udp = 1 << 7,
    icmp4 = 1 << 8,
    icmp6 = 1 << 9,
    igmp = 1 << 10,
    group = 1 << 11,  // what hosts tell of groups; a clause runs once for each that a message tells of
};
using ProtocolSet = uint16_t;

struct ProtocolRow {
    std::string_view name;
    Protocol protocol;
    std::string_view doc;
    // A tcpdump filter for packets that never carry it, whatever the link: by it a clause is found that never fires.
    // Link types of tags, labels and sessions, and protocols that hold another packet, are none of them. Empty: no
    // packet is known not to.
    std::string_view others = {};
};

// Bytes that hold any name of a protocol over IP (NameSet::ip_protocol), with a NUL.
inline constexpr uint16_t protocol_name_size = 16;

std::span<const ProtocolRow> protocols();
const ProtocolRow* find_protocol(std::string_view name);
const ProtocolRow& protocol_row(Protocol protocol);

}  // namespace probevue
