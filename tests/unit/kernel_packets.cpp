// What hooks hand over of a packet, made into the bytes of a capture.
#include <doctest/doctest.h>
#include <net/if_arp.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/kernel/captured_packets.h"

namespace probevue {
namespace {

constexpr uint64_t ethernet = 1;
constexpr uint64_t raw = 101;

struct Handed {
    CapturedPacket head;
    std::string bytes;
};

struct Restored {
    std::string bytes;
    uint64_t link = 0;
    uint32_t wire_length = 0;
};

Restored restore(const Handed& handed) {
    std::vector<std::byte> memory(sizeof handed.head + handed.bytes.size());
    std::memcpy(memory.data(), &handed.head, sizeof handed.head);
    std::memcpy(memory.data() + sizeof handed.head, handed.bytes.data(), handed.bytes.size());
    CapturedPackets packets;
    const CapturedBytes out = packets.restore({CapturedKind::packet, 0, memory.data(), memory.size(), false});
    CHECK(out.kind == CapturedKind::packet);
    return {{reinterpret_cast<const char*>(out.bytes), out.size}, out.key >> 32, static_cast<uint32_t>(out.key)};
}

const std::string addresses = "\x01\x02\x03\x04\x05\x06\x11\x12\x13\x14\x15\x16";
const std::string type_ip4("\x08\x00", 2);
const std::string network = "E...";

Handed frame(uint32_t device_type) {
    Handed out{{}, addresses + type_ip4 + network};
    out.head.wire_length = 100;
    out.head.device_type = device_type;
    out.head.has_link = 1;
    out.head.network_offset = 14;
    out.head.data_offset = 14;
    return out;
}

TEST_CASE("packets of hooks: Ethernet as it is") {
    for (const uint32_t type : {ARPHRD_ETHER, ARPHRD_LOOPBACK}) {
        const Restored out = restore(frame(type));
        CHECK(out.link == ethernet);
        CHECK(out.wire_length == 100);
        CHECK(out.bytes == addresses + type_ip4 + network);
    }
}

TEST_CASE("packets of hooks: a tag that the device took out stands where it stood") {
    Handed handed = frame(ARPHRD_ETHER);
    handed.head.has_tag = 1;
    handed.head.tag = 0x2064;
    const std::array<char, 2> type{'\x81', '\x00'};
    uint16_t in_memory = 0;
    std::memcpy(&in_memory, type.data(), sizeof in_memory);
    handed.head.tag_type = in_memory;
    const Restored out = restore(handed);
    CHECK(out.link == ethernet);
    CHECK(out.wire_length == 104);
    CHECK(out.bytes == addresses + std::string("\x81\x00\x20\x64", 4) + type_ip4 + network);
    handed.bytes.resize(6);
    CHECK(restore(handed).bytes == addresses.substr(0, 6));
}

TEST_CASE("packets of hooks: other links begin with the network header") {
    Handed handed{{}, "link" + network};
    handed.head.wire_length = 100;
    handed.head.device_type = ARPHRD_INFINIBAND;
    handed.head.has_link = 1;
    handed.head.data_offset = 4;
    SUBCASE("which the kernel has not looked for") { handed.head.network_offset = -200; }
    SUBCASE("which it has found") { handed.head.network_offset = 4; }
    SUBCASE("which it has found, and works behind it") {
        handed.head.network_offset = 4;
        handed.head.data_offset = 24;
    }
    SUBCASE("which it has found, and works before it") {
        handed.head.network_offset = 4;
        handed.head.data_offset = 0;
    }
    const Restored out = restore(handed);
    CHECK(out.link == raw);
    CHECK(out.wire_length == 96);
    CHECK(out.bytes == network);
}

TEST_CASE("packets of hooks: devices without a link header, and packets that have none yet") {
    Handed handed{{}, network};
    handed.head.wire_length = 60;
    SUBCASE("a tunnel") {
        handed.head.device_type = ARPHRD_NONE;
        handed.head.has_link = 1;
    }
    SUBCASE("on its way to a device") {
        handed.head.device_type = ARPHRD_ETHER;
        handed.head.has_link = 0;
        handed.head.data_offset = -20;
    }
    const Restored out = restore(handed);
    CHECK(out.link == raw);
    CHECK(out.wire_length == 60);
    CHECK(out.bytes == network);
}

TEST_CASE("packets of hooks: without a device the distance of the headers tells") {
    Handed handed = frame(0);
    CHECK(restore(handed).link == ethernet);
    handed.head.network_offset = 0;
    handed.head.data_offset = 0;
    CHECK(restore(handed).link == raw);
}

TEST_CASE("packets of hooks: less than a packet") {
    CapturedPackets packets;
    const std::array<std::byte, 4> few{};
    CHECK(packets.restore({CapturedKind::packet, 0, few.data(), few.size(), false}).size == 0);
}

}  // namespace
}  // namespace probevue
