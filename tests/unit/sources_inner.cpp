// Packets in packets that no sender of sense makes: by the RFCs, byte by byte.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "tests/unit/raw_packet.h"

using namespace probevue;

namespace {

// `last` is the last byte of both addresses.
Bytes ip4(uint8_t protocol, const Bytes& payload, uint8_t last = 1) {
    const size_t total = 20 + payload.size();
    return Bytes{0x45,
                 0,
                 static_cast<uint8_t>(total >> 8),
                 static_cast<uint8_t>(total),
                 0,
                 1,
                 0,
                 0,
                 64,
                 protocol,
                 0,
                 0,
                 192,
                 0,
                 2,
                 last,
                 198,
                 51,
                 100,
                 last} +
           payload;
}

Bytes ip6(uint8_t next, const Bytes& payload) {
    Bytes header = {0x60, 0, 0, 0, static_cast<uint8_t>(payload.size() >> 8), static_cast<uint8_t>(payload.size()),
                    next, 64};
    header.resize(40, 0x20);
    return header + payload;
}

Bytes udp(uint16_t port, const Bytes& payload) {
    const size_t length = 8 + payload.size();
    return Bytes{0xc0,
                 0,
                 static_cast<uint8_t>(port >> 8),
                 static_cast<uint8_t>(port),
                 static_cast<uint8_t>(length >> 8),
                 static_cast<uint8_t>(length),
                 0,
                 0} +
           payload;
}

Bytes ether(uint8_t high, uint8_t low, const Bytes& payload) {
    Bytes header(12, 2);
    return header + Bytes{high, low} + payload;
}

Bytes inner() { return ip4(17, udp(53, {1, 2, 3, 4}), 77); }

struct Found {
    InnerKind kind;
    uint64_t number, version, protocol, length;
    uint32_t source, target;
    uint16_t source_port, target_port;
    bool cut_off;
    bool operator==(const Found&) const = default;
};
const Found nothing{};

Found find(const Bytes& packet, size_t captured, size_t wire) {
    const RawPacket raw(packet, captured, wire);
    const auto slot = [&](PacketSlot which) { return raw.slot(which); };
    const auto bytes = [&](Layer layer, size_t at, size_t size) {
        uint32_t value = 0;
        for (size_t i = 0; i < size; i++) value = value << 8 | raw.layer(layer)[at + i];
        return value;
    };
    return {static_cast<InnerKind>(slot(PacketSlot::inner_kind)),
            slot(PacketSlot::inner_number),
            slot(PacketSlot::inner_version),
            slot(PacketSlot::inner_protocol),
            slot(PacketSlot::inner_length),
            bytes(Layer::inner_ip4, 12, 4) | bytes(Layer::inner_ip6, 8, 4),
            bytes(Layer::inner_ip4, 16, 4) | bytes(Layer::inner_ip6, 24, 4),
            static_cast<uint16_t>(bytes(Layer::inner_ports, 0, 2)),
            static_cast<uint16_t>(bytes(Layer::inner_ports, 2, 2)),
            raw.parsed.cut_off};
}
Found find(const Bytes& packet) { return find(packet, packet.size(), packet.size()); }

// Is each value of a cut packet that of the whole one, or zero?
bool is_part(const Found& cut, const Found& whole) {
    const auto same = [](auto a, auto b) { return a == b || a == decltype(a){}; };
    return same(cut.kind, whole.kind) && same(cut.number, whole.number) && same(cut.version, whole.version) &&
           same(cut.protocol, whole.protocol) && same(cut.length, whole.length) && same(cut.source, whole.source) &&
           same(cut.target, whole.target) && same(cut.source_port, whole.source_port) &&
           same(cut.target_port, whole.target_port);
}

const Bytes option = {1, 2, 0x80, 1, 0, 0, 0, 42};

struct Carrier {
    const char* name;
    Bytes packet;
    InnerKind kind;
    uint64_t number;
};

std::vector<Carrier> carriers() {
    const Bytes frame = ether(8, 0, inner());
    return {
        {"GRE", ip4(47, Bytes{0xb0, 0, 8, 0, 1, 2, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1} + inner()), InnerKind::gre, 9},
        {"NVGRE", ip4(47, Bytes{0x20, 0, 0x65, 0x58, 0, 1, 0, 5} + frame), InnerKind::gre, 0x10005},
        {"IP in IP", ip4(4, inner()), InnerKind::ipip, 0},
        {"4in6", ip6(4, inner()), InnerKind::ipip, 0},
        {"VXLAN", ip4(17, udp(4789, Bytes{8, 0, 0, 0, 0, 1, 0, 0} + frame)), InnerKind::vxlan, 256},
        {"GENEVE", ip4(17, udp(6081, Bytes{2, 0, 0x65, 0x58, 0, 0, 7, 0} + option + frame)), InnerKind::geneve, 7},
        {"GTP-U", ip4(17, udp(2152, Bytes{0x34, 255, 0, 40, 0, 0, 1, 1, 0, 0, 0, 0x85, 1, 0, 9, 0} + inner())),
         InnerKind::gtpu, 257},
        {"ICMP", ip4(1, Bytes{3, 3, 0, 0, 0, 0, 0, 0} + inner()), InnerKind::quoted, 0},
    };
}

Found whole(InnerKind kind, uint64_t number) {
    return {kind, number, 4, 17, 32, 0xc000024d, 0xc633644d, 0xc000, 53, false};
}

}  // namespace

