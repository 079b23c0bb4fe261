// The other side: what a packet that has just arrived says of its ends, and who is noted under them.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include "compiler/hooks/conditions.h"
#include "compiler/hooks/ends.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Op;
using ir::Operand;

constexpr int32_t local_at = offsetof(SocketEnds, local);
constexpr int32_t remote_at = offsetof(SocketEnds, remote);
constexpr int32_t udp_header = 8;        // bytes
constexpr int32_t transport_bytes = 16;  // up to the flags of TCP

// Reads the packet's headers, and looks its ends up.
class Arrival {
public:
    Arrival(Hook& hook, KernelPointer packet, ir::Label unknown)
        : hook_(hook), code_(hook.code()), packet_(packet), unknown_(unknown) {}

    Operand find();

private:
    // Bytes that can be read, be it in a copy.
    struct Header {
        KernelPlace begin;
        bool copied = true;
        Operand load(KernelCode& code, int32_t offset, uint8_t width) const {
            return code.load({begin.base, begin.offset + offset}, width);
        }
    };

    Header header(Operand begin, std::string_view structure, int32_t in_copy);
    void read_ends();
    void read_ip4();
    void read_ip6();
    void read_ports(Operand begin, int32_t usual);
    void write_ports(Operand both);
    Operand mapped(Operand address);
    void look_up(uint32_t map, ir::Label have);
    void of_connection(ir::Label have);
    void of_any_address(ir::Label have);
    void leave_if_unknown(size_t ports, ir::Label none);
    void only_of_own_address();
    void only_of_own_ip4(KernelPointer device, ir::Label own);
    void only_of_own_ip6(Operand device, ir::Label own);
    KernelPlace key(size_t offset) { return code_.in_slot(key_, static_cast<int32_t>(offset)); }
    Operand loaded(uint32_t map) {
        return code_.call(BPF_FUNC_map_lookup_elem, {code_.map(map), code_.address(key(0))});
    }

    Hook& hook_;
    KernelCode& code_;
    KernelPointer packet_;
    ir::Label unknown_;
    ir::Slot key_ = 0;
    ir::Slot copy_ = 0;        // of the headers, where they cannot be read in their place
    ir::Reg destination_ = 0;  // of a packet of IPv4
    ir::Reg local_port_ = 0;   // network byte order
    ir::Reg found_ = 0;        // address of the EndsOwner
    ir::Reg version6_ = 0;     // 1: of IPv6
    ir::Reg protocol_ = 0;
    ir::Reg flags_ = 0;  // of TCP
    Operand first_;      // sk_buff.data: here the header of IP begins
    Operand linear_;     // bytes from there that lie in one piece
};

// Read by loads where the kernel takes our word for what lies there, else in the copy of the headers.
Arrival::Header Arrival::header(Operand begin, std::string_view structure, int32_t in_copy) {
    const KernelPointer typed = hook_.typed(begin, structure);
    if (typed.known != 0) return {{typed.value, 0}, false};
    return {code_.in_slot(copy_, in_copy)};
}

void Arrival::read_ip4() {
    constexpr int32_t fragment_at = 6;
    constexpr int64_t fragment_offset = 0x1fff;
    code_.branch(Cond::ult, linear_, number(ip4_header_size), unknown_);
    code_.set(version6_, number(0));
    const Header ip = header(first_, "iphdr", 0);
    // Fragments but the first have no ports.
    const Operand fragment = code_.swap(ip.load(code_, fragment_at, 2), 2);
    code_.branch(Cond::ne, code_.binary(Op::and_, fragment, number(fragment_offset)), number(0), unknown_);
    code_.set(protocol_, ip.load(code_, ip4_protocol_at, 1));
    code_.set(destination_, ip.load(code_, ip4_destination_at, 4));
    for (const auto& [to, address] :
         {std::pair(local_at, Operand::of(destination_)), std::pair(remote_at, ip.load(code_, ip4_source_at, 4))}) {
        code_.store(key(static_cast<size_t>(to)), 8, number(0));
        code_.store(key(static_cast<size_t>(to) + 8), 8, mapped(address));
    }
    read_ports(code_.binary(Op::shl, code_.binary(Op::and_, ip.load(code_, 0, 1), number(15)), number(2)),
               ip4_header_size);
}

