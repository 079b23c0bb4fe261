#include <vector>

#include "make/packets.h"
#include "make/scenes.h"

namespace captures {
namespace {

// A group record as reports of IGMPv3 and MLDv2 have them; `sources` and `words` as it says, whatever is there.
struct Record {
    uint32_t type = 0;
    Bytes group;
    std::vector<Bytes> sources;
    Bytes auxiliary = {};
    int more_sources = 0;  // that it says it has, and has not

    Bytes bytes() const {
        Bytes out;
        out.u8(type).u8(static_cast<uint32_t>(auxiliary.size() / 4));
        out.u16(static_cast<uint32_t>(static_cast<int>(sources.size()) + more_sources)).add(group);
        for (const Bytes& source : sources) out.add(source);
        return out.add(auxiliary);
    }
};

Bytes four(uint32_t a, uint32_t b, uint32_t c, uint32_t d) { return Bytes().u32(address4(a, b, c, d)); }
Bytes six(uint32_t first, uint32_t last) { return Bytes().u32(first).u32(0).u32(0).u32(last); }

// The records as a report has them, with how many it says there are.
Bytes report(const std::vector<Record>& records, uint32_t number) {
    Bytes out = Bytes().u16(0).u16(number);
    for (const Record& record : records) out.add(record.bytes());
    return out;
}
Bytes report(const std::vector<Record>& records) { return report(records, static_cast<uint32_t>(records.size())); }

// With the router alert option in each.
Bytes igmp_packet(uint32_t source, uint32_t target, const Bytes& message) {
    const Ip4 ip{
        .source = source, .target = target, .ttl = 1, .tos = 0xc0, .id = 0, .options = Bytes().u32(0x94040000)};
    return ether(kTypeIp4, ip4(ip, kIgmp, message), kMacA, 0x01'00'5e'00'00'00 | (target & 0x7fffff));
}
Bytes report3(uint32_t host, const Bytes& body) {
    return igmp_packet(address4(192, 0, 2, host), address4(224, 0, 0, 22), igmp(0x22, 0, body));
}
Bytes message2(uint32_t host, uint32_t type, uint32_t group) {
    return igmp_packet(address4(192, 0, 2, host), group, igmp(type, 0, Bytes().u32(group)));
}

Bytes mld_packet(uint32_t type, const Bytes& body) {
    const Ip6 ip{.hop_limit = 1};
    return ether(kTypeIp6,
                 ip6(ip, 0, extension(kIcmp6, Bytes().u16(0x0502).u16(0).u16(0x0100), icmp6(ip, type, 0, body))));
}

// Two records in front of the one that matters show that those before it are stepped over.
std::vector<Record> three_records4() {
    return {{3, four(239, 9, 9, 9), {four(198, 51, 100, 1), four(198, 51, 100, 2)}},
            {1, four(232, 1, 2, 3), {four(198, 51, 100, 3)}, Bytes().u32(0xdeadbeef).u32(0x04000000)},
            {4, four(239, 1, 1, 3), {}}};
}
std::vector<Record> three_records6() {
    return {{6, six(0xff3e0000, 9), {six(0x20010db8, 1), six(0x20010db8, 2)}},
            {2, six(0xff050000, 3), {six(0x20010db8, 3)}, Bytes().u32(0xdeadbeef).u32(0x04000000)},
            {4, six(0xff0e0000, 3), {}}};
}

std::vector<Record> many_records4(uint32_t number) {
    std::vector<Record> out;
    for (uint32_t i = 0; i < number; ++i) out.push_back({1 + i % 6, four(239, 5, i / 256, i % 256), {}});
    return out;
}
std::vector<Record> many_records6(uint32_t number) {
    std::vector<Record> out;
    for (uint32_t i = 0; i < number; ++i) out.push_back({1 + i % 6, six(0xff0e0000, i), {}});
    return out;
}

}  // namespace

Trace groups_scene() {
    Trace trace;
    const uint32_t group = address4(239, 2, 2, 2);
    // Hosts that join and leave.
    trace.add(report3(1, report({{4, four(239, 1, 1, 1), {}}})));
    trace.add(report3(2, report({{4, four(239, 1, 1, 1), {}}, {4, four(239, 1, 1, 2), {}}})));
    trace.add(report3(3, report(three_records4())));
    trace.add(report3(1, report({{3, four(239, 1, 1, 1), {}}})));
    trace.add(message2(4, 0x12, group));
    trace.add(message2(4, 0x16, group));
    trace.add(message2(4, 0x17, group));
    trace.add(report3(5, report({})));
    trace.add(report3(5, report({{5, four(232, 1, 2, 3), {four(198, 51, 100, 4)}},
                                 {6, four(232, 1, 2, 3), {four(198, 51, 100, 3)}}})));
    trace.add(report3(6, report(many_records4(183))));  // as many as an Ethernet frame takes
    // Queries of all versions.
    const uint32_t all = address4(224, 0, 0, 1);
    trace.add(igmp_packet(kHostB4, all, igmp(0x11, 0, Bytes().u32(0))));
    trace.add(igmp_packet(kHostB4, all, igmp(0x11, 100, Bytes().u32(0))));
    trace.add(igmp_packet(kHostB4, all, igmp(0x11, 0, Bytes().u32(0).u8(2).u8(125).u16(0))));
    trace.add(igmp_packet(kHostB4, group, igmp(0x11, 10, Bytes().u32(group).u8(2).u8(125).u16(2).u32(1).u32(2))));
    // MLD of both versions.
    trace.add(mld_packet(130, Bytes().u16(1000).u16(0).add(six(0, 0))));
    trace.add(mld_packet(130, Bytes().u16(1000).u16(0).add(six(0xff0e0000, 3))));
    trace.add(mld_packet(130, Bytes().u16(1000).u16(0).add(six(0, 0)).u8(2).u8(125).u16(0)));
    trace.add(
        mld_packet(130, Bytes().u16(1000).u16(0).add(six(0xff0e0000, 3)).u8(2).u8(125).u16(1).add(six(0x20010db8, 1))));
    trace.add(mld_packet(131, Bytes().u32(0).add(six(0xff0e0000, 3))));
    trace.add(mld_packet(132, Bytes().u32(0).add(six(0xff0e0000, 3))));
    trace.add(mld_packet(143, report({})));
    trace.add(mld_packet(143, report({{4, six(0xff020000, 0xfb), {}}})));
    trace.add(mld_packet(143, report(three_records6())));
    trace.add(mld_packet(143, report(many_records6(70))));
    return trace;
}

Trace bad_groups_scene() {
    Trace trace;
    std::vector<Record> records = three_records4();
    records[1].more_sources = 500;  // the record itself stands, there is none behind it
    trace.add(report3(1, report(records)));
    records[1].more_sources = -1;  // its source is taken for auxiliary data, that for a record
    trace.add(report3(1, report(records)));
    trace.add(report3(1, report(three_records4(), 9)));  // says that it has more records
    trace.add(report3(1, report(three_records4(), 1)));  // and fewer: the rest is no record
    trace.add(report3(1, report(three_records4(), 0xffff)));
    trace.add(report3(1, report({{0, four(239, 1, 1, 1), {}}, {200, four(239, 1, 1, 2), {}}})));  // unknown types
    std::vector<Record> records6 = three_records6();
    records6[1].more_sources = 500;
    trace.add(mld_packet(143, report(records6)));
    trace.add(mld_packet(143, report(three_records6(), 9)));
    trace.add(mld_packet(143, report(three_records6(), 1)));
    trace.add(mld_packet(143, report({{0, six(0xff0e0000, 3), {}}, {200, six(0xff0e0000, 4), {}}})));
    // Behind a tag, and with padding of the link that is no record.
    const Ip4 ip{.target = address4(224, 0, 0, 22), .ttl = 1};
    const Bytes join = ip4(ip, kIgmp, igmp(0x22, 0, report({{4, four(239, 7, 7, 7), {}}})));
    trace.add(ether(kTypeVlan, tag(42, kTypeIp4, join)));
    trace.add(ether(kTypeIp4, Bytes(ip4(ip, kIgmp, igmp(0x22, 0, report({{4, four(239, 7, 7, 7), {}}}, 2))))
                                  .add(Bytes().u32(0x03000000).add(four(239, 2, 2, 2)))));
    return trace;
}

Trace cut_groups_scene() {
    Trace trace;
    const auto cut = [&](const Bytes& whole, size_t headers) {  // where the records begin
        for (size_t length = headers; length <= whole.size(); ++length) trace.add_cut(whole, length);
    };
    cut(report3(3, report(three_records4())), 14 + 24 + 8);
    cut(mld_packet(143, report(three_records6())), 14 + 40 + 8 + 8);
    return trace;
}

}  // namespace captures
