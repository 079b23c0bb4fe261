// Messages of IGMP and MLD that hosts do not send, and records that say what is not so: by the RFCs, byte by byte.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "runtime/sources/groups.h"
#include "tests/unit/raw_packet.h"

using namespace probevue;

namespace {

Bytes ip4(const Bytes& message) {
    const size_t total = 20 + message.size();
    Bytes packet = {0x45, 0, static_cast<uint8_t>(total >> 8), static_cast<uint8_t>(total), 0, 1, 0, 0, 1, 2, 0, 0};
    return packet + Bytes{192, 0, 2, 1, 224, 0, 0, 22} + message;
}

Bytes ip6(const Bytes& message) {
    Bytes packet(40, 0);
    packet[0] = 0x60;
    packet[4] = static_cast<uint8_t>(message.size() >> 8);
    packet[5] = static_cast<uint8_t>(message.size());
    packet[6] = 58;
    return packet + message;
}

// A message of a type and a length, zero but for its second byte.
Bytes message(uint8_t type, uint8_t code, size_t length) {
    Bytes out(length, 0);
    out[0] = type;
    out[1] = code;
    return out;
}

Bytes record(uint8_t type, uint8_t words, uint8_t sources, const Bytes& group, size_t behind) {
    return Bytes{type, words, 0, sources} + group + Bytes(behind, 0xee);
}

// What a walk over the groups of a packet finds, of which so many bytes were captured.
struct Found {
    uint64_t igmp_version = 0;
    uint64_t mld_version = 0;
    bool fires = false;
    bool cut_off = false;
    std::vector<uint64_t> types;
    std::vector<uint64_t> sources;
    std::vector<Bytes> groups;
};

Found find(const Bytes& packet, size_t captured) {
    RawPacket raw(packet, captured, packet.size());
    const auto slot = [&](PacketSlot one) { return raw.slot(one); };
    Found out;
    out.igmp_version = slot(PacketSlot::igmp_version);
    out.mld_version = slot(PacketSlot::mld_version);
    out.fires = (raw.parsed.protocols & static_cast<ProtocolSet>(Protocol::group)) != 0;
    out.cut_off = raw.parsed.cut_off;
    if (!out.fires) return out;
    GroupWalk walk(raw.context);
    while (walk.next(raw.context)) {
        const bool six = out.mld_version != 0;
        const uint8_t* group = raw.layer(six ? Layer::group6 : Layer::group4);
        CHECK(slot(PacketSlot::group_number) == out.types.size());
        out.types.push_back(slot(PacketSlot::group_type));
        out.sources.push_back(slot(PacketSlot::group_sources));
        out.groups.emplace_back(group, group + (six ? 16 : 4));
    }
    out.cut_off = out.cut_off || walk.cut_off();
    return out;
}
Found find(const Bytes& packet) { return find(packet, packet.size()); }

const Bytes group_a = {239, 1, 1, 1};
const Bytes group_b = {239, 1, 1, 2};

}  // namespace

// RFC 3376, 7.1: those of other lengths are to be ignored.
TEST_CASE("versions of queries: by length and time to respond") {
    CHECK(find(ip4(message(0x11, 0, 8))).igmp_version == 1);
    CHECK(find(ip4(message(0x11, 100, 8))).igmp_version == 2);
    for (const size_t length : {12u, 13u, 16u, 1400u}) CHECK(find(ip4(message(0x11, 0, length))).igmp_version == 3);
    for (const size_t length : {2u, 4u, 7u, 9u, 10u, 11u})
        CHECK(find(ip4(message(0x11, 100, length))).igmp_version == 0);
    CHECK(find(ip6(message(130, 0, 24))).mld_version == 1);
    for (const size_t length : {28u, 44u, 1400u}) CHECK(find(ip6(message(130, 0, length))).mld_version == 2);
    for (const size_t length : {8u, 23u, 25u, 27u}) CHECK(find(ip6(message(130, 0, length))).mld_version == 0);
    // The length is that of the header of IP: what lies behind is padding of the link, what is missing was cut off.
    CHECK(find(ip4(message(0x11, 0, 8)) + Bytes(18, 0)).igmp_version == 1);
    CHECK(find(ip4(message(0x11, 0, 12)), 20 + 8).igmp_version == 3);
    CHECK_FALSE(find(ip4(message(0x11, 100, 8))).fires);
}