// The second half of an IPv4 address's mapped one.
Operand Arrival::mapped(Operand address) {
    return code_.binary(Op::or_, code_.binary(Op::shl, address, number(32)),
                        code_.result({.op = Op::constant, .a = number(static_cast<int64_t>(mapped_prefix()))}));
}

void Arrival::read_ip6() {
    code_.branch(Cond::ult, linear_, number(ip6_header_size), unknown_);
    code_.set(version6_, number(1));
    code_.set(destination_, number(0));
    const Header ip = header(first_, "ipv6hdr", 0);
    code_.set(protocol_, ip.load(code_, ip6_next_header_at, 1));
    for (const auto& [to, from] : {std::pair(local_at, ip6_destination_at), std::pair(remote_at, ip6_source_at)}) {
        for (const int32_t half : {0, 8})
            code_.store(key(static_cast<size_t>(to + half)), 8, ip.load(code_, from + half, 8));
    }
    const ir::Reg begin = code_.reg();
    code_.set(begin, number(ip6_header_size));
    const auto read = [&](Operand at, ir::Slot to, int64_t bytes) {
        code_.branch(Cond::ult, linear_, code_.binary(Op::add, at, number(bytes)), unknown_);
        hook_.read_bytes(code_.in_slot(to), code_.binary(Op::add, first_, at), static_cast<uint32_t>(bytes));
    };
    skip_extension_headers(hook_, begin, protocol_, read, {IPPROTO_TCP, IPPROTO_UDP}, unknown_);
    read_ports(Operand::of(begin), ip6_header_size);
}

// `begin` is where the transport header begins, which has been copied with the one of IP if that is `usual` bytes long.
void Arrival::read_ports(Operand begin, int32_t usual) {
    const ir::Label has_ports = code_.label();
    code_.branch(Cond::eq, Operand::of(protocol_), number(IPPROTO_TCP), has_ports);
    code_.branch(Cond::ne, Operand::of(protocol_), number(IPPROTO_UDP), unknown_);
    code_.place(has_ports);
    // Headers that lie in pages elsewhere are not looked for.
    code_.branch(Cond::ult, linear_, code_.binary(Op::add, begin, number(udp_header)), unknown_);
    // Where it is one of UDP, what lies in the place of the flags is still the packet's memory.
    const Operand at = code_.binary(Op::add, first_, begin);
    const Header transport = header(at, "tcphdr", usual);
    if (transport.copied) {
        const ir::Label copied = code_.label();
        code_.branch(Cond::eq, begin, number(usual), copied);
        hook_.read_bytes(transport.begin, at, transport_bytes);
        code_.place(copied);
    }
    code_.set(local_port_, transport.load(code_, 2, 2));
    const Operand remote = code_.binary(Op::shl, transport.load(code_, 0, 2), number(16));
    write_ports(code_.binary(Op::or_, Operand::of(local_port_), remote));
    code_.set(flags_, transport.load(code_, tcp_flags_at, 1));
}

// Words are stored as they are read again: what the look-up reads in one piece must not have been put together there.
void Arrival::write_ports(Operand both) { code_.store(key(offsetof(SocketEnds, local_port)), 8, both); }

// At these hooks sk_buff.data stands behind the link header, and network_header is yet to be set. What is for another
// host, for a group or for all, or has a tag of a VLAN, is for sockets that its ends do not tell.
void Arrival::read_ends() {
    const ir::Label six = code_.label();
    const ir::Label four = code_.label();
    const ir::Label known = code_.label();
    code_.branch(Cond::ne, hook_.read(packet_, "sk_buff.pkt_type"), number(PACKET_HOST), unknown_);
    code_.branch(Cond::ne, vlan_tag(hook_, packet_), number(0), unknown_);
    first_ = hook_.read(packet_, "sk_buff.data");
    linear_ = code_.binary(Op::sub, hook_.read(packet_, "sk_buff.len"), hook_.read(packet_, "sk_buff.data_len"));
    // What lies behind a short header is still the packet's memory.
    if (header(first_, "iphdr", 0).copied)
        hook_.read_bytes(code_.in_slot(copy_), first_, ip6_header_size + transport_bytes);
    const Operand type = code_.swap(hook_.read(packet_, "sk_buff.protocol"), 2);
    code_.branch(Cond::eq, type, number(ETH_P_IP), four);
    code_.branch(Cond::eq, type, number(ETH_P_IPV6), six);
    code_.jump(unknown_);
    code_.place(four);
    read_ip4();
    code_.jump(known);
    code_.place(six);
    read_ip6();
    code_.place(known);
    const Operand protocol = code_.binary(Op::shl, Operand::of(protocol_), number(32));
    code_.store(key(0), 8, code_.binary(Op::or_, protocol, network_of(hook_)));
}

