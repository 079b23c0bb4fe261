// Headers that no program but ours gives a value of: by the RFC, byte by byte.
#include <doctest/doctest.h>

#include <cstring>
#include <utility>
#include <vector>

#include "runtime/sources/layers.h"

using namespace probevue;

namespace {

using Bytes = std::vector<uint8_t>;

// An IPv4 packet of a protocol, raw.
Bytes ip4(uint8_t protocol, const Bytes& payload) {
    Bytes packet = {0x45, 0, 0, static_cast<uint8_t>(20 + payload.size()), 0, 1, 0, 0, 64, protocol, 0, 0};
    packet.insert(packet.end(), {192, 0, 2, 1, 224, 0, 0, 2});
    packet.insert(packet.end(), payload.begin(), payload.end());
    return packet;
}

// The group of an IGMP message, and its type.
std::pair<uint32_t, uint8_t> group_of(const Bytes& message) {
    const Bytes packet = ip4(2, message);
    LayerParser parser;
    EngineContext context;
    PacketView view{packet.data(), static_cast<uint32_t>(packet.size()), static_cast<uint32_t>(packet.size()), 1, 0};
    parser.parse(LinkKind::raw, view, context);
    const auto* header = reinterpret_cast<const uint8_t*>(context.layers[static_cast<size_t>(Layer::igmp)]);
    uint32_t group;
    std::memcpy(&group, header + 4, sizeof group);
    return {group, header[0]};
}

}  // namespace

TEST_CASE("IGMP messages without a group have none") {
    for (const uint8_t type : Bytes{0x13, 0x14, 0x15, 0x22, 0x24, 0x30}) {
        CAPTURE(type);
        CHECK(group_of({type, 3, 0, 0, 0x10, 2, 3, 4, 192, 0, 2, 1}) == std::pair<uint32_t, uint8_t>(0, type));
    }
    for (const uint8_t type : Bytes{0x11, 0x12, 0x16, 0x17, 0x1e, 0x1f, 0xfc, 0xfd}) {
        CAPTURE(type);
        CHECK(group_of({type, 0, 0, 0, 224, 0, 0, 251}).first != 0);
    }
}

TEST_CASE("the walk over extension headers ends at its bound: the type is that of the header, no clause fires") {
    for (const size_t headers : {256u, 257u}) {
        CAPTURE(headers);
        Bytes packet(40, 0);
        const size_t payload = headers * 8 + 8;
        packet[0] = 0x60;
        packet[4] = static_cast<uint8_t>(payload >> 8);
        packet[5] = static_cast<uint8_t>(payload);
        packet[6] = 60;
        for (size_t i = 0; i < headers; i++) {
            packet.insert(packet.end(), {static_cast<uint8_t>(i + 1 < headers ? 60 : 17), 0, 1, 4, 0, 0, 0, 0});
        }
        packet.insert(packet.end(), {4, 0, 0, 53, 0, 8, 0, 0});
        LayerParser parser;
        EngineContext context;
        const auto size = static_cast<uint32_t>(packet.size());
        const ParsedPacket parsed = parser.parse(LinkKind::raw, {packet.data(), size, size, 1, 0}, context);
        const bool fires = (parsed.protocols & static_cast<ProtocolSet>(Protocol::udp)) != 0;
        CHECK(fires == (headers == 256));
        CHECK(context.slots[static_cast<size_t>(PacketSlot::ip6_protocol)] == (headers == 256 ? 17u : 60u));
    }
}

// As a kernel 6.18 gives a frame with two tags to a socket of all interfaces: the outer one is taken off, the inner one
// is there, and the type is the one behind it.
TEST_CASE("a tag that a cooked header does not tell of") {
    Bytes packet = {8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x01, 0x2c, 8, 0};
    const Bytes datagram = ip4(17, {4, 0, 0x13, 0x88, 0, 8, 0, 0});
    packet.insert(packet.end(), datagram.begin(), datagram.end());
    LayerParser parser;
    EngineContext context;
    const auto size = static_cast<uint32_t>(packet.size());
    const ParsedPacket parsed = parser.parse(LinkKind::cooked2, {packet.data(), size, size, 1, 0}, context);
    CHECK((parsed.protocols & static_cast<ProtocolSet>(Protocol::udp)) != 0);
    CHECK(context.slots[static_cast<size_t>(PacketSlot::vlan)] == 300);
    CHECK(context.slots[static_cast<size_t>(PacketSlot::ip_len)] == 28);
}
