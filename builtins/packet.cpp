#include "builtins/packet.h"

#include <algorithm>
#include <array>

#include "builtins/name_index.h"

namespace probevue {
namespace {

// What never carries a transport protocol. Of both versions of ICMP each belongs to one of IP.
#define NO_TRANSPORT "arp or rarp or sctp or pim or "

constexpr auto rows = std::to_array<ProtocolRow>({
    {"*", Protocol::any, "every packet that matches the filter; no header variables, only __pkt and __mdata"},
    {"ether", Protocol::ether, "every Ethernet frame"},
    {"arp", Protocol::arp, "address resolution (RFC 826)", "ip or ip6 or rarp"},
    {"rarp", Protocol::rarp, "reverse address resolution (RFC 903)", "ip or ip6 or arp"},
    {"ipv4", Protocol::ipv4, "IPv4 (RFC 791)", "ip6 or arp or rarp"},
    {"ipv6", Protocol::ipv6, "IPv6 (RFC 8200)", "ip or arp or rarp"},
    {"tcp", Protocol::tcp, "TCP (RFC 9293) over IPv4 or IPv6", NO_TRANSPORT "udp or icmp or icmp6 or igmp"},
    {"udp", Protocol::udp, "UDP (RFC 768) over IPv4 or IPv6", NO_TRANSPORT "tcp or icmp or icmp6 or igmp"},
    {"icmp4", Protocol::icmp4, "ICMP of IPv4 (RFC 792)", NO_TRANSPORT "ip6 or tcp or udp or igmp"},
    {"icmp6", Protocol::icmp6, "ICMP of IPv6 (RFC 4443)", NO_TRANSPORT "ip or tcp or udp"},
    {"igmp", Protocol::igmp, "group management of IPv4 (RFC 3376)", NO_TRANSPORT "ip6 or tcp or udp or icmp"},
    {"group", Protocol::group,
     "what hosts tell of groups, by IGMP or MLD: once for each group that a report or a leave names",
     NO_TRANSPORT "tcp or udp or icmp"},
});
#undef NO_TRANSPORT

constexpr auto by_name = index_by(rows);
static_assert(by_name.unique());

}  // namespace

std::span<const ProtocolRow> protocols() { return rows; }

const ProtocolRow* find_protocol(std::string_view name) { return by_name.find(name); }

Layer layer_of(PacketSlot slot) {
    switch (slot) {
        case PacketSlot::ether_type:
        case PacketSlot::vlan:
            return Layer::ether;
        case PacketSlot::ip6_protocol:
            return Layer::ip6;
        case PacketSlot::tcp_options_length:
            return Layer::tcp;
        case PacketSlot::igmp_version:
            return Layer::igmp;
        case PacketSlot::mld_version:
            return Layer::icmp6;
        default:
            return Layer::count;
    }
}

const ProtocolRow& protocol_row(Protocol protocol) {
    return *std::find_if(rows.begin(), rows.end(), [&](const ProtocolRow& row) { return row.protocol == protocol; });
}

}  // namespace probevue