void Arrival::look_up(uint32_t map, ir::Label have) {
    code_.set(found_, loaded(map));
    code_.branch(Cond::ne, Operand::of(found_), number(0), have);
}

// Has no entry with the packet's local port ever been written? `ports`: which member of KnownPorts says so.
void Arrival::leave_if_unknown(size_t ports, ir::Label none) {
    const KernelPlace known = code_.map_value(hook_.maps().ports(), static_cast<int32_t>(ports));
    const Operand port = code_.binary(Op::and_, Operand::of(local_port_), number(0xffff));
    code_.branch(Cond::eq, code_.load({code_.binary(Op::add, known.base, port), 0}, 1), number(0), none);
}

// A request is for who listens, also where a connection with these ends is over. What else comes for one that is over
// was sent to it, as long as the kernel itself waits for such packets.
void Arrival::of_connection(ir::Label have) {
    constexpr int64_t kept_ns = 60'000'000'000;  // TCP_TIMEWAIT_LEN (include/net/tcp.h)
    const ir::Label live = code_.label();
    const ir::Label over = code_.label();
    code_.branch(Cond::ne, Operand::of(protocol_), number(IPPROTO_TCP), live);
    const Operand opening = code_.binary(Op::and_, Operand::of(flags_), number(tcp_flag_syn | tcp_flag_ack));
    code_.branch(Cond::eq, opening, number(tcp_flag_syn), over);
    code_.place(live);
    look_up(hook_.maps().ends(), have);
    code_.branch(Cond::ne, Operand::of(protocol_), number(IPPROTO_TCP), over);
    code_.set(found_, loaded(hook_.maps().ended()));
    code_.branch(Cond::eq, Operand::of(found_), number(0), over);
    const Operand age = code_.binary(Op::sub, code_.call(BPF_FUNC_ktime_get_ns, {}),
                                     code_.load({Operand::of(found_), offsetof(EndsOwner, ended_ns)}, 8));
    const Operand limit = code_.result({.op = Op::constant, .a = number(kept_ns)});
    code_.branch(Cond::ult, age, limit, have);
    code_.place(over);
}

// Sockets that take what is for any address of this host; those of IPv6 may take IPv4 as well.
void Arrival::of_any_address(ir::Label have) {
    const ir::Label six = code_.label();
    const ir::Label own = code_.label();
    code_.branch(Cond::ne, Operand::of(version6_), number(0), six);
    code_.store(key(local_at + 8), 8, mapped(number(0)));
    look_up(hook_.maps().ends(), own);
    code_.store(key(local_at + 8), 8, number(0));
    code_.set(found_, loaded(hook_.maps().ends()));
    code_.branch(Cond::eq, Operand::of(found_), number(0), unknown_);
    code_.branch(Cond::eq, code_.load({Operand::of(found_), offsetof(EndsOwner, six_only)}, 4), number(0), own);
    code_.jump(unknown_);
    code_.place(six);
    code_.zero(key(local_at), 16);
    code_.set(found_, loaded(hook_.maps().ends()));
    code_.branch(Cond::eq, Operand::of(found_), number(0), unknown_);
    code_.place(own);
    only_of_own_address();
    code_.jump(have);
}

// Nothing has been routed yet: a packet is for this host, and not one to forward, if its device has the address that it
// is for. All that comes from a loopback device is.
void Arrival::only_of_own_address() {
    const ir::Label six = code_.label();
    const ir::Label own = code_.label();
    const KernelPointer device = hook_.follow(packet_, "sk_buff.dev");
    const Operand flags = hook_.read(device, "net_device.flags");
    code_.branch(Cond::ne, code_.binary(Op::and_, flags, number(IFF_LOOPBACK)), number(0), own);
    code_.branch(Cond::ne, Operand::of(version6_), number(0), six);
    only_of_own_ip4(hook_.follow(device, "net_device.ip_ptr"), own);
    code_.place(six);
    only_of_own_ip6(hook_.follow(device, "net_device.ip6_ptr").value, own);
    code_.place(own);
}