TEST_CASE("messages without records tell of one group, as records would") {
    const Found report1 = find(ip4(message(0x12, 0, 4) + group_a));
    CHECK(report1.igmp_version == 1);
    CHECK(report1.types == std::vector<uint64_t>{2});
    CHECK(report1.groups == std::vector<Bytes>{group_a});
    const Found report2 = find(ip4(message(0x16, 0, 4) + group_a));
    CHECK(report2.igmp_version == 2);
    CHECK(report2.types == std::vector<uint64_t>{2});
    const Found leave = find(ip4(message(0x17, 0, 4) + group_a));
    CHECK(leave.igmp_version == 2);
    CHECK(leave.types == std::vector<uint64_t>{3});
    CHECK(leave.groups == std::vector<Bytes>{group_a});
    const Bytes group6 = Bytes{0xff, 0x0e} + Bytes(14, 7);
    CHECK(find(ip6(message(131, 0, 8) + group6)).types == std::vector<uint64_t>{2});
    const Found done = find(ip6(message(132, 0, 8) + group6));
    CHECK(done.mld_version == 1);
    CHECK(done.types == std::vector<uint64_t>{3});
    CHECK(done.groups == std::vector<Bytes>{group6});
    // DVMRP, PIM, traceroute, RGMP, and what else ICMPv6 says, are none.
    for (const uint8_t type : Bytes{0x13, 0x14, 0x1e, 0x1f, 0x24, 0xfc}) {
        CHECK(find(ip4(message(type, 0, 4) + group_a)).igmp_version == 0);
        CHECK_FALSE(find(ip4(message(type, 0, 4) + group_a)).fires);
    }
    for (const uint8_t type : Bytes{128, 129, 133, 135, 142, 144})
        CHECK(find(ip6(message(type, 0, 40))).mld_version == 0);
}

TEST_CASE("records: sources and auxiliary data are stepped over, however many the report says there are") {
    const Bytes first = record(1, 2, 3, group_a, 3 * 4 + 2 * 4);
    const Bytes second = record(4, 0, 0, group_b, 0);
    const auto report = [&](uint16_t number) {
        return ip4(Bytes{0x22, 0, 0, 0, 0, 0, static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)} + first +
                   second);
    };
    for (const uint16_t number : {uint16_t{2}, uint16_t{3}, uint16_t{65535}}) {
        const Found found = find(report(number));
        CHECK(found.types == std::vector<uint64_t>{1, 4});
        CHECK(found.sources == std::vector<uint64_t>{3, 0});
        CHECK(found.groups == std::vector<Bytes>{group_a, group_b});
        CHECK_FALSE(found.cut_off);
    }
    CHECK(find(report(1)).types == std::vector<uint64_t>{1});
    CHECK_FALSE(find(report(0)).fires);
    CHECK_FALSE(find(report(0)).cut_off);
}

TEST_CASE("a report that is cut at every length: records up to their group count, the rest is cut off") {
    const Bytes report =
        ip4(Bytes{0x22, 0, 0, 0, 0, 0, 0, 2} + record(1, 1, 1, group_a, 8) + record(4, 0, 0, group_b, 0));
    constexpr size_t first_at = 20 + 8 + 8;
    constexpr size_t second_at = first_at + 8 + 8;
    REQUIRE(report.size() == second_at);
    for (size_t captured = 0; captured <= report.size(); ++captured) {
        CAPTURE(captured);
        const Found found = find(report, captured);
        CHECK(found.fires == (captured >= first_at));
        CHECK(found.types.size() == (captured >= second_at ? 2u : captured >= first_at ? 1u : 0u));
        CHECK(found.cut_off == (captured < second_at));
    }
}

TEST_CASE("bytes that are anything: nothing is read beyond them") {
    std::mt19937 random(7);
    for (int i = 0; i < 20'000; ++i) {
        Bytes body(random() % 200, 0);
        for (uint8_t& byte : body) byte = static_cast<uint8_t>(random() % 4 == 0 ? random() : random() % 3);
        const bool four = random() % 2 == 0;
        const Bytes packet = four ? ip4(Bytes{0x22, 0, 0, 0, 0, 0} + body) : ip6(Bytes{143, 0, 0, 0, 0, 0} + body);
        const Found found = find(packet, random() % (packet.size() + 1));
        CHECK(found.types.size() <= body.size() / 8);
    }
}
