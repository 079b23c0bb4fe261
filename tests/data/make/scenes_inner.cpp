// Packets in packets.
#include "make/packets.h"
#include "make/scenes.h"

namespace captures {
namespace {

constexpr Ip4 kNear{.source = address4(172, 16, 0, 1), .target = address4(172, 16, 0, 2)};
const Ip6 kNear6{.source = {0x2001, 0xdb8, 0xff, 0, 0, 0, 0, 1}, .target = {0x2001, 0xdb8, 0xff, 0, 0, 0, 0, 2}};
constexpr uint32_t kBridged = 0x6558;
constexpr uint32_t kMpls = 0x8847;

Bytes text() { return Bytes().text("inside"); }
Bytes inner4() { return tcp_packet(kNear, {.source = 1234, .target = 80}, text()); }
Bytes inner6() { return udp_packet(kNear6, {.source = 5353, .target = 53}, text()); }

// Flags as on the wire; `more` is what they say: checksum, key, sequence number.
Bytes gre(uint32_t flags, uint32_t type, const Bytes& more, const Bytes& payload) {
    return Bytes().u16(flags).u16(type).add(more).add(payload);
}
Bytes vxlan(uint32_t vni, const Bytes& frame) { return Bytes().u32(0x08000000).u32(vni << 8).add(frame); }
Bytes geneve(uint32_t vni, uint32_t type, const Bytes& options, const Bytes& payload) {
    return Bytes()
        .u8(static_cast<uint32_t>(options.size() / 4))
        .u8(0)
        .u16(type)
        .u32(vni << 8)
        .add(options)
        .add(payload);
}
// Flags: extension headers, sequence number, N-PDU number. `more` is what they say.
Bytes gtpu(uint32_t flags, uint32_t teid, const Bytes& more, const Bytes& payload, uint32_t message = 255) {
    const auto length = static_cast<uint32_t>(more.size() + payload.size());
    return Bytes().u8(0x30 | flags).u8(message).u16(length).u32(teid).add(more).add(payload);
}

Bytes over(uint32_t port, const Bytes& payload) {
    return udp_packet(Ip4{}, {.source = 49152, .target = port}, payload);
}
Bytes over6(uint32_t port, const Bytes& payload) {
    return udp_packet(Ip6{}, {.source = 49152, .target = port}, payload);
}
constexpr uint32_t kGtpu = 2152;
constexpr uint32_t kVxlan = 4789;
constexpr uint32_t kGeneve = 6081;

void add_gre(Trace& trace) {
    const auto add = [&trace](uint32_t flags, uint32_t type, const Bytes& more, const Bytes& payload) {
        trace.add(ether(kTypeIp4, ip4({}, kGre, gre(flags, type, more, payload))));
    };
    add(0, kTypeIp4, {}, inner4());
    add(0, kTypeIp6, {}, inner6());
    add(0x2000, kTypeIp4, Bytes().u32(0xfedcba98), inner4());
    add(0x1000, kTypeIp4, Bytes().u32(7), inner4());
    const Bytes sealed = gre(0x8000, kTypeIp6, Bytes().u32(0), inner6());
    add(0x8000, kTypeIp6, Bytes().u16(internet_checksum(sealed)).u16(0), inner6());
    const Bytes all = Bytes().u32(0).u32(99).u32(8);
    const Bytes all_sealed = Bytes().u16(internet_checksum(gre(0xb000, kTypeIp4, all, inner4()))).u16(0).u32(99).u32(8);
    add(0xb000, kTypeIp4, all_sealed, inner4());
    add(0, kBridged, {}, ether(kTypeIp4, inner4()));
    add(0x2000, kBridged, Bytes().u32(0x00abcd05), ether(kTypeVlan, tag(17, kTypeIp6, inner6())));  // NVGRE
    add(0, kMpls, {}, Bytes().u32(0x00010140).add(inner4()));
    add(0, kTypeIp4, {}, ip4(kNear, kIcmp, icmp(8, 0, Bytes().u32(0x00010001))));
    add(0, kTypeIp4, {}, ip4({.source = kHostB4, .target = kHostA4, .flags_offset = 0x2010}, kUdp, Bytes().zeros(16)));
    add(0, kTypeIp4, {}, ip4(kNear, kAuth, auth(kTcp, tcp(kNear, {.source = 77, .target = 78}, text()))));
    const Bytes pad = Bytes().u8(1).u8(4).zeros(4);
    add(0, kTypeIp6, {},
        ip6(kNear6, kHopByHop,
            extension(kDestOptions, pad, extension(kTcp, pad, tcp(kNear6, {.target = 443}, text())))));
    add(0, kTypeIp6, {}, ip6(kNear6, kFragment, fragment(kUdp, 3, false, Bytes().zeros(16))));
    add(0, kTypeIp4, {}, ip4(Ip4{.source = kHostB4, .options = Bytes().u32(0x94040000)}, kUdp, udp(kNear, {}, text())));
    add(0, kTypeIp4, {}, ip4(kNear, 132, Bytes().u16(2905).u16(2906).u32(1).u32(0)));
    add(0, 0, {}, {});  // a keep-alive's answer
    add(0, kTypeArp, {}, arp({}));
    trace.add(ether(kTypeIp6, ip6({}, kGre, gre(0x2000, kTypeIp4, Bytes().u32(5), inner4()))));
    trace.add(ether(kTypeIp6, ip6({}, kDestOptions, extension(kGre, pad, gre(0, kTypeIp6, {}, inner6())))));
}

void add_ip(Trace& trace) {
    trace.add(ether(kTypeIp4, ip4({}, kIpInIp, inner4())));
    trace.add(ether(kTypeIp4, ip4({}, kIp6InIp, inner6())));
    trace.add(ether(kTypeIp6, ip6({}, kIpInIp, inner4())));
    trace.add(ether(kTypeIp6, ip6({}, kIp6InIp, inner6())));
    // The first fragment of a tunnel's packet holds the inner header, the others nothing of it.
    const Bytes whole = inner4();
    trace.add(ether(kTypeIp4, ip4({.flags_offset = 0x2000}, kIpInIp, whole.first(40))));
    trace.add(ether(kTypeIp4, ip4({.flags_offset = 0x0005}, kIpInIp, whole.from(40))));
}

void add_vxlan(Trace& trace) {
    trace.add(ether(kTypeIp4, over(kVxlan, vxlan(100, ether(kTypeIp4, inner4())))));
    trace.add(ether(kTypeIp4, over(kVxlan, vxlan(0xffffff, ether(kTypeIp6, inner6())))));
    trace.add(ether(kTypeIp6, over6(kVxlan, vxlan(0, ether(kTypeIp4, inner4())))));
    trace.add(ether(kTypeIp4, over(kVxlan, vxlan(7, ether(kTypeVlan, tag(33, kTypeIp4, inner4()))))));
    trace.add(ether(kTypeIp4, over(kVxlan, vxlan(8, ether(kTypeArp, arp({}))))));
    trace.add(ether(kTypeIp4, over(kVxlan, vxlan(9, ether(kTypeIp4, tcp_packet(kNear, {.flags = kAck})).zeros(6)))));
}

void add_geneve(Trace& trace) {
    const Bytes option = Bytes().u16(0x0102).u8(0x80).u8(1).u32(42);
    const Bytes empty = Bytes().u16(0x0103).u8(1).u8(0);
    trace.add(ether(kTypeIp4, over(kGeneve, geneve(200, kBridged, {}, ether(kTypeIp4, inner4())))));
    trace.add(ether(kTypeIp4, over(kGeneve, geneve(201, kBridged, option, ether(kTypeIp6, inner6())))));
    trace.add(ether(kTypeIp4,
                    over(kGeneve, geneve(202, kBridged, Bytes().add(empty).add(option), ether(kTypeIp4, inner4())))));
    trace.add(ether(kTypeIp4, over(kGeneve, geneve(203, kTypeIp4, {}, inner4()))));
    trace.add(ether(kTypeIp6, over6(kGeneve, geneve(204, kTypeIp6, option, inner6()))));
    Bytes most;
    for (int i = 0; i < 63; ++i) most.add(empty);
    trace.add(ether(kTypeIp4, over(kGeneve, geneve(205, kBridged, most, ether(kTypeIp4, inner4())))));
}

void add_gtpu(Trace& trace) {
    const auto add = [&trace](const Bytes& payload) { trace.add(ether(kTypeIp4, over(kGtpu, payload))); };
    add(gtpu(0, 0x11223344, {}, inner4()));
    add(gtpu(0, 0xffffffff, {}, inner6()));
    add(gtpu(2, 300, Bytes().u16(5).u8(0).u8(0), inner4()));
    // An extension header: the container of a PDU session (TS 38.415), then one of two words besides.
    add(gtpu(4, 301, Bytes().u16(0).u8(0).u8(0x85).u8(1).u8(0).u8(9).u8(0), inner4()));
    add(gtpu(6, 302, Bytes().u16(1).u8(0).u8(0x85).u8(1).u8(0x10).u8(9).u8(0x20).u8(2).u16(1).zeros(4).u8(0),
             inner6()));
    add(gtpu(2, 0, Bytes().u16(6).u8(0).u8(0), {}, 1));  // an echo request
    trace.add(ether(kTypeIp6, over6(kGtpu, gtpu(0, 303, {}, inner4()))));
}

void add_nested(Trace& trace) {
    const auto add = [&trace](const Bytes& packet) { trace.add(ether(kTypeIp4, packet)); };
    add(ip4({}, kGre,
            gre(0x2000, kTypeIp4, Bytes().u32(1), ip4(kNear, kGre, gre(0x2000, kTypeIp4, Bytes().u32(2), inner4())))));
    add(ip4({}, kGre, gre(0, kTypeIp4, {}, over(kVxlan, vxlan(55, ether(kTypeIp6, inner6()))))));
    add(over(kGeneve,
             geneve(56, kBridged, {},
                    ether(kTypeIp4, over(kVxlan, vxlan(57, ether(kTypeIp4, ip4(kNear, kIp6InIp, inner6()))))))));
    add(over(kVxlan, vxlan(58, ether(kTypeIp4, over(kVxlan, vxlan(59, ether(kTypeArp, arp({}))))))));
    add(over(kVxlan, vxlan(60, ether(kTypeIp4, ip4(kNear, kIcmp, icmp(3, 3, Bytes().u32(0).add(inner4())))))));
    Bytes deep = inner4();
    for (uint32_t level = 0; level < 7; ++level) deep = ip4(Ip4{.source = address4(192, 0, 2, level)}, kIpInIp, deep);
    add(ip4({}, kIpInIp, deep));  // eight levels
}

}  // namespace

Trace tunnels_scene() {
    Trace trace;
    add_gre(trace);
    add_ip(trace);
    add_vxlan(trace);
    add_geneve(trace);
    add_gtpu(trace);
    add_nested(trace);
    return trace;
}

Trace quoted_scene() {
    Trace trace;
    const Bytes long4 = tcp_packet(kNear, {.source = 1234, .target = 80, .flags = kAck}, Bytes().zeros(1400));
    const Bytes long6 = tcp_packet(kNear6, {.source = 1234, .target = 80, .flags = kAck}, Bytes().zeros(1200));
    const auto add4 = [&trace](uint32_t type, uint32_t code, uint32_t word, const Bytes& quoted) {
        trace.add(ether(kTypeIp4, ip4({}, kIcmp, icmp(type, code, Bytes().u32(word).add(quoted)))));
    };
    const auto add6 = [&trace](uint32_t type, uint32_t code, uint32_t word, const Bytes& quoted) {
        trace.add(ether(kTypeIp6, ip6({}, kIcmp6, icmp6(Ip6{}, type, code, Bytes().u32(word).add(quoted)))));
    };
    // 28 bytes, as RFC 792 asks; up to 548, as RFC 1812.
    add4(3, 3, 0, inner4().first(28));
    add4(3, 4, 1400, long4.first(548));
    add4(4, 0, 0, inner4().first(28));
    add4(5, 1, kHostB4, inner4().first(28));
    add4(11, 0, 0, udp_packet(kNear, {.source = 33000, .target = 33434}, text()));
    add4(12, 0, 0x14000000, inner4().first(28));
    add4(11, 1, 0, ip4(Ip4{.flags_offset = 0x0010}, kUdp, Bytes().zeros(8)));
    add4(3, 1, 0, ip4(kNear, kIcmp, icmp(8, 0, Bytes().u32(0x00070001))));
    add4(8, 0, 0x00010001, inner4());  // an echo quotes nothing
    // With labels behind the quotation (RFC 4884, 4950).
    const Bytes labels = Bytes().u32(0x20000000).u16(8).u8(1).u8(1).u32(0x00010140);
    add4(11, 0, 32U << 16, Bytes().add(long4.first(128)).add(labels));
    // Of a tunnel, with as much as shows what it carried, and with less.
    const Bytes tunnel = ip4(kNear, kGre, gre(0x2000, kTypeIp6, Bytes().u32(77), inner6()));
    add4(11, 0, 0, tunnel);
    add4(11, 0, 0, tunnel.first(28));
    add4(3, 3, 0, over(kVxlan, vxlan(78, ether(kTypeIp4, inner4()))).first(28));
    add6(1, 4, 0, inner6());
    add6(2, 0, 1280, long6);
    add6(3, 0, 0, inner6());
    add6(4, 1, 40, inner6());
    add6(1, 0, 0, long6.first(48));
    add6(3, 0, 0, ip6(kNear6, kFragment, fragment(kUdp, 0, true, udp(kNear6, {.source = 9, .target = 10}, text()))));
    add6(128, 0, 0x00010001, inner6());
    return trace;
}

}  // namespace captures
