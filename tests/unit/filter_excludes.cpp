// A warning that a clause never fires must be true: asked of all captures, packet by packet.
#include "compiler/program/filter_excludes.h"

#include <doctest/doctest.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "compiler/program/filter.h"
#include "runtime/sources/capture.h"
#include "runtime/sources/layers.h"

using namespace probevue;
namespace fs = std::filesystem;

namespace {

struct KeptPacket {
    std::vector<uint8_t> bytes;
    uint32_t wire_length;
    int link_type;
    ProtocolSet protocols;
};

// Of all captures of tests/data: what the layer parser finds in each packet, which is what a clause fires for.
std::vector<KeptPacket> all_packets() {
    std::vector<KeptPacket> packets;
    for (const auto& entry : fs::recursive_directory_iterator("tests/data")) {
        if (!entry.is_regular_file() || entry.path().string().find(".pcap") == std::string::npos) continue;
        const auto reader = CaptureReader::open(entry.path().string());
        if (!reader) continue;
        LayerParser parser;
        PacketView packet;
        for (;;) {
            const auto item = (*reader)->next(packet);
            if (item == CaptureReader::Item::end) break;
            if (item != CaptureReader::Item::packet) continue;
            const PacketInterface& interface = (*reader)->interfaces()[packet.interface];
            EngineContext context;
            const ParsedPacket parsed = parser.parse(interface.kind, packet, context);
            packets.push_back({{packet.data, packet.data + packet.captured},
                               packet.wire_length,
                               interface.link_type,
                               parsed.protocols});
        }
    }
    return packets;
}

// libpcap's own interpreter.
bool matches(const std::vector<sock_filter>& code, const KeptPacket& packet) {
    std::vector<bpf_insn> insns;
    for (const sock_filter& insn : code) insns.push_back({insn.code, insn.jt, insn.jf, insn.k});
    return bpf_filter(insns.data(), packet.bytes.data(), packet.wire_length,
                      static_cast<unsigned>(packet.bytes.size())) != 0;
}

// How many packets there are that the filter matches and that carry the protocol.
size_t firings(const std::string& filter, Protocol protocol, const std::vector<KeptPacket>& packets) {
    std::map<int, std::vector<sock_filter>> codes;
    size_t count = 0;
    for (const KeptPacket& packet : packets) {
        if ((packet.protocols & static_cast<ProtocolSet>(protocol)) == 0) continue;
        const auto [at, fresh] = codes.try_emplace(packet.link_type);
        FilterError error;
        FilterTarget target;
        target.link_type = packet.link_type;
        if (fresh) at->second = compile_filter(filter, target, error);
        if (!at->second.empty() && matches(at->second, packet)) ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("packets that are told not to carry a protocol do not") {
    const std::vector<KeptPacket> packets = all_packets();
    REQUIRE(packets.size() > 500);
    for (const ProtocolRow& row : protocols()) {
        CAPTURE(std::string(row.name));
        CHECK(firings("", row.protocol, packets) > 0);  // there is something to go wrong with
        if (!row.others.empty()) CHECK(firings(std::string(row.others), row.protocol, packets) == 0);
    }
}

TEST_CASE("a clause that is told never to fire fires for no packet of any capture") {
    const std::vector<KeptPacket> packets = all_packets();
    size_t excluded = 0;
    for (const char* filter : {"ip",
                               "ip6",
                               "arp",
                               "rarp",
                               "tcp",
                               "udp",
                               "icmp",
                               "icmp6",
                               "igmp",
                               "sctp",
                               "port 53",
                               "port 80 and tcp",
                               "udp port 53",
                               "not ip",
                               "not tcp",
                               "not udp",
                               "vlan",
                               "vlan and ip",
                               "vlan and ip6",
                               "vlan and udp",
                               "vlan and tcp",
                               "vlan or udp",
                               "tcp or udp",
                               "host 10.0.0.1",
                               "net 10.0.0.0/8",
                               "ip6 host fe80::1",
                               "ip proto 6",
                               "ip[9] = 17",
                               "ip6[6] = 17",
                               "ip6[6] = 44",
                               "ip6[6] = 0",
                               "ip6 proto 6",
                               "less 100",
                               "greater 60 and udp",
                               "ether proto 0x800",
                               "ether[12:2] = 0x86dd",
                               "ether broadcast",
                               "ether multicast and ip",
                               "tcp[13] & 2 != 0",
                               "udp[4:2] > 8",
                               "icmp[0] = 8",
                               "ip[6:2] & 0x1fff != 0",
                               "ip multicast",
                               "mpls",
                               "pppoes",
                               "geneve",
                               "ip proto 47",
                               "ip proto 4 or ip6 proto 41"}) {
        for (const ProtocolRow& row : protocols()) {
            CAPTURE(filter);
            CAPTURE(std::string(row.name));
            if (!excludes(filter, row)) continue;
            ++excluded;
            CHECK(firings(filter, row.protocol, packets) == 0);
        }
    }
    CHECK(excluded > 100);
}

TEST_CASE("what a filter excludes") {
    const auto never = [](const char* protocol, const char* filter) {
        return excludes(filter, *find_protocol(protocol));
    };
    CHECK(never("tcp", "udp port 53"));
    CHECK(never("tcp", "less 100 and udp"));
    CHECK(never("tcp", "vlan and udp"));
    CHECK(never("ipv4", "host 2001:db8::1"));
    CHECK(never("ipv6", "net 192.0.2.0/24"));
    CHECK(never("arp", "port 80"));
    // Tags, tunnels and other link types may hold it.
    CHECK_FALSE(never("tcp", "not ip"));
    CHECK_FALSE(never("tcp", "vlan or udp"));
    CHECK_FALSE(never("udp", "geneve and tcp"));
    CHECK_FALSE(never("tcp", "ip proto 47"));
    CHECK_FALSE(never("ipv4", "ether[12:2] = 0x86dd"));
    CHECK_FALSE(never("tcp", "no such filter"));
    CHECK_FALSE(never("ether", "udp"));
    CHECK_FALSE(never("*", "udp"));
}