TEST_CASE("a packet in a packet that is cut has values of the whole one, or zero, and is counted") {
    for (const Carrier& carrier : carriers()) {
        CAPTURE(carrier.name);
        const Found all = whole(carrier.kind, carrier.number);
        REQUIRE(find(carrier.packet) == all);
        for (size_t captured = 0; captured < carrier.packet.size(); captured++) {
            CAPTURE(captured);
            const Found cut = find(carrier.packet, captured, carrier.packet.size());
            CHECK(is_part(cut, all));
            // Behind the last header are four bytes of data.
            CHECK(cut.cut_off == (captured < carrier.packet.size() - 4));
        }
    }
}

TEST_CASE("the outer packet ends the inner one, whatever that says of its length") {
    for (const Carrier& carrier : carriers()) {
        CAPTURE(carrier.name);
        Bytes packet = carrier.packet;
        const size_t start = packet.size() - 32;
        // Longer than what carries it.
        packet[start + 2] = 0xff;
        Found all = whole(carrier.kind, carrier.number);
        all.length = 0xff20;
        CHECK(find(packet) == all);
        // Said to be 0, as in large segments of this host; a quotation cannot know.
        packet[start + 2] = packet[start + 3] = 0;
        all.length = carrier.kind == InnerKind::quoted ? 0 : 32;
        CHECK(find(packet) == all);
        // Ports beyond what the inner header says are not its own.
        packet[start + 3] = 20;
        all.length = 20;
        all.source_port = all.target_port = 0;
        CHECK(find(packet) == all);
        // Less than its header: no packet.
        packet[start + 3] = 19;
        CHECK(find(packet) == nothing);
    }
}

TEST_CASE("what is no IP packet is none, and the packet around it is the innermost") {
    for (const uint8_t first : Bytes{0x00, 0x35, 0x44, 0x55, 0x65, 0xf5}) {
        for (const Carrier& carrier : carriers()) {
            CAPTURE(carrier.name);
            Bytes packet = carrier.packet;
            packet[packet.size() - 32] = first;
            // GTP-U says nothing of the version: six makes it a packet of IPv6.
            const bool other_version = first == 0x65 && carrier.kind == InnerKind::gtpu;
            CHECK((find(packet) == nothing) != other_version);
            if (packet[0] == 0x60) continue;
            const Found around = find(ip4(4, packet, 9));
            CHECK(around.kind == (other_version ? InnerKind::gtpu : InnerKind::ipip));
            if (!other_version) CHECK(around.source == 0xc0000201);
        }
    }
}

TEST_CASE("headers of tunnels with what is not to be understood carry nothing") {
    const auto gre = [](uint8_t high, uint8_t low) { return ip4(47, Bytes{high, low, 8, 0, 0, 0, 0, 0} + inner()); };
    CHECK(find(gre(0x40, 0)) == nothing);                            // a source route
    CHECK(find(gre(0, 1)) == nothing);                               // version 1: PPTP
    CHECK(find(ip4(47, Bytes{0, 0, 0, 100} + inner())) == nothing);  // a length is no type
    const Bytes frame = ether(8, 0, inner());
    CHECK(find(ip4(17, udp(4789, Bytes{0, 0, 0, 0, 0, 1, 0, 0} + frame))) == nothing);           // no VNI
    CHECK(find(ip4(17, udp(6081, Bytes{0x40, 0, 0x65, 0x58, 0, 0, 1, 0} + frame))) == nothing);  // version 1
    CHECK(find(ip4(17, udp(6081, Bytes{0x3f, 0, 0x65, 0x58, 0, 0, 1, 0} + frame))) ==
          nothing);  // options behind the end
    CHECK(find(ip4(17, udp(2152, Bytes{0x50, 255, 0, 32, 0, 0, 0, 1} + inner()))) == nothing);  // version 2
    CHECK(find(ip4(17, udp(2152, Bytes{0x20, 255, 0, 32, 0, 0, 0, 1} + inner()))) == nothing);  // GTP'
    CHECK(find(ip4(17, udp(2152, Bytes{0x30, 254, 0, 32, 0, 0, 0, 1} + inner()))) == nothing);  // an end marker
    CHECK(find(ip4(17, udp(2152, Bytes{0x30, 255, 0, 0, 0, 0, 0, 1} + inner()))) == nothing);   // nothing behind
    const Bytes endless = {0x34, 255, 0, 40, 0, 0, 0, 1, 0, 0, 0, 0x85, 0, 0, 0, 0x85};  // an extension of length 0
    CHECK(find(ip4(17, udp(2152, endless + inner()))) == nothing);
    CHECK(find(ip4(1, Bytes{0, 0, 0, 0, 0, 0, 0, 0} + inner())) == nothing);  // an echo reply
    CHECK(find(ip6(1, Bytes{3, 3, 0, 0, 0, 0, 0, 0} + inner())) == nothing);  // ICMP of the other version
    CHECK(find(ip6(58, Bytes{1, 0, 0, 0, 0, 0, 0, 0} + inner())) == nothing);
}

