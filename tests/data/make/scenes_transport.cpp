#include <utility>

#include "make/packets.h"
#include "make/scenes.h"

namespace captures {

namespace {

Bytes on_ether(const Bytes& ip4_packet) { return ether(kTypeIp4, ip4_packet); }
Bytes on_ether6(const Bytes& ip6_packet) { return ether(kTypeIp6, ip6_packet); }

// Maximum segment size, SACK permitted, timestamps, no-op, window scale: what a Linux SYN carries.
Bytes syn_options() {
    return Bytes().u8(2).u8(4).u16(1460).u8(4).u8(2).u8(8).u8(10).u32(0x01020304).u32(0).u8(1).u8(3).u8(3).u8(7);
}

// The first 28 bytes of a datagram, as ICMP errors quote them; its ports must not be taken for the packet's own.
Bytes quoted4(uint32_t port) {
    const Ip4 ip{.source = kHostB4, .target = kHostA4};
    return udp_packet(ip, {.source = port, .target = port + 1}, Bytes().text("quoted")).first(28);
}

Bytes quoted6() {
    const Ip6 ip{.source = kHostB6, .target = kHostA6, .flow_label = 0x77777};
    return tcp_packet(ip, {.source = 7777, .target = 8888}, Bytes().text("quoted"));
}

void add_icmp4(Trace& trace, uint32_t type, uint32_t code, const Bytes& rest) {
    trace.add(on_ether(ip4({.id = 0x2000 + type * 16 + code, .flags_offset = 0}, kIcmp, icmp(type, code, rest))));
}

void add_icmp6(Trace& trace, uint32_t type, uint32_t code, const Bytes& rest, uint32_t hop_limit = 255) {
    const Ip6 ip{.hop_limit = hop_limit};
    trace.add(on_ether6(ip6(ip, kIcmp6, icmp6(ip, type, code, rest))));
}

// IGMP goes to a group address, with a time to live of one and the router alert option.
void add_igmp(Trace& trace, uint32_t target, const Bytes& message) {
    const Ip4 ip{.target = target, .ttl = 1, .tos = 0xc0, .id = 0, .options = Bytes().u32(0x94040000)};
    trace.add(ether(kTypeIp4, ip4(ip, kIgmp, message), kMacA, 0x01'00'5e'00'00'00 | (target & 0x7fffff)));
}

}  // namespace

Trace tcp_scene() {
    Trace trace;
    const Ip4 ip;
    for (uint32_t flags = 0; flags < 256; ++flags) {
        const bool urgent = (flags & kUrg) != 0;
        const Tcp fields{.source = 40000 + flags,
                         .seq = flags * 0x01010101,
                         .ack = (flags & kAck) ? 0xfffffff0 + flags : 0,
                         .flags = flags,
                         .window = flags * 257,
                         .urgent = urgent ? flags : 0};
        trace.add(on_ether(tcp_packet(ip, fields)));
    }
    trace.add(on_ether(tcp_packet(ip, {.flags = kSyn, .options = syn_options()})));
    trace.add(on_ether(tcp_packet(ip, {.target = 23, .flags = kSyn | kAck, .options = Bytes().u32(0x020405b4)})));
    trace.add(on_ether(tcp_packet(ip, {.flags = kAck | kPush, .options = Bytes().zeros(40)}, Bytes().text("options"))));
    trace.add(on_ether(tcp_packet(ip, {.flags = kAck | 0x100}, Bytes().text("the bit above CWR"))));
    trace.add(on_ether(tcp_packet(ip, {.flags = kAck | kUrg, .urgent = 3}, Bytes().text("abcdef"))));
    trace.add(on_ether(tcp_packet(ip, {.source = 0, .target = 65535, .seq = 0xffffffff, .ack = 1, .flags = kAck})));
    trace.add(on_ether(tcp_packet(ip, {.flags = kAck, .window = 0})));
    const Ip6 six{.traffic_class = 0xb8, .flow_label = 0x12345};
    trace.add(on_ether6(tcp_packet(six, {.target = 443, .flags = kSyn, .options = syn_options()})));
    trace.add(on_ether6(tcp_packet(six, {.target = 443, .flags = kFin | kAck}, Bytes().text("bye"))));
    trace.add(on_ether6(tcp_packet(six, {.target = 443, .flags = kRst})));
    return trace;
}

Trace udp_scene() {
    Trace trace;
    const Ip4 ip;
    const Ip6 six;
    trace.add(on_ether(udp_packet(ip, {}, Bytes().text("hello"))));
    trace.add(on_ether(udp_packet(ip, {.checksum = false}, Bytes().text("no checksum"))));
    trace.add(on_ether(udp_packet(ip, {.source = 0, .target = 65535})));
    trace.add(on_ether(udp_packet(ip, {.source = 65535, .target = 1}, Bytes().zeros(1472))));
    // Data chosen so that the sum is zero, which is sent as all ones.
    const uint32_t rest = internet_checksum(udp(ip, {.checksum = false}, Bytes().u16(0)),
                                            internet_sum(Bytes().u32(ip.source).u32(ip.target).u16(kUdp).u16(10)));
    trace.add(on_ether(udp_packet(ip, {}, Bytes().u16(rest))));
    trace.add(on_ether6(udp_packet(six, {.source = 5353, .target = 5353}, Bytes().text("six"))));
    trace.add(on_ether6(udp_packet(six, {.source = 546, .target = 547, .checksum = false}, Bytes().text("none"))));
    for (const uint32_t port : {53U, 67U, 69U, 123U, 161U, 514U, 4789U, 6081U}) {
        trace.add(on_ether(udp_packet(ip, {.source = port, .target = port}, Bytes().text("not that protocol"))));
    }
    return trace;
}

// Options of TCP: as they should be, several of a kind, and such as end the walk over them.
Trace options_scene() {
    const Bytes mss = Bytes().u8(2).u8(4).u16(1400);
    const Bytes scale = Bytes().u8(3).u8(3).u8(9).u8(1);
    const auto sack = [](uint32_t blocks) {
        Bytes option = Bytes().u8(1).u8(1).u8(5).u8(2 + 8 * blocks);
        for (uint32_t i = 0; i < blocks; ++i) option.u32(1000 + 100 * i).u32(1050 + 100 * i);
        return option;
    };
    const Bytes stamps = Bytes().u8(1).u8(1).u8(8).u8(10).u32(0xfffffffe).u32(0x80000001);
    Trace trace;
    const auto add = [&](const Bytes& options) {
        trace.add(on_ether(tcp_packet(Ip4{}, {.flags = kAck, .options = options}, Bytes().text("data"))));
        trace.add(on_ether6(tcp_packet(Ip6{}, {.flags = kAck, .options = options})));
    };
    for (uint32_t blocks = 1; blocks <= 4; ++blocks) add(sack(blocks));
    add(Bytes(stamps).add(sack(3)));
    add(Bytes(mss).add(scale).add(stamps));
    add(Bytes(mss).u32(0x020405b4));                            // two of a kind
    add(Bytes().u32(0).add(mss));                               // behind the end
    add(Bytes().u8(254).u8(4).u16(0xf989).add(scale));          // one that is an experiment
    add(Bytes().u8(19).u8(18).zeros(16).u8(1).u8(1).add(mss));  // a signature before it
    add(Bytes(scale).u8(1).u8(1).u8(1).u8(8));                  // no room for a length
    return trace;
}

// The same, of lengths that cannot be: 0, 1, beyond the header. What stands before counts.
Trace bad_options_scene() {
    const Bytes mss = Bytes().u8(2).u8(4).u16(1400);
    Trace trace;
    const auto add = [&](const Bytes& options) {
        trace.add(on_ether(tcp_packet(Ip4{}, {.flags = kAck, .options = options}, Bytes().text("data"))));
    };
    add(Bytes(mss).u8(8).u8(0).u16(0).add(mss));
    add(Bytes(mss).u8(8).u8(1).u16(0).add(mss));
    add(Bytes(mss).u8(8).u8(10).u16(7));
    add(Bytes(mss).u8(3).u8(255).u16(7));
    add(Bytes().u8(2).u8(3).u8(5).u8(1).u8(3).u8(4).u16(0x0909).u8(4).u8(3).u8(0).u8(
        1));  // of other lengths than theirs
    return trace;
}

// Transports with ports besides TCP and UDP (RFC 9260, 4340, 3828), and datagrams whose own length is not what IP says.
Trace ports_scene() {
    constexpr uint32_t sctp = 132;
    constexpr uint32_t dccp = 33;
    constexpr uint32_t udp_lite = 136;
    Trace trace;
    const Bytes chunk = Bytes().u8(0).u8(3).u16(24).u32(1).u32(0).u32(0).text("12345678");
    const Bytes association = Bytes().u16(5000).u16(36412).u32(0x01020304).u32(0).add(chunk);
    const Bytes request =
        Bytes().u16(5001).u16(5002).u8(5).u8(0).u16(0).u8(0x01).u8(0).u16(0).u32(7).u32(0x6162).text("asked here");
    const Bytes partly = Bytes().u16(5003).u16(5004).u16(8).u16(0x1234).text("light payload");
    const Bytes padded = Bytes().u16(5005).u16(5006).u16(16).u16(0).text("12345678and what is not its own");
    const Bytes empty = Bytes().u16(5007).u16(5008).u16(8).u16(0);
    const Ip4 four;
    const Ip6 six;
    for (const auto& [protocol, bytes] :
         {std::pair(sctp, association), std::pair(dccp, request), std::pair(udp_lite, partly),
          std::pair(uint32_t{kUdp}, padded), std::pair(uint32_t{kUdp}, empty)}) {
        trace.add(on_ether(ip4(four, protocol, bytes)));
        trace.add(on_ether6(ip6(six, protocol, bytes)));
    }
    trace.add(on_ether(tcp_packet(four, {.source = 5009, .target = 5010}, Bytes().text("more than eight bytes"))));
    trace.add(on_ether6(tcp_packet(six, {.source = 5011, .target = 5012}, Bytes().text("more than eight bytes"))));
    return trace;
}

Trace icmp4_scene() {
    Trace trace;
    const Bytes identity = Bytes().u16(0x1234).u16(1);
    for (const uint32_t type : {8U, 0U}) add_icmp4(trace, type, 0, Bytes(identity).text("0123456789abcdef"));
    for (uint32_t code = 0; code <= 15; ++code) {
        const uint32_t mtu = code == 4 ? 1400 : 0;  // RFC 1191
        add_icmp4(trace, 3, code, Bytes().u32(mtu).add(quoted4(1000 + code)));
    }
    add_icmp4(trace, 4, 0, Bytes().u32(0).add(quoted4(2000)));
    for (uint32_t code = 0; code <= 3; ++code) {
        add_icmp4(trace, 5, code, Bytes().u32(address4(10, 10, 10, 1)).add(quoted4(3000 + code)));
    }
    add_icmp4(trace, 9, 0, Bytes().u8(1).u8(2).u16(1800).u32(address4(10, 10, 10, 1)).u32(0));
    add_icmp4(trace, 10, 0, Bytes().u32(0));
    for (uint32_t code = 0; code <= 1; ++code) add_icmp4(trace, 11, code, Bytes().u32(0).add(quoted4(4000 + code)));
    for (uint32_t code = 0; code <= 2; ++code) {
        add_icmp4(trace, 12, code, Bytes().u32(0x14000000).add(quoted4(5000 + code)));
    }
    for (const uint32_t type : {13U, 14U}) add_icmp4(trace, type, 0, Bytes(identity).u32(1000).u32(2000).u32(3000));
    for (const uint32_t type : {15U, 16U}) add_icmp4(trace, type, 0, identity);
    for (const uint32_t type : {17U, 18U}) add_icmp4(trace, type, 0, Bytes(identity).u32(0xffffff00));
    add_icmp4(trace, 200, 77, Bytes().text("an unknown type"));
    return trace;
}

Trace icmp6_scene() {
    Trace trace;
    const Bytes identity = Bytes().u16(0x4321).u16(1);
    for (uint32_t code = 0; code <= 7; ++code) add_icmp6(trace, 1, code, Bytes().u32(0).add(quoted6()), 64);
    add_icmp6(trace, 2, 0, Bytes().u32(1280).add(quoted6()), 64);
    for (uint32_t code = 0; code <= 1; ++code) add_icmp6(trace, 3, code, Bytes().u32(0).add(quoted6()), 64);
    for (uint32_t code = 0; code <= 2; ++code) add_icmp6(trace, 4, code, Bytes().u32(6).add(quoted6()), 64);
    for (const uint32_t type : {128U, 129U}) add_icmp6(trace, type, 0, Bytes(identity).text("0123456789"), 64);
    const Bytes group = Bytes().u32(0xff020000).u32(0).u32(1).u32(0xff00000b);
    for (const uint32_t type : {130U, 131U, 132U}) add_icmp6(trace, type, 0, Bytes().u32(1000).add(group), 1);
    const Bytes option = Bytes().u8(1).u8(1).add(mac(kMacA));
    add_icmp6(trace, 133, 0, Bytes().u32(0).add(option));
    add_icmp6(trace, 134, 0, Bytes().u32(0x40000708).u32(0).u32(0).add(option));
    add_icmp6(trace, 135, 0, Bytes().u32(0).add(group).add(option));
    add_icmp6(trace, 136, 0, Bytes().u32(0x60000000).add(group).add(option));
    add_icmp6(trace, 137, 0, Bytes().u32(0).add(group).add(group));
    add_icmp6(trace, 143, 0, Bytes().u32(1).u32(0x04000000).add(group), 1);
    add_icmp6(trace, 250, 9, Bytes().text("an unknown type"));
    return trace;
}

Trace igmp_scene() {
    Trace trace;
    const uint32_t all_hosts = address4(224, 0, 0, 1);
    const uint32_t all_routers = address4(224, 0, 0, 2);
    const uint32_t v3_routers = address4(224, 0, 0, 22);
    const uint32_t group = address4(239, 1, 2, 3);
    const uint32_t source = address4(192, 0, 2, 7);
    add_igmp(trace, all_hosts, igmp(0x11, 0, Bytes().u32(0)));                           // v1 query
    add_igmp(trace, all_hosts, igmp(0x11, 100, Bytes().u32(0)));                         // v2 general query
    add_igmp(trace, group, igmp(0x11, 10, Bytes().u32(group)));                          // v2 query for a group
    add_igmp(trace, all_hosts, igmp(0x11, 100, Bytes().u32(0).u8(2).u8(125).u16(0)));    // v3 general query
    add_igmp(trace, group, igmp(0x11, 0x8a, Bytes().u32(group).u8(10).u8(125).u16(0)));  // v3 group query
    add_igmp(trace, group, igmp(0x11, 10, Bytes().u32(group).u8(2).u8(125).u16(1).u32(source)));
    add_igmp(trace, group, igmp(0x12, 0, Bytes().u32(group)));        // v1 report
    add_igmp(trace, group, igmp(0x16, 0, Bytes().u32(group)));        // v2 report
    add_igmp(trace, all_routers, igmp(0x17, 0, Bytes().u32(group)));  // leave
    const Bytes join = Bytes().u32(1).u32(0x04000000).u32(group);
    add_igmp(trace, v3_routers, igmp(0x22, 0, join));  // v3 report
    add_igmp(trace, v3_routers, igmp(0x22, 0, Bytes().u32(1).u32(0x01000001).u32(group).u32(source)));
    const uint32_t dvmrp_routers = address4(224, 0, 0, 4);
    for (uint32_t code = 1; code <= 11; ++code) {
        // Capabilities and version 3.255, as mrouted sends them; a prune, graft or report has more to say.
        const Bytes version = Bytes().u8(0).u8(0x0e).u8(0xff).u8(0x03);
        const Bytes body = code == 7 || code == 8 || code == 9 ? Bytes().u32(source).u32(group).u32(7200) : Bytes();
        add_igmp(trace, dvmrp_routers, igmp(0x13, code, Bytes(version).add(body)));
    }
    const Bytes route = Bytes().u32(group).u32(source).u32(kHostA4).u32(kHostB4).u32(0x40000001);
    add_igmp(trace, all_routers, igmp(0x1f, 32, route));                   // traceroute query
    add_igmp(trace, all_routers, igmp(0x1e, 32, Bytes(route).zeros(32)));  // and response
    return trace;
}

}  // namespace captures