constexpr int most_addresses = 8;  // of a device, that are looked at

void Arrival::only_of_own_ip4(KernelPointer device, ir::Label own) {
    code_.branch(Cond::eq, device.value, number(0), unknown_);
    KernelPointer one = hook_.follow(device, "in_device.ifa_list");
    for (int i = 0; i < most_addresses; ++i) {
        code_.branch(Cond::eq, one.value, number(0), unknown_);
        const Operand address = hook_.read(one, "in_ifaddr.ifa_local");
        code_.branch(Cond::eq, address, Operand::of(destination_), own);
        if (i + 1 < most_addresses) one = hook_.follow(one, "in_ifaddr.ifa_next");
    }
    code_.jump(unknown_);
}

void Arrival::only_of_own_ip6(Operand device, ir::Label own) {
    code_.branch(Cond::eq, device, number(0), unknown_);
    const auto link_at = static_cast<int64_t>(hook_.offset_of("inet6_ifaddr.if_list"));
    const auto address_at = static_cast<int64_t>(hook_.offset_of("inet6_ifaddr.addr"));
    const Operand end = code_.address(hook_.locate({device, 0}, "inet6_dev.addr_list"));
    KernelPointer one = hook_.follow({device, 0}, "inet6_dev.addr_list.next");
    const Header ip = header(first_, "ipv6hdr", 0);
    const ir::Slot copy = code_.slot(16, "address");
    for (int i = 0; i < most_addresses; ++i) {
        const ir::Label next = code_.label();
        code_.branch(Cond::eq, one.value, end, unknown_);
        const Operand at = code_.binary(Op::add, one.value, number(address_at - link_at));
        const KernelPointer typed = hook_.typed(at, "in6_addr");
        const Header address{typed.known != 0 ? KernelPlace{typed.value, 0} : code_.in_slot(copy)};
        if (typed.known == 0) hook_.read_bytes(code_.in_slot(copy), at, 16);
        for (const int32_t half : {0, 8})
            code_.branch(Cond::ne, address.load(code_, half, 8), ip.load(code_, ip6_destination_at + half, 8), next);
        code_.jump(own);
        code_.place(next);
        if (i + 1 < most_addresses) one = hook_.follow(hook_.typed(one.value, "list_head"), "list_head.next");
    }
    code_.jump(unknown_);
}

// In the order of the kernel's own look-up: connected sockets, those of the address, those of any address.
Operand Arrival::find() {
    key_ = code_.slot(sizeof(SocketEnds), "key");
    copy_ = code_.slot(ip6_header_size + transport_bytes, "headers");
    destination_ = code_.reg();
    local_port_ = code_.reg();
    found_ = code_.reg();
    version6_ = code_.reg();
    protocol_ = code_.reg();
    flags_ = code_.reg();
    const ir::Label have = code_.label();
    const ir::Label unconnected = code_.label();
    const ir::Label any_address = code_.label();
    read_ends();
    leave_if_unknown(offsetof(KnownPorts, connected), unconnected);
    of_connection(have);
    code_.place(unconnected);
    write_ports(Operand::of(local_port_));
    code_.zero(key(remote_at), 16);
    leave_if_unknown(offsetof(KnownPorts, own_address), any_address);
    look_up(hook_.maps().ends(), have);
    code_.place(any_address);
    of_any_address(have);
    code_.place(have);
    const ir::Label any_device = code_.label();
    const Operand wanted = code_.load({Operand::of(found_), offsetof(EndsOwner, device)}, 4);
    code_.branch(Cond::eq, wanted, number(0), any_device);
    code_.branch(Cond::ne, hook_.read(packet_, "sk_buff.dev->ifindex"), wanted, unknown_);
    code_.place(any_device);
    return Operand::of(found_);
}

}  // namespace

Operand owner_of_arrival(Hook& hook, KernelPointer packet, ir::Label unknown) {
    return Arrival(hook, packet, unknown).find();
}

}  // namespace probevue
