#include "make/packets.h"
#include "make/scenes.h"

namespace captures {

namespace {

Bytes tcp_with_options() {
    return tcp_packet(Ip4{}, {.target = 443, .flags = kPush | kAck, .options = Bytes().u32(0x01010101)},
                      Bytes().text("data"));
}

void add_fragments4(Trace& trace) {
    const Bytes datagram = udp(Ip4{}, {}, Bytes().text("first fragment, ").text("second fragment ").text("end"));
    const Bytes parts[] = {datagram.first(24), datagram.from(24).first(8), datagram.from(32)};
    trace.add(ether(kTypeIp4, ip4({.flags_offset = 0x2000}, kUdp, parts[0])));
    trace.add(ether(kTypeIp4, ip4({.flags_offset = 0x2003}, kUdp, parts[1])));
    trace.add(ether(kTypeIp4, ip4({.flags_offset = 0x0004}, kUdp, parts[2])));
    // A later fragment whose bytes look like a TCP header, and fragments of other protocols.
    trace.add(ether(kTypeIp4, ip4({.flags_offset = 0x1fff}, kTcp, tcp(Ip4{}, {}))));
    trace.add(ether(kTypeIp4, ip4({.flags_offset = 0x2000}, kTcp, tcp(Ip4{}, {}, Bytes().text("12345678")))));
    trace.add(ether(kTypeIp4, ip4({.flags_offset = 0x2000}, kIcmp, icmp(8, 0, Bytes().zeros(28)))));
    trace.add(ether(kTypeIp4, ip4({.flags_offset = 0x0010}, kIcmp, Bytes().zeros(32))));
}

Bytes sack(uint32_t kind) { return Bytes().u8(kind).u8(8).u8(4).u8(0).u32(kHostB4); }

}  // namespace

Trace arp_scene() {
    Trace trace;
    const auto add = [&trace](uint32_t type, const Arp& fields, uint64_t target = kBroadcast) {
        trace.add(ether(type, arp(fields).zeros(18), kMacA, target));
    };
    add(kTypeArp, {});
    add(kTypeArp,
        {.operation = 2, .source_mac = kMacB, .source_ip = kHostB4, .target_mac = kMacA, .target_ip = kHostA4}, kMacA);
    add(kTypeArp, {.target_ip = kHostA4});  // gratuitous
    add(kTypeArp, {.source_ip = 0});        // probe
    add(kTypeArp, {.hardware = 6});         // IEEE 802 hardware
    add(kTypeRarp, {.operation = 3, .source_ip = 0, .target_mac = kMacA, .target_ip = 0});
    add(kTypeRarp, {.operation = 4, .source_mac = kMacB, .target_mac = kMacA, .target_ip = kHostA4}, kMacA);
    add(kTypeArp, {.operation = 9});  // an operation of others
    // Addresses of other sizes: hardware, protocol, both, none.
    const auto sized = [&trace](uint32_t hardware, uint32_t hardware_size, uint32_t type, uint32_t size) {
        Bytes body = Bytes().u16(hardware).u16(type).u8(hardware_size).u8(size).u16(1);
        for (uint32_t i = 1; i <= 2 * (hardware_size + size); ++i) body.u8(i);
        trace.add(ether(kTypeArp, body.zeros(18)));
    };
    sized(27, 8, kTypeIp4, 4);
    sized(7, 1, kTypeIp4, 4);
    sized(1, 6, kTypeIp6, 16);
    sized(1, 0, 0x0805, 0);
    sized(1, 6, 0x0805, 4);
    return trace;
}

Trace ip4_scene() {
    Trace trace;
    const Bytes text = Bytes().text("payload");
    add_fragments4(trace);
    for (const uint32_t flags : {0x0000U, 0x4000U, 0x8000U}) {
        trace.add(ether(kTypeIp4, udp_packet(Ip4{.flags_offset = flags}, {}, text)));
    }
    for (const uint32_t tos : {0x10U, 0xb8U, 0x03U, 0xffU}) {
        trace.add(ether(kTypeIp4, udp_packet(Ip4{.ttl = 255 - tos, .tos = tos, .id = 0xffff}, {}, text)));
    }
    for (const uint32_t kind : {7U, 68U, 131U, 137U}) {  // record route, timestamp, loose and strict source route
        trace.add(ether(kTypeIp4, tcp_packet(Ip4{.options = sack(kind)}, {}, text)));
    }
    trace.add(ether(kTypeIp4, udp_packet(Ip4{.options = Bytes().zeros(40)}, {}, text)));
    trace.add(ether(kTypeIp4, ip4(Ip4{.options = Bytes().u32(0x94040000)}, kIcmp, icmp(8, 0, Bytes().u32(1)))));
    // Packets in packets: nothing of the inner ones shows.
    trace.add(ether(kTypeIp4, ip4({}, kIpInIp, tcp_packet(Ip4{.source = 1, .target = 2}, {}, text))));
    trace.add(ether(kTypeIp4, ip4({}, kIp6InIp, udp_packet(Ip6{}, {}, text))));
    trace.add(ether(kTypeIp4, ip4({}, kGre, Bytes().u16(0).u16(kTypeIp4).add(tcp_packet(Ip4{}, {}, text)))));
    trace.add(ether(kTypeIp4, ip4({}, kEsp, Bytes().u32(0x100).u32(1).zeros(24))));
    trace.add(ether(kTypeIp4, ip4({}, kAuth, auth(kTcp, tcp(Ip4{}, {}, text)))));
    trace.add(ether(kTypeIp4, ip4({}, kNoNext, {})));
    for (const uint32_t protocol : {0U, 43U, 44U, 63U, 89U, 132U, 255U}) {
        trace.add(ether(kTypeIp4, ip4({}, protocol, Bytes().zeros(32))));
    }
    trace.add(ether(kTypeIp4, udp_packet(Ip4{.source = 0, .target = 0xffffffff}, {.source = 68, .target = 67}, text),
                    kMacA, kBroadcast));
    // Padded to the minimum of Ethernet, and sent with segmentation offload (no total length).
    trace.add(ether(kTypeIp4, tcp_packet(Ip4{}, {.flags = kAck})).zeros(6));
    Bytes offloaded = tcp_packet(Ip4{}, {.flags = kAck}, text);
    offloaded.set_u16(2, 0);
    trace.add(ether(kTypeIp4, offloaded));
    return trace;
}

Trace ip6_scene() {
    Trace trace;
    const Ip6 ip{.hop_limit = 17, .traffic_class = 0xa5, .flow_label = 0xfedcb};
    const Bytes text = Bytes().text("payload");
    const Bytes pad = Bytes().u8(1).u8(4).zeros(4);  // PadN over the six bytes
    const Bytes routing = Bytes().u8(4).u8(0).u8(0).u8(0).u16(0).add(Bytes().u32(0x20010db8).zeros(8).u32(0xb));
    const auto add = [&trace, &ip](uint32_t next, const Bytes& payload) {
        trace.add(ether(kTypeIp6, ip6(ip, next, payload)));
    };
    const Bytes segment = tcp(ip, {.flags = kSyn | kAck}, text);
    const Bytes datagram = udp(ip, {}, text);
    const Bytes echo = icmp6(ip, 128, 0, Bytes().u32(1));
    add(kHopByHop, extension(kTcp, pad, segment));
    add(kRouting, extension(kUdp, routing, datagram));
    add(kDestOptions, extension(kIcmp6, pad, echo));
    add(kHopByHop,
        extension(kDestOptions, pad,
                  extension(kRouting, pad, extension(kDestOptions, routing, extension(kTcp, pad, segment)))));
    add(kFragment, fragment(kUdp, 0, true, datagram));
    add(kFragment, fragment(kUdp, 8, true, datagram));
    add(kFragment, fragment(kTcp, 0xfff8, false, segment));
    add(kFragment, fragment(kTcp, 0, false, segment));  // an atomic fragment
    add(kHopByHop, extension(kFragment, pad, fragment(kDestOptions, 0, true, extension(kTcp, pad, segment))));
    add(kHopByHop, extension(kFragment, pad, fragment(kDestOptions, 64, false, text)));
    add(kAuth, auth(kTcp, segment));
    add(kHopByHop, extension(kAuth, pad, auth(kIcmp6, echo)));
    add(kEsp, Bytes().u32(0x100).u32(1).zeros(24));
    add(kNoNext, {});
    add(kHopByHop, extension(kNoNext, pad, {}));
    add(kIp6InIp, tcp_packet(Ip6{.flow_label = 1}, {}, text));
    add(kIpInIp, udp_packet(Ip4{}, {}, text));
    add(89, Bytes().zeros(24));
    add(kHopByHop, extension(kIcmp6, pad, icmp6(ip, 143, 0, Bytes().u32(0))));
    add(kIcmp, icmp(8, 0, Bytes().u32(1)));  // ICMP of the other version
    const Ip6Address short_forms[] = {{},
                                      {0, 0, 0, 0, 0, 0, 0, 1},
                                      {0xfe80, 0, 0, 1, 0, 0, 0, 1},
                                      {1, 0, 0, 0, 2, 0, 0, 0},
                                      {0xff02, 0, 0, 0, 0, 1, 0xff00, 0xb},
                                      {0x2001, 0xdb8, 0, 1, 1, 1, 1, 1}};
    for (const Ip6Address& address : short_forms) {
        trace.add(ether(kTypeIp6, udp_packet(Ip6{.source = address, .target = kHostB6}, {}, text)));
    }
    return trace;
}

Trace vlan_scene() {
    Trace trace;
    const Bytes four = tcp_with_options();
    const Bytes six = udp_packet(Ip6{}, {}, Bytes().text("tagged"));
    trace.add(ether(kTypeVlan, tag(100, kTypeIp4, four)));
    trace.add(ether(kTypeVlan, tag(0xe064, kTypeIp6, six)));          // priority 7, id 100
    trace.add(ether(kTypeVlan, tag(0xb000 | 4095, kTypeIp4, four)));  // priority 5, DEI, id 4095
    trace.add(ether(kTypeVlan, tag(0, kTypeIp4, four)));              // a priority tag
    trace.add(ether(kTypeVlan, tag(7, kTypeArp, arp({}).zeros(14)), kMacA, kBroadcast));
    trace.add(ether(kTypeVlan, tag(7, kTypeRarp, arp({.operation = 3}).zeros(14)), kMacA, kBroadcast));
    trace.add(ether(kTypeQinq, tag(200, kTypeVlan, tag(300, kTypeIp4, four))));
    trace.add(ether(kTypeQinq, tag(200, kTypeIp6, six)));
    trace.add(ether(kTypeOldQinq, tag(201, kTypeVlan, tag(301, kTypeIp6, six))));
    trace.add(ether(kTypeVlan, tag(10, kTypeVlan, tag(11, kTypeIp4, four))));
    trace.add(ether(kTypeQinq, tag(1, kTypeQinq, tag(2, kTypeIp4, four))));
    trace.add(ether(kTypeVlan, tag(50, 0x88cc, Bytes().u16(0).zeros(44))));
    return trace;
}

Trace ether_scene() {
    Trace trace;
    const Bytes bpdu = Bytes().u8(0x42).u8(0x42).u8(3).zeros(35);
    trace.add(ether(38, Bytes(bpdu).zeros(8), kMacA, 0x01'80'c2'00'00'00));          // 802.3 with LLC: spanning tree
    trace.add(ether(0x88cc, Bytes().u16(0).zeros(44), kMacA, 0x01'80'c2'00'00'0e));  // LLDP, at once its end
    trace.add(ether(0x0842, Bytes().u32(0xffffffff).u16(0xffff).add(mac(kMacB)).zeros(34)));  // wake on LAN
    trace.add(ether(0x88b5, Bytes().text("an experimental type").zeros(26)));
    trace.add(ether(0x8863, Bytes().u8(0x11).u8(9).u16(0).u16(0).zeros(40)));  // PPPoE discovery
    // IPv4 inside PPPoE and MPLS stays where it is.
    const Bytes inner = tcp_with_options();
    const auto length = static_cast<uint32_t>(inner.size() + 2);
    trace.add(ether(0x8864, Bytes().u8(0x11).u8(0).u16(1).u16(length).u16(0x0021).add(inner)));
    trace.add(ether(0x8847, Bytes().u32(0x00010140).add(inner)));
    trace.add(ether(kTypeIp4, tcp_with_options(), kMacB, kMacA));
    return trace;
}

// Packets whose sender (or some box between) cut them: the capture is whole, the lengths inside promise more.
Trace truncated_scene() {
    Trace trace;
    const Bytes long_text = Bytes().text("a text that is longer than what arrives of it");
    trace.add(ether(kTypeIp4, tcp_packet(Ip4{}, {}, long_text)).first(60));
    trace.add(ether(kTypeIp4, udp_packet(Ip4{}, {}, long_text)).first(50));
    trace.add(ether(kTypeIp6, tcp_packet(Ip6{}, {}, long_text)).first(80));
    trace.add(ether(kTypeIp6, udp_packet(Ip6{}, {}, long_text)).first(70));
    return trace;
}

Trace uncut_scene() {
    Trace trace;
    const Ip6 six{.traffic_class = 0xa5, .flow_label = 0xfedcb};
    const Tcp segment{.ack = 0x50607080, .flags = kAck | kPush, .window = 0xabcd, .urgent = 0x1122};
    trace.add(ether(kTypeIp4, tcp_packet(Ip4{.tos = 0xb8}, segment)));
    trace.add(ether(kTypeIp4, udp_packet(Ip4{.options = Bytes().u32(0x94040000)}, {.target = 0x1234})));
    trace.add(ether(kTypeIp4, ip4({}, kIcmp, icmp(8, 3, Bytes().u32(1)))));
    trace.add(ether(kTypeIp4, ip4({}, kIgmp, igmp(0x16, 7, Bytes().u32(address4(239, 1, 2, 3))))));
    trace.add(ether(kTypeIp6, tcp_packet(six, segment)));
    trace.add(ether(kTypeIp6, ip6(six, kIcmp6, icmp6(six, 129, 4, Bytes().u32(1)))));
    trace.add(ether(kTypeArp, arp({.hardware = 1, .operation = 2, .target_mac = kMacB})));
    trace.add(ether(kTypeVlan, tag(0x2111, kTypeIp4, tcp_packet(Ip4{}, segment))));
    return trace;
}

Trace short_scene() {
    Trace trace;
    const Trace uncut = uncut_scene();
    for (const Packet& packet : uncut.packets()) {
        for (size_t length = 0; length < packet.data.size(); ++length) trace.add_cut(packet.data, length);
    }
    return trace;
}

std::vector<Datagram> sample_datagrams() {
    const Ip4 four;
    const Ip6 six;
    const Ip4 back{.source = kHostB4, .target = kHostA4};
    std::vector<Datagram> all;
    all.push_back({kTypeIp4, tcp_packet(four, {.target = 23, .flags = kSyn})});
    all.push_back(
        {kTypeIp4, tcp_packet(back, {.source = 23, .target = 48401, .ack = 0x10203041, .flags = kSyn | kAck})});
    all.push_back({kTypeIp4, tcp_packet(four, {.target = 23, .seq = 0x10203041, .ack = 0x10203041, .flags = kAck})});
    all.push_back({kTypeIp4, udp_packet(four, {}, Bytes().text("question"))});
    all.push_back({kTypeIp4, udp_packet(back, {.source = 53, .target = 40000}, Bytes().text("answer"))});
    all.push_back({kTypeIp4, ip4(four, kIcmp, icmp(8, 0, Bytes().u32(1).text("ping")))});
    all.push_back({kTypeIp4, ip4(back, kIcmp, icmp(0, 0, Bytes().u32(1).text("ping")))});
    all.push_back({kTypeIp6, tcp_packet(six, {.target = 443, .flags = kSyn})});
    all.push_back({kTypeIp6, udp_packet(six, {.target = 547}, Bytes().text("six"))});
    all.push_back({kTypeIp6, ip6(six, kIcmp6, icmp6(six, 128, 0, Bytes().u32(1).text("ping")))});
    all.push_back({kTypeArp, arp({})});
    all.push_back({kTypeIp4, ip4({.target = address4(239, 1, 2, 3), .ttl = 1}, kIgmp,
                                 igmp(0x16, 0, Bytes().u32(address4(239, 1, 2, 3))))});
    return all;
}

}  // namespace captures
