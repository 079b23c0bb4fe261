// Headers of packets, where a hook hands over a packet buffer: behind the roots, before fields are read.
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>

#include <initializer_list>
#include <string_view>

#include "builtins/base/address.h"
#include "compiler/hooks/conditions.h"

namespace probevue {

using ir::Cond;
using ir::Op;
using ir::Operand;

namespace {

// Of net_device.priv_flags: the device is a member of another one (netdev_priv_flags, include/linux/netdevice.h).
struct MemberFlag {
    std::string_view name;
    int64_t number;  // in kernels whose type information lacks the names, as no type refers to them: before 6.12
};
constexpr MemberFlag bridge_port{"IFF_BRIDGE_PORT", 1 << 9};
constexpr MemberFlag team_port{"IFF_TEAM_PORT", 1 << 13};

// Leaves unless the packet is one of IP, and its device no member of another one, which it also goes through. Gives the
// device.
KernelPointer only_ip(Hook& hook, std::initializer_list<MemberFlag> members) {
    KernelCode& code = hook.code();
    const KernelPointer packet = hook.thing(View::skb);
    const ir::Label is_ip = code.label();
    const Operand protocol = code.swap(hook.read(packet, "sk_buff.protocol"), 2);
    code.branch(Cond::eq, protocol, number(ETH_P_IP), is_ip);
    hook.reject_if(Cond::ne, protocol, number(ETH_P_IPV6));
    code.place(is_ip);
    int64_t flags = 0;
    for (const MemberFlag& member : members)
        flags |= hook.facts().enumerator("netdev_priv_flags", member.name).value_or(member.number);
    const KernelPointer device = hook.follow(packet, "sk_buff.dev");
    hook.reject_if(Cond::ne, code.binary(Op::and_, hook.read(device, "net_device.priv_flags"), number(flags)),
                   number(0));
    return device;
}

}  // namespace

// A bit of its own up to 6.1; then a tag is what is not 0 (skb_vlan_tag_present(), include/linux/if_vlan.h).
Operand vlan_tag(Hook& hook, KernelPointer packet) {
    const bool has_bit = hook.facts().resolve("sk_buff.vlan_present").has_value();
    return hook.read(packet, has_bit ? "sk_buff.vlan_present" : "sk_buff.vlan_all");
}

void packet_ends(Hook& hook, KernelPlace network, EventField local, EventField remote) {
    KernelCode& code = hook.code();
    const ir::Slot to = code.slot(sizeof(IpAddress), "local");
    const ir::Slot from = code.slot(sizeof(IpAddress), "remote");
    write_packet_end(code, network, true, code.in_slot(from));
    write_packet_end(code, network, false, code.in_slot(to));
    if (local != EventField::count) hook.slots[local] = to;
    hook.slots[remote] = from;
}

void packet_addresses(Hook& hook) {
    KernelCode& code = hook.code();
    const KernelPointer packet = hook.argument_of_type("sk_buff");
    const ir::Slot network = hook.header(packet, "sk_buff.network_header");
    packet_ends(hook, code.in_slot(network), EventField::local_addr, EventField::remote_addr);
    const ir::Slot transport = hook.header(packet, "sk_buff.transport_header");
    hook.values[EventField::remote_port] = code.swap(code.load(code.in_slot(transport), 2), 2);
}

void skip_extension_headers(Hook& hook, ir::Reg begin, ir::Reg next, const ReadPacket& read,
                            std::initializer_list<int64_t> transports, ir::Label none) {
    constexpr int64_t hop_by_hop = 0;
    constexpr int64_t routing = 43;
    constexpr int64_t fragment = 44;
    constexpr int64_t authentication = 51;
    constexpr int64_t destination = 60;
    constexpr int64_t mobility = 135;
    constexpr int64_t place = 0xfff9;  // of a fragment: where it begins, and whether more follow
    KernelCode& code = hook.code();
    const ir::Label found = code.label();
    const ir::Slot header = code.slot(8, "extension");
    for (int i = 0; i < most_extension_headers; ++i) {
        const ir::Label known = code.label();
        const ir::Label in_eights = code.label();
        const ir::Label in_fours = code.label();
        const ir::Label skipped = code.label();
        for (const int64_t one : transports) code.branch(Cond::eq, Operand::of(next), number(one), found);
        for (const int64_t one : {hop_by_hop, routing, fragment, authentication, destination, mobility})
            code.branch(Cond::eq, Operand::of(next), number(one), known);
        code.jump(none);
        code.place(known);
        read(Operand::of(begin), header, 4);
        const Operand length = code.load(code.in_slot(header, 1), 1);
        code.branch(Cond::eq, Operand::of(next), number(authentication), in_fours);
        code.branch(Cond::ne, Operand::of(next), number(fragment), in_eights);
        const Operand part = code.binary(Op::and_, code.swap(code.load(code.in_slot(header, 2), 2), 2), number(place));
        code.branch(Cond::ne, part, number(0), none);
        code.set(begin, code.binary(Op::add, Operand::of(begin), number(8)));
        code.jump(skipped);
        code.place(in_eights);
        const Operand eights = code.binary(Op::shl, code.binary(Op::add, length, number(1)), number(3));
        code.set(begin, code.binary(Op::add, Operand::of(begin), eights));
        code.jump(skipped);
        code.place(in_fours);
        const Operand fours = code.binary(Op::shl, code.binary(Op::add, length, number(2)), number(2));
        code.set(begin, code.binary(Op::add, Operand::of(begin), fours));
        code.place(skipped);
        code.set(next, code.load(code.in_slot(header), 1));
    }
    for (const int64_t one : transports) code.branch(Cond::eq, Operand::of(next), number(one), found);
    code.jump(none);
    code.place(found);
}

// Netfilter delivers packets of all protocols, of IPv4 put together from their fragments, of IPv6 with all their
// extension headers: ip_local_deliver() (net/ipv4/ip_input.c), ip6_input() (net/ipv6/ip6_input.c). There
// sk_buff.transport_header is what follows the IPv6 header itself.
void delivered4(Hook& hook) {
    const ir::Slot network = hook.header(hook.thing(View::received), "sk_buff.network_header");
    const KernelPlace protocol = hook.code().in_slot(network, ip4_protocol_at);
    hook.reject_if(Cond::ne, hook.code().load(protocol, 1), number(protocol_tcp));
}

void delivered6(Hook& hook) {
    KernelCode& code = hook.code();
    const KernelPointer packet = hook.thing(View::received);
    const ir::Slot network = hook.header(packet, "sk_buff.network_header");
    const Operand head =
        code.binary(Op::add, hook.follow(packet, "sk_buff.head").value, hook.read(packet, "sk_buff.network_header"));
    const auto read = [&](Operand at, ir::Slot to, int64_t bytes) {
        hook.read_bytes(code.in_slot(to), code.binary(Op::add, head, at), static_cast<uint32_t>(bytes));
    };
    const ir::Reg begin = code.reg();
    const ir::Reg next = code.reg();
    code.set(begin, number(ip6_header_size));
    code.set(next, code.load(code.in_slot(network, ip6_next_header_at), 1));
    skip_extension_headers(hook, begin, next, read, {protocol_tcp}, hook.rejected());
    if (!hook.wanted.contains(EventField::local_port) && !hook.wanted.contains(EventField::remote_port)) return;
    const ir::Slot ports = code.slot(8, "ports");
    read(Operand::of(begin), ports, 4);
    hook.values[EventField::remote_port] = code.swap(code.load(code.in_slot(ports), 2), 2);
    hook.values[EventField::local_port] = code.swap(code.load(code.in_slot(ports, 2), 2), 2);
}

// What the kernel asks first (net/ipv4/tcp_ipv4.c, tcp_v4_send_reset(), and its sibling): a reset is never answered.
void no_reset(Hook& hook) {
    KernelCode& code = hook.code();
    const ir::Slot transport = hook.header(hook.thing(View::received), "sk_buff.transport_header");
    const Operand flags = code.load(code.in_slot(transport, tcp_flags_at), 1);
    hook.reject_if(Cond::ne, code.binary(Op::and_, flags, number(tcp_flag_rst)), number(0));
}

// As ip_rcv() asks first (net/ipv4/ip_input.c): what is for another host, and came since a device listens to all, is
// dropped. A bridge hands what is for this host in once more, as its own.
void ip_received(Hook& hook) {
    only_ip(hook, {bridge_port});
    hook.reject_if(Cond::eq, hook.read(hook.thing(View::skb), "sk_buff.pkt_type"), number(PACKET_OTHERHOST));
}

// A packet goes through the queue of a bridge, a bond, a team or a VLAN before that of the device under it: the first
// one counts, which is the one that it was routed to. With a tag it has been at the VLAN's.
void ip_sent(Hook& hook) {
    KernelCode& code = hook.code();
    const KernelPointer device = only_ip(hook, {bridge_port, team_port});
    hook.reject_if(Cond::ne, code.binary(Op::and_, hook.read(device, "net_device.flags"), number(IFF_SLAVE)),
                   number(0));
    hook.reject_if(Cond::ne, vlan_tag(hook, hook.thing(View::skb)), number(0));
}

// While a packet waits in a queue of a socket, other things may lie where it points to its device (sk_buff.dev is in a
// union: dev_scratch of UDP, links of trees and lists). What it points to is a device if that one's name points back.
void dropped_device(Hook& hook) {
    KernelCode& code = hook.code();
    // From now on its pointers are numbers to the verifier, which takes them for what the types say.
    hook.set_thing(View::dropped, {hook.thing(View::dropped).value, 0});
    const KernelPointer pointed = hook.follow(hook.thing(View::dropped), "sk_buff.dev");
    const ir::Reg device = code.reg();
    const ir::Label known = code.label();
    code.set(device, pointed.value);
    const KernelPointer name = hook.follow(pointed, "net_device.name_node");
    code.branch(Cond::eq, hook.follow(name, "netdev_name_node.dev").value, Operand::of(device), known);
    code.set(device, number(0));
    code.place(known);
    hook.set_thing(View::device, {Operand::of(device), 0});
}

}  // namespace probevue