TEST_CASE("tunnels over UDP are known by the destination, and end where UDP does") {
    Bytes packet = ip4(17, udp(4789, Bytes{8, 0, 0, 0, 0, 1, 0, 0} + ether(8, 0, inner())));
    Bytes other = packet;
    std::swap(other[20], other[22]);
    std::swap(other[21], other[23]);
    CHECK(find(other) == nothing);
    for (const uint8_t length : Bytes{0, 1, 7, 8, 16, 30}) {
        CAPTURE(length);
        packet[25] = length;
        CHECK(find(packet) == nothing);
    }
    // Of IPv6 a length of 0 is a jumbogram's (RFC 2675).
    Bytes jumbo = ip6(17, udp(4789, Bytes{8, 0, 0, 0, 0, 1, 0, 0} + ether(8, 0, inner())));
    jumbo[45] = 0;
    CHECK(find(jumbo) == whole(InnerKind::vxlan, 256));
}

TEST_CASE("eight packets in packets are looked into, and no more") {
    for (const uint8_t levels : Bytes{1, 7, 8, 9, 32}) {
        CAPTURE(levels);
        Bytes packet = inner();
        for (uint8_t level = levels; level > 0; --level) packet = ip4(4, packet, level);
        const Found found = find(packet);
        CHECK(found.kind == InnerKind::ipip);
        // Headers are numbered from the outermost, 1; the innermost is 77.
        CHECK((found.source & 0xff) == (levels > 8 ? 9u : 77u));
        CHECK(found.target_port == (levels > 8 ? 0 : 53));
    }
}

TEST_CASE("what stands behind a quotation is not part of it") {
    // 128 bytes of a longer packet: GRE, labels up to the last byte. What follows is an IP packet by chance (RFC 4884).
    Bytes quoted = ip4(47, Bytes{0, 0, 0x88, 0x47}, 9);
    quoted[2] = 5;
    quoted.resize(128, 0);
    quoted[126] = 1;  // the last label says so
    const auto message = [&](uint8_t words) { return ip4(1, Bytes{11, 0, 0, 0, 0, words, 0, 0} + quoted + inner()); };
    CHECK(find(message(0)) == whole(InnerKind::gre, 0));
    CHECK(find(message(31)) == whole(InnerKind::gre, 0));  // less than there has to be says nothing
    const Found found = find(message(32));
    CHECK(found.kind == InnerKind::quoted);
    CHECK(found.source == 0xc0000209);
    CHECK(found.protocol == 47);
}

TEST_CASE("fragments: the first shows what it carries, later ones nothing") {
    Bytes packet = ip4(4, inner());
    packet[6] = 0x20;
    CHECK(find(packet) == whole(InnerKind::ipip, 0));
    packet[7] = 1;
    CHECK(find(packet) == nothing);
    Bytes of_inner = ip4(4, inner());
    of_inner[27] = 1;
    Found later = whole(InnerKind::ipip, 0);
    later.source_port = later.target_port = 0;
    CHECK(find(of_inner) == later);
}

TEST_CASE("any bytes end the way somewhere") {
    // Each byte of each carrier, changed to each value: nothing is read beyond the packet, whatever is found.
    for (const Carrier& carrier : carriers()) {
        for (size_t at = 0; at < carrier.packet.size(); at++) {
            Bytes packet = carrier.packet;
            for (int value = 0; value < 256; value++) {
                packet[at] = static_cast<uint8_t>(value);
                const Found found = find(packet);
                CHECK(found.kind <= InnerKind::quoted);
            }
        }
    }
}

TEST_CASE("who reads nothing of inner packets leaves their values alone") {
    const Bytes packet = carriers().front().packet;
    EngineContext context;
    context.slots[static_cast<size_t>(PacketSlot::inner_kind)] = 99;
    for (const PacketDepth depth : {PacketDepth::headers, PacketDepth::details, PacketDepth::options}) {
        LayerParser parser;
        parser.parse_to(depth);
        parser.parse(LinkKind::raw, {packet.data(), static_cast<uint32_t>(packet.size()), 100, 1, 0}, context);
        CHECK(context.slots[static_cast<size_t>(PacketSlot::inner_kind)] == 99);
    }
}
