#include "builtins/packet.h"

#include <array>

#include "builtins/name_index.h"

namespace probevue {
namespace {

constexpr auto rows = std::to_array<ProtocolRow>({
    {"*", Protocol::any, "every packet that matches the filter; no header variables, only __pkt and __mdata"},
    {"ether", Protocol::ether, "every Ethernet frame"},
    {"arp", Protocol::arp, "address resolution (RFC 826)"},
    {"rarp", Protocol::rarp, "reverse address resolution (RFC 903)"},
    {"ipv4", Protocol::ipv4, "IPv4 (RFC 791)"},
    {"ipv6", Protocol::ipv6, "IPv6 (RFC 8200)"},
    {"tcp", Protocol::tcp, "TCP (RFC 9293) over IPv4 or IPv6"},
    {"udp", Protocol::udp, "UDP (RFC 768) over IPv4 or IPv6"},
    {"icmp4", Protocol::icmp4, "ICMP of IPv4 (RFC 792)"},
    {"icmp6", Protocol::icmp6, "ICMP of IPv6 (RFC 4443)"},
    {"igmp", Protocol::igmp, "group management of IPv4 (RFC 3376)"},
});
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
        default:
            return Layer::count;
    }
}

}  // namespace probevue
