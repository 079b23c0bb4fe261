// Packet filters against libpcap's own interpreter: what libpcap compiles, and random filters, on packets whole, cut
// and changed.
#include <doctest/doctest.h>

// linux/bpf.h has a structure of the same name
#define bpf_insn classic_insn
#include <pcap/pcap.h>
#undef bpf_insn

#include <array>
#include <random>

#include "tests/unit/engine_support.h"

namespace probevue::test {
namespace {

using Packet = std::vector<uint8_t>;

void add16(Packet& packet, unsigned value) {
    packet.push_back(static_cast<uint8_t>(value >> 8));
    packet.push_back(static_cast<uint8_t>(value));
}

// Ethernet, a VLAN tag or not, IPv4 with or without options or IPv6, TCP, UDP or ICMP, and a payload.
Packet make_packet(std::mt19937& random) {
    const auto pick = [&](unsigned count) { return static_cast<unsigned>(random() % count); };
    Packet packet{2, 0, 0, 0, 0, static_cast<uint8_t>(pick(3)), 2, 0, 0, 0, 0, static_cast<uint8_t>(pick(3))};
    if (pick(4) == 0) {
        add16(packet, 0x8100);
        add16(packet, pick(5));
    }
    const std::array<unsigned, 4> protocols{6, 17, 1, 58};
    const unsigned protocol = protocols[pick(4)];
    const unsigned kind = pick(8);
    if (kind == 0) {
        add16(packet, 0x0806);
        packet.insert(packet.end(), {0, 1, 8, 0, 6, 4, 0, static_cast<uint8_t>(1 + pick(2))});
    } else if (kind < 3) {
        add16(packet, 0x86dd);
        packet.insert(packet.end(), {0x60, 0, 0, 0, 0, 40, static_cast<uint8_t>(protocol), 64});
        for (unsigned i = 0; i < 32; ++i)
            packet.push_back(i % 16 == 15 ? static_cast<uint8_t>(pick(4)) : i % 16 == 0 ? 0xfe : 0);
    } else {
        add16(packet, 0x0800);
        const unsigned words = 5 + pick(3);
        packet.insert(packet.end(), {static_cast<uint8_t>(0x40 + words), 0});
        add16(packet, 60);
        add16(packet, pick(65536));
        add16(packet, pick(4) == 0 ? 0x2000 + pick(3) : 0x4000);
        packet.insert(packet.end(), {64, static_cast<uint8_t>(protocol), 0, 0});
        for (unsigned i = 0; i < 2; ++i) packet.insert(packet.end(), {10, 0, 0, static_cast<uint8_t>(1 + pick(3))});
        packet.resize(packet.size() + (words - 5) * 4, 1);
    }
    const std::array<unsigned, 4> ports{22, 53, 443, 8080};
    add16(packet, ports[pick(4)]);
    add16(packet, ports[pick(4)]);
    const unsigned rest = 16 + pick(30);
    for (unsigned i = 0; i < rest; ++i) packet.push_back(static_cast<uint8_t>(random()));
    return packet;
}

Packet change(const Packet& from, std::mt19937& random) {
    Packet packet = from;
    for (unsigned i = 0; i < random() % 3; ++i) packet[random() % packet.size()] = static_cast<uint8_t>(random());
    if (random() % 3 == 0) packet.resize(random() % (packet.size() + 1));
    return packet;
}

// What libpcap's interpreter says of a packet.
uint32_t oracle(const std::vector<sock_filter>& code, const Packet& packet, uint32_t wire) {
    std::vector<classic_insn> classic;
    for (const sock_filter& insn : code) classic.push_back({insn.code, insn.jt, insn.jf, insn.k});
    return bpf_filter(classic.data(), packet.data(), wire, static_cast<unsigned>(packet.size()));
}

std::vector<sock_filter> compile(const std::string& expression, int link_type, bool optimize) {
    const std::unique_ptr<pcap_t, void (*)(pcap_t*)> handle(pcap_open_dead(link_type, 65535), pcap_close);
    bpf_program program{};
    REQUIRE_MESSAGE(
        pcap_compile(handle.get(), &program, expression.c_str(), optimize ? 1 : 0, PCAP_NETMASK_UNKNOWN) == 0,
        expression << ": " << pcap_geterr(handle.get()));
    std::vector<sock_filter> code;
    for (unsigned i = 0; i < program.bf_len; ++i) {
        const classic_insn& insn = program.bf_insns[i];
        code.push_back({insn.code, insn.jt, insn.jf, insn.k});
    }
    pcap_freecode(&program);
    return code;
}

std::vector<std::unique_ptr<PacketFilter>> in_every_engine(const std::vector<sock_filter>& code) {
    std::vector<std::unique_ptr<PacketFilter>> filters;
    for (const EngineKind kind : engine_kinds()) {
        auto filter = PacketFilter::create(code, kind);
        REQUIRE_MESSAGE(filter.has_value(), filter.error().message);
        filters.push_back(std::move(*filter));
    }
    return filters;
}

TEST_CASE("filters that libpcap compiles") {
    const std::vector<std::string> expressions{"",
                                               "ip",
                                               "ip6",
                                               "arp",
                                               "tcp",
                                               "udp",
                                               "icmp",
                                               "icmp6",
                                               "port 53",
                                               "port 443 or port 22",
                                               "not port 22",
                                               "tcp port 8080",
                                               "src port 22 and dst port 443",
                                               "portrange 50-500",
                                               "host 10.0.0.1",
                                               "src host 10.0.0.2 and tcp",
                                               "net 10.0.0.0/8",
                                               "dst net 10.0.0.2/31",
                                               "ip6 host fe00::1",
                                               "ether host 02:00:00:00:00:01",
                                               "vlan",
                                               "vlan 2 and tcp",
                                               "vlan and port 53",
                                               "tcp[tcpflags] & tcp-syn != 0",
                                               "tcp[13] & 2 != 0",
                                               "ip[0] & 0xf > 5",
                                               "ip[6:2] & 0x1fff = 0",
                                               "len > 60",
                                               "less 70",
                                               "greater 50",
                                               "tcp and len <= 80",
                                               "ip[8] / 2 = 32",
                                               "ip[8] % 7 = 1",
                                               "ip[2:2] - 20 > 30",
                                               "udp[4:2] * 2 > 100",
                                               "(ip[12] << 3) & 80 != 0",
                                               "ip[12:4] >> 24 = 10",
                                               "ip[ip[0] & 0xf] > 4",
                                               "tcp[(tcp[12] >> 4):1] > 7",
                                               "ip proto 6 or ip6 proto 17",
                                               "icmp[icmptype] != icmp-echo",
                                               "arp[6:2] = 1",
                                               "ether[len - 1] > 3",
                                               "ip[1] ^ 3 = 3",
                                               "-ip[0] != 4",
                                               "tcp port 22 and (ip[2:2] - ((ip[0] & 0xf) << 2)) != 0"};
    std::mt19937 random(7);
    std::vector<Packet> packets;
    for (int i = 0; i < 150; ++i) packets.push_back(make_packet(random));
    for (int i = 0; i < 300; ++i) packets.push_back(change(packets[random() % 150], random));
    packets.emplace_back();

    for (const std::string& expression : expressions) {
        for (const bool optimize : {true, false}) {
            const std::vector<sock_filter> code = compile(expression, DLT_EN10MB, optimize);
            const auto filters = in_every_engine(code);
            size_t matched = 0;
            for (const Packet& packet : packets) {
                const auto wire = static_cast<uint32_t>(packet.size() + random() % 2 * 40);
                const uint32_t expected = oracle(code, packet, wire);
                matched += expected != 0 ? 1 : 0;
                for (const auto& filter : filters) {
                    if (filter->run(packet.data(), static_cast<uint32_t>(packet.size()), wire) != expected) {
                        FAIL_CHECK(expression << (optimize ? " optimized" : "") << ", packet of " << packet.size()
                                              << " bytes");
                    }
                }
            }
            INFO(expression);
            CHECK(matched > 0);  // else nothing was tested
        }
    }
}

// Any instruction that libpcap's interpreter knows and that does what C defines.
std::vector<sock_filter> random_filter(std::mt19937& random) {
    const auto pick = [&](unsigned count) { return static_cast<unsigned>(random() % count); };
    const auto make = [](unsigned code, unsigned jt, unsigned jf, uint32_t k) {
        return sock_filter{static_cast<uint16_t>(code), static_cast<uint8_t>(jt), static_cast<uint8_t>(jf), k};
    };
    const std::array<unsigned, 3> sizes{BPF_B, BPF_H, BPF_W};
    const std::array<unsigned, 10> operations{BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD,
                                              BPF_OR,  BPF_AND, BPF_XOR, BPF_LSH, BPF_RSH};
    const std::array<unsigned, 4> jumps{BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};
    std::vector<sock_filter> code;
    // memory is defined before it is read
    for (unsigned i = 0; i < 4; ++i) {
        code.push_back(make(BPF_LD | BPF_IMM, 0, 0, static_cast<uint32_t>(random())));
        code.push_back(make(BPF_ST, 0, 0, i));
    }
    const unsigned length = 5 + pick(20);
    for (unsigned i = 0; i < length; ++i) {
        const unsigned behind = length - i;  // the return stands behind the last one
        const uint32_t number = pick(2) == 0 ? pick(64) : static_cast<uint32_t>(random());
        const unsigned operation = operations[pick(10)];
        switch (pick(13)) {
            case 0:
                code.push_back(make(BPF_LD | BPF_ABS | sizes[pick(3)], 0, 0, pick(20)));
                break;
            case 1:
                code.push_back(
                    make(BPF_LD | BPF_IND | sizes[pick(3)], 0, 0, pick(8) == 0 ? number & 0x7fffffff : pick(10)));
                break;
            case 2:
                code.push_back(make(BPF_LD | BPF_LEN, 0, 0, 0));
                break;
            case 3:
                code.push_back(make(BPF_LDX | BPF_MSH | BPF_B, 0, 0, pick(20)));
                break;
            case 4:
                code.push_back(make((pick(2) == 0 ? BPF_LD : BPF_LDX) | BPF_MEM, 0, 0, pick(4)));
                break;
            case 5:
                code.push_back(make(pick(2) == 0 ? BPF_ST : BPF_STX, 0, 0, pick(4)));
                break;
            case 6:
                code.push_back(make(BPF_MISC | (pick(2) == 0 ? BPF_TAX : BPF_TXA), 0, 0, 0));
                break;
            case 7:
                code.push_back(make(BPF_LDX | BPF_IMM, 0, 0, pick(40)));
                break;
            case 8:
                code.push_back(make(BPF_ALU | BPF_NEG, 0, 0, 0));
                break;
            case 9:
                code.push_back(make(BPF_ALU | operation | BPF_X, 0, 0, 0));
                break;
            case 10: {
                const bool shifts = operation == BPF_LSH || operation == BPF_RSH;
                code.push_back(make(BPF_ALU | operation | BPF_K, 0, 0, shifts ? number % 32 : number | 1));
                break;
            }
            case 11:
                code.push_back(make(BPF_JMP | jumps[pick(4)] | (pick(2) == 0 ? BPF_X : BPF_K), pick(behind),
                                    pick(behind), number));
                break;
            default:
                code.push_back(make(BPF_JMP | BPF_JA, 0, 0, pick(std::min(behind, 3u))));
                break;
        }
    }
    code.push_back(pick(2) == 0 ? make(BPF_RET | BPF_A, 0, 0, 0)
                                : make(BPF_RET | BPF_K, 0, 0, static_cast<uint32_t>(random())));
    return code;
}

TEST_CASE("random filters") {
    std::mt19937 random(11);
    size_t other_than_zero = 0;
    for (int i = 0; i < 3000; ++i) {
        const std::vector<sock_filter> code = random_filter(random);
        const auto filters = in_every_engine(code);
        for (int j = 0; j < 6; ++j) {
            Packet packet(random() % 48);
            for (uint8_t& byte : packet) byte = static_cast<uint8_t>(random());
            const auto wire = static_cast<uint32_t>(packet.size() + random() % 100);
            const uint32_t expected = oracle(code, packet, wire);
            other_than_zero += expected != 0 ? 1 : 0;
            for (const auto& filter : filters) {
                INFO("filter " << i << " packet " << j);
                REQUIRE(filter->run(packet.data(), static_cast<uint32_t>(packet.size()), wire) == expected);
            }
        }
    }
    CHECK(other_than_zero > 1000);
}

// Ethernet, IPv4 or IPv6, a chain of headers of `lengths` units, and TCP.
Packet chained(bool ip6, const std::vector<std::pair<uint8_t, uint8_t>>& headers) {
    Packet packet(12);
    add16(packet, ip6 ? 0x86dd : 0x0800);
    const size_t start = packet.size();
    packet.resize(start + (ip6 ? 40 : 20));
    packet[start] = ip6 ? 0x60 : 0x45;
    packet[start + (ip6 ? 6 : 9)] = headers.empty() ? 6 : headers[0].first;
    for (size_t i = 0; i < headers.size(); ++i) {
        const bool authentication = headers[i].first == 51;
        const size_t at = packet.size();
        packet.resize(at + (authentication ? (headers[i].second + 2u) * 4 : (headers[i].second + 1u) * 8));
        packet[at] = i + 1 < headers.size() ? headers[i + 1].first : 6;
        packet[at + 1] = headers[i].second;
    }
    packet.resize(packet.size() + 20);
    return packet;
}

TEST_CASE("filters that loop") {
    std::vector<Packet> packets = {chained(false, {}),         chained(true, {}),
                                   chained(true, {{0, 0}}),    chained(true, {{0, 0}, {60, 1}, {43, 2}, {44, 0}}),
                                   chained(true, {{60, 255}}), chained(false, {{51, 4}}),
                                   chained(true, {{51, 4}})};
    packets.push_back(chained(true, std::vector<std::pair<uint8_t, uint8_t>>(150, {60, 0})));
    std::mt19937 random(3);
    for (size_t i = 0; i < 7; ++i) {
        for (int j = 0; j < 20; ++j) {
            Packet cut = packets[i];
            cut.resize(random() % (cut.size() + 1));
            packets.push_back(cut);
        }
    }
    for (const char* expression : {"ip6 protochain 6", "ip protochain 6", "protochain 6", "not ip6 protochain 6",
                                   "ip6 protochain 44 or tcp port 80", "ip6 protochain 60 and ip6 protochain 43"}) {
        CAPTURE(expression);
        const std::vector<sock_filter> code = compile(expression, DLT_EN10MB, true);
        size_t matched = 0;
        for (const auto& filter : in_every_engine(code)) {
            for (const Packet& packet : packets) {
                const auto size = static_cast<uint32_t>(packet.size());
                const uint32_t expected = oracle(code, packet, size);
                matched += expected != 0 ? 1 : 0;
                CHECK(filter->run(packet.data(), size, size) == expected);
            }
        }
        CHECK(matched > 0);
    }
}

TEST_CASE("a chain of headers that leads in a circle ends, and matches nothing") {
    // libpcap takes the length of an AH header for its end: the walk comes back to byte 20 again and again. Its own
    // interpreter does not return from this packet, so there is nothing to compare with.
    Packet packet = chained(false, {{51, 3}});
    packet[14 + 20] = 51;
    for (const auto& filter : in_every_engine(compile("ip protochain 6", DLT_EN10MB, true))) {
        CHECK(filter->run(packet.data(), static_cast<uint32_t>(packet.size()), 100) == 0);
    }
    const std::vector<sock_filter> for_ever = {{BPF_JMP | BPF_JA, 0, 0, 0xffffffff}, {BPF_RET | BPF_K, 0, 0, 1}};
    for (const auto& filter : in_every_engine(for_ever)) {
        CHECK(filter->run(packet.data(), static_cast<uint32_t>(packet.size()), 100) == 0);
    }
}

TEST_CASE("filters that are refused") {
    const auto refused = [](const std::vector<sock_filter>& code) {
        const auto filter = PacketFilter::create(code, EngineKind::interpreter);
        return filter ? std::string("accepted") : filter.error().message;
    };
    const sock_filter all{BPF_RET | BPF_K, 0, 0, 1};
    CHECK(refused({}) == "filter without instructions");
    CHECK(refused({{BPF_LD | BPF_IMM, 0, 0, 1}}) == "filter does not end with a return");
    CHECK(refused({{BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_PROTOCOL)}, all}) ==
          "filter instruction 0: asks the kernel for more than the packet's bytes, which a recording does not have");
    CHECK(refused({{BPF_JMP | BPF_JA, 0, 0, 1}, all}) == "filter instruction 0: jumps out of the filter");
    CHECK(refused({{BPF_JMP | BPF_JA, 0, 0, 0xfffffffe}, all}) == "filter instruction 0: jumps out of the filter");
    CHECK(refused({{BPF_JMP | BPF_JEQ, 1, 0, 1}, all}) == "filter instruction 0: jumps out of the filter");
    CHECK(refused({{BPF_JMP | BPF_JEQ, 0, 1, 1}, all}) == "filter instruction 0: jumps out of the filter");
    CHECK(refused({{BPF_ALU | BPF_DIV | BPF_K, 0, 0, 0}, all}) == "filter instruction 0: divides by zero");
    CHECK(refused({{BPF_ST, 0, 0, 16}, all}) == "filter instruction 0: no such word of memory");
    CHECK(refused({{BPF_LD | BPF_MEM, 0, 0, 16}, all}) == "filter instruction 0: no such word of memory");
    CHECK(refused({{BPF_LD | BPF_MSH | BPF_B, 0, 0, 0}, all}) == "filter instruction 0: unknown load");
    CHECK(refused({all}) == "accepted");
}

}  // namespace
}  // namespace probevue::test
