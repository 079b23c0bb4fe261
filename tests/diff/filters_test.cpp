// Filters against libpcap's own interpreter: hundreds, with every primitive of pcap-filter(7), over captures of every
// link type that libpcap has a name for. The command counts what libpcap counts on a handle of the same file, with both
// engines, and refuses what libpcap refuses. Nothing here depends on the version of libpcap: it is asked, and only what
// matches is compared. PROBEVUE_SEED=N makes other combinations.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

// linux/bpf.h has a structure of the same name
#define bpf_insn classic_insn
#include <pcap/pcap.h>
#undef bpf_insn

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/program/filter.h"
#include "runtime/engine/engine.h"
#include "runtime/sources/packet.h"

namespace fs = std::filesystem;
using namespace probevue;

namespace {

constexpr unsigned default_seed = 20261126;
constexpr size_t combinations = 220;

// clang-format off
constexpr auto primitives = std::to_array<std::string_view>({
    "", "host 192.0.2.2", "src host 192.0.2.2", "dst host 192.0.2.3", "src or dst host 192.0.2.2", "src and dst host 192.0.2.2",
    "host 2001:db8::2", "src host 2001:db8::2", "dst host 2001:db8::3", "ip host 192.0.2.2", "arp host 192.0.2.2", "rarp host 192.0.2.2",
    "net 192.0.2.0/24", "src net 192.0", "dst net 192.0.2.0 mask 255.255.255.0", "net 10", "net 2001:db8::/32", "src net 2001:db8::/64",
    "ether host 02:00:00:00:00:01", "ether src 02:00:00:00:00:02", "ether dst 02:00:00:00:00:02", "ether host ff:ff:ff:ff:ff:ff",
    "wlan host 02:00:00:00:00:01", "fddi host 02:00:00:00:00:01", "tr host 02:00:00:00:00:01", "gateway 192.0.2.1",
    "port 80", "src port 80", "dst port 53", "tcp port 80", "udp port 53", "sctp port 80", "tcp src port 1024", "udp dst port 4000",
    "portrange 1-1024", "src portrange 1000-65535", "tcp dst portrange 80-90", "udp portrange 50-5000",
    "less 64", "greater 100", "len = 60", "len > 80 and len < 200", "len % 3 = 1",
    "ip proto 6", "ip proto 47", "ip6 proto 17", "ip6 proto 58", "proto 6", "proto 17", "ip proto 51", "ip proto 4",
    "protochain 6", "ip protochain 6", "ip6 protochain 6", "ip6 protochain 17", "ip6 protochain 58", "protochain 17", "ip protochain 51", "ip6 protochain 51",
    "ether proto 0x800", "ether proto 0x86dd", "ether proto 0x8100", "ether proto 0x806", "fddi proto 0x800", "link proto 0x800",
    "ip", "ip6", "arp", "rarp", "atalk", "aarp", "decnet", "iso", "stp", "ipx", "netbeui", "lat", "moprc", "mopdl", "sca",
    "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "igrp", "pim", "vrrp", "carp", "ah", "esp",
    "esis", "isis", "clnp", "l1", "l2", "iih", "lsp", "snp", "csnp", "psnp", "iso proto 0x81", "isis proto 15",
    "broadcast", "ether broadcast", "ip broadcast", "multicast", "ether multicast", "ip multicast", "ip6 multicast",
    "vlan", "vlan 5", "vlan and ip", "vlan and tcp", "vlan and vlan", "vlan and vlan and ip6", "mpls", "mpls 16", "mpls and ip", "mpls and tcp",
    "pppoed", "pppoes", "pppoes 42", "pppoes and ip", "pppoes and tcp port 80", "geneve", "geneve 10", "geneve and ip",
    "llc", "llc i", "llc s", "llc u", "llc rr", "llc ui", "llc xid", "inbound", "outbound", "ifindex 1", "ifindex 2", "not inbound",
    "ifname eth0", "on eth0", "rnr 1", "rulenum 1", "reason match", "rset x", "ruleset x", "srnr 1", "subrulenum 1", "action pass", "action block",
    "wlan type mgt", "type data", "type ctl", "type mgt subtype beacon", "subtype qos-data", "dir nods", "dir tods", "wlan addr1 02:00:00:00:00:01",
    "wlan addr2 02:00:00:00:00:01", "wlan ra 02:00:00:00:00:01", "wlan ta 02:00:00:00:00:01", "radio[0] = 0",
    "vpi 0", "vci 5", "lane", "oamf4s", "oamf4e", "oamf4", "oam", "metac", "bcc", "sc", "ilmic", "connectmsg", "metaconnect", "vpi 3 and ip",
    "fisu", "lssu", "lsu", "msu", "hfisu", "hlssu", "hmsu", "sio 1", "opc 1", "dpc 1", "sls 1", "hsio 1", "hopc 1", "hdpc 1", "hsls 1",
    "tcp[13] & 2 != 0", "tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn", "tcp[tcpflags] & tcp-fin != 0", "tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420",
    "ip[8] < 64", "ip[6:2] & 0x1fff != 0", "ip[0] & 0xf > 5", "ip[2:2] - ((ip[0] & 0xf) << 2) > 40", "ip[12:4] = 0xc0000202",
    "ip[ip[0] & 0xf] > 4", "ip6[6] = 6", "ip6[7] > 1", "ip6[4:2] * 2 > 100", "udp[4:2] > 40", "udp[8:2] / 256 = 0", "udp[4:2] ^ 1 > 20",
    "icmp[icmptype] = icmp-echo", "icmp[icmptype] != icmp-echoreply", "icmp[icmpcode] = 3", "icmp6[icmp6type] = icmp6-echo", "icmp6[0] = 135",
    "arp[6:2] = 1", "ether[0] & 1 = 1", "ether[12:2] = 0x800", "link[0] = 0", "ether[len - 1] > 3", "igmp[0] = 0x22", "-ip[0] != 4",
    "ip[len % 20] > 3", "sctp[0:2] > 1", "vrrp[0] = 0x21", "pim[0] = 0x20", "carp[0] = 0x21", "ah or esp", "tcp[1000:4] = 0", "4 > 3 and tcp",
});
// clang-format on

struct Closer {
    void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using Handle = std::unique_ptr<pcap_t, Closer>;

std::vector<std::string> make_filters(unsigned seed) {
    std::vector<std::string> filters(primitives.begin(), primitives.end());
    std::mt19937 random(seed);
    const auto any = [&] { return std::string(primitives[1 + random() % (primitives.size() - 1)]); };
    while (filters.size() < primitives.size() + combinations) {
        const std::string a = any(), b = any(), c = any();
        const std::array<std::string, 7> forms = {
            fmt::format("not ({})", a),
            fmt::format("({}) and ({})", a, b),
            fmt::format("({}) or ({})", a, b),
            fmt::format("not ({}) and ({})", a, b),
            fmt::format("(({}) or ({})) and not ({})", a, b, c),
            fmt::format("({}) or (({}) and ({}))", a, b, c),
            fmt::format("!(({}) && ({})) || ({})", a, b, c),
        };
        filters.push_back(forms[random() % forms.size()]);
    }
    return filters;
}

unsigned seed() {
    const char* given = std::getenv("PROBEVUE_SEED");
    return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : default_seed;
}

// --- the oracle -----------------------------------------------------------------------------------------------------

class Compiled {
public:
    Compiled(pcap_t* handle, const std::string& filter)
        : made_(pcap_compile(handle, &program_, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0),
          message_(made_ ? "" : pcap_geterr(handle)) {}
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;
    ~Compiled() {
        if (made_) pcap_freecode(&program_);
    }
    bool made() const { return made_; }
    bool never() const { return message_.find("rejects all packets") != std::string::npos; }
    // Of some with `not` before `geneve` or `pppoes`, or on headers of several lengths, libpcap makes code that reads
    // memory that nothing was stored in. Its interpreter leaves that to chance, so there is no answer to compare with.
    bool is_defined() const {
        constexpr uint16_t all = 0xffff;
        std::vector<uint16_t> stored(program_.bf_len, all);  // on every way that leads there
        if (program_.bf_len > 0) stored[0] = 0;
        for (size_t i = 0; i < program_.bf_len; ++i) {
            const classic_insn& insn = program_.bf_insns[i];
            uint16_t now = stored[i];
            const auto bit = static_cast<uint16_t>(1u << insn.k % BPF_MEMWORDS);
            const auto reach = [&](size_t at) {
                if (at < stored.size()) stored[at] = static_cast<uint16_t>(stored[at] & now);
            };
            const unsigned kind = BPF_CLASS(insn.code);
            if (kind == BPF_ST || kind == BPF_STX) now = static_cast<uint16_t>(now | bit);
            if ((kind == BPF_LD || kind == BPF_LDX) && BPF_MODE(insn.code) == BPF_MEM && (now & bit) == 0) return false;
            if (kind == BPF_RET) continue;
            if (kind != BPF_JMP) {
                reach(i + 1);
            } else if (BPF_OP(insn.code) == BPF_JA) {
                reach(static_cast<size_t>(static_cast<int64_t>(i) + 1 + static_cast<int32_t>(insn.k)));
            } else {
                reach(i + 1 + insn.jt);
                reach(i + 1 + insn.jf);
            }
        }
        return true;
    }
    bool matches(const pcap_pkthdr& header, const uint8_t* data) const {
        return pcap_offline_filter(&program_, &header, data) != 0;
    }

private:
    bpf_program program_{};
    bool made_;
    std::string message_;
};

struct Packet {
    pcap_pkthdr header{};
    std::vector<uint8_t> bytes;
};

std::vector<Packet> read_all(pcap_t* handle) {
    std::vector<Packet> packets;
    pcap_pkthdr* header = nullptr;
    const u_char* data = nullptr;
    while (pcap_next_ex(handle, &header, &data) == 1) packets.push_back({*header, {data, data + header->caplen}});
    return packets;
}

// --- the command ----------------------------------------------------------------------------------------------------

struct Folder {
    fs::path path = fs::temp_directory_path() / fmt::format("probevue-filters-{}", getpid());
    Folder() { fs::create_directories(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path); }
};

std::string command() {
    const char* given = std::getenv("PROBEVUE");
    return given != nullptr ? given : "build/release/probevue";
}

std::string contents(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Counts by filter, as a script of one clause a filter prints them.
std::map<size_t, uint64_t> count(const Folder& folder, const fs::path& capture, const std::vector<size_t>& numbers,
                                 const std::vector<std::string>& filters, std::string_view engine) {
    std::ofstream script(folder.path / "count.e");
    for (const size_t number : numbers)
        script << fmt::format("@@net:bpf:any:*:\"{}\" {{ n[{}]++; }}\n", filters[number], number);
    script << "@@END { print(n); }\n";
    script.close();
    const std::string run =
        fmt::format("'{}' --engine {} -r '{}' '{}' >'{}' 2>'{}'", command(), engine, capture.string(),
                    (folder.path / "count.e").string(), (folder.path / "out").string(), (folder.path / "err").string());
    const int status = std::system(run.c_str());
    INFO(contents(folder.path / "err").substr(0, 2000));
    CHECK(WEXITSTATUS(status) == 0);
    std::map<size_t, uint64_t> counts;
    std::ifstream out(folder.path / "out");
    for (std::string line; std::getline(out, line);) {
        size_t number = 0;
        unsigned long long times = 0;
        REQUIRE_MESSAGE(std::sscanf(line.c_str(), "n[%zu] = %llu", &number, &times) == 2, line);
        counts[number] = times;
    }
    return counts;
}

// Those of the data whose packets are all of one link type, which is what libpcap reads.
std::vector<fs::path> captures() {
    std::vector<fs::path> paths;
    for (const char* folder : {"tests/data", "tests/data/made"}) {
        for (const auto& entry : fs::directory_iterator(folder)) {
            const std::string extension = entry.path().extension().string();
            if (extension == ".pcap" || extension == ".pcapng") paths.push_back(entry.path());
        }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

// --- every link type ------------------------------------------------------------------------------------------------

// A packet of IP behind what could be a header of the link type: most of it is chance, some of it fields that filters
// look at. What matters is that both sides see the same.
std::vector<Packet> made_up(const std::vector<Packet>& ip, int link_type, bool swapped, std::mt19937& random) {
    constexpr auto types = std::to_array<std::array<uint8_t, 4>>({{0, 0, 0, 2},
                                                                  {2, 0, 0, 0},
                                                                  {0, 0, 0, 24},
                                                                  {28, 0, 0, 0},
                                                                  {0, 0, 0, 30},
                                                                  {0xff, 3, 0, 0x21},
                                                                  {0x0f, 0, 8, 0},
                                                                  {0xaa, 0xaa, 3, 0},
                                                                  {0x08, 0, 0x86, 0xdd}});
    constexpr auto lengths = std::to_array<size_t>({0, 2, 4, 8, 12, 14, 16, 20, 22, 24, 28, 32, 48});
    std::vector<Packet> packets;
    for (const Packet& one : ip) {
        Packet packet;
        packet.bytes.resize(lengths[random() % lengths.size()]);
        for (uint8_t& byte : packet.bytes) byte = random() % 3 == 0 ? static_cast<uint8_t>(random()) : uint8_t{0};
        const auto& type = types[random() % types.size()];
        if (packet.bytes.size() >= 4) std::copy(type.begin(), type.end(), packet.bytes.begin());
        if (packet.bytes.size() >= 8) std::copy(type.begin(), type.end(), packet.bytes.end() - 4);
        if (link_type == DLT_NULL && packet.bytes.size() >= 4) {
            packet.bytes = {0, 0, 0, type[3] != 0 ? type[3] : type[0]};
            if (!swapped) std::reverse(packet.bytes.begin(), packet.bytes.end());
        }
        packet.bytes.insert(packet.bytes.end(), one.bytes.begin(), one.bytes.end());
        packet.header.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
        packet.header.len = packet.header.caplen + static_cast<bpf_u_int32>(random() % 2 * 30);
        packets.push_back(std::move(packet));
    }
    return packets;
}

// libpcap's handle of a capture of that link type, made here by hand, in either byte order; null where files have none.
Handle file_handle(int link_type, bool swapped, const fs::path& path) {
    const Handle dead(pcap_open_dead(link_type, whole_packets));
    pcap_dumper_t* dumper = pcap_dump_open(dead.get(), path.c_str());
    if (dumper == nullptr) return nullptr;
    pcap_dump_close(dumper);
    if (swapped) {
        std::string header = contents(path);
        for (const auto& [at, size] : {std::pair{0, 4}, {4, 2}, {6, 2}, {8, 4}, {12, 4}, {16, 4}, {20, 4}})
            std::reverse(header.begin() + at, header.begin() + at + size);
        std::ofstream(path, std::ios::binary) << header;
    }
    char message[PCAP_ERRBUF_SIZE];
    return Handle(pcap_open_offline(path.c_str(), message));
}

}  // namespace

TEST_CASE("the command counts what libpcap counts, with every engine") {
    const std::vector<std::string> filters = make_filters(seed());
    const Folder folder;
    uint64_t compared = 0;
    uint64_t matched = 0;
    uint64_t refused = 0;
    uint64_t undefined = 0;
    std::map<int, int> link_types;
    for (const fs::path& capture : captures()) {
        CAPTURE(capture.string());
        char message[PCAP_ERRBUF_SIZE];
        const Handle handle(pcap_open_offline(capture.c_str(), message));
        if (handle == nullptr) continue;  // recordings of events have no interface
        const std::vector<Packet> packets = read_all(handle.get());
        // Interfaces of several link types are not for libpcap, and of a packet without its time libpcap knows none.
        if (std::string_view(pcap_geterr(handle.get())).size() != 0 || packets.empty()) continue;
        link_types[pcap_datalink(handle.get())]++;
        std::vector<size_t> numbers;
        std::map<size_t, uint64_t> expected;
        for (size_t i = 0; i < filters.size(); ++i) {
            const Compiled oracle(handle.get(), filters[i]);
            FilterError fault;
            const bool checks = check_filter(filters[i], fault);
            if (!oracle.made() && !oracle.never()) {
                refused++;
                continue;
            }
            if (oracle.made() && !oracle.is_defined()) {
                undefined++;
                continue;
            }
            uint64_t count = 0;
            for (const Packet& packet : packets) {
                if (oracle.made()) count += oracle.matches(packet.header, packet.bytes.data()) ? 1 : 0;
            }
            if (!checks) {
                INFO(filters[i] << ": " << fault.message);
                CHECK(fault.never);
                CHECK(count == 0);
                continue;
            }
            numbers.push_back(i);
            if (count != 0) expected[i] = count;
            compared++;
            matched += count != 0 ? 1 : 0;
        }
        for (const std::string_view engine : {"jit", "interp"}) {
            CAPTURE(engine);
            std::map<size_t, uint64_t> got = count(folder, capture, numbers, filters, engine);
            for (const size_t number : numbers) {
                INFO(filters[number]);
                CHECK(got[number] == expected[number]);
            }
        }
    }
    MESSAGE(fmt::format(
        "{} filters: {} counts compared, {} of them not zero, {} refused by libpcap, {} undefined there, {} "
        "link types",
        filters.size(), compared, matched, refused, undefined, link_types.size()));
    CHECK(matched > 2000);
    CHECK(refused > 100);
    CHECK(undefined < compared / 20);
    CHECK(link_types.size() >= 6);
}

TEST_CASE("every link type that libpcap knows, in both byte orders") {
    std::vector<std::string> filters = make_filters(seed() + 1);
    const Folder folder;
    char message[PCAP_ERRBUF_SIZE];
    std::vector<Packet> ip;
    for (const char* name : {"tests/data/made/link-ip4.pcap", "tests/data/made/link-ip6.pcap"}) {
        const Handle handle(pcap_open_offline(name, message));
        REQUIRE_MESSAGE(handle != nullptr, message);
        for (Packet& packet : read_all(handle.get())) ip.push_back(std::move(packet));
    }
    std::mt19937 random(seed());
    uint64_t compared = 0;
    uint64_t matched = 0;
    int link_types = 0;
    for (int link_type = 0; link_type <= highest_link_type(); ++link_type) {
        if (pcap_datalink_val_to_name(link_type) == nullptr) continue;
        for (const bool swapped : {false, true}) {
            CAPTURE(link_type);
            CAPTURE(swapped);
            const Handle handle = file_handle(link_type, swapped, folder.path / "link.pcap");
            if (handle == nullptr) continue;
            link_types++;
            uint32_t number = 0;
            contents(folder.path / "link.pcap").copy(reinterpret_cast<char*>(&number), sizeof number, 20);
            if (swapped) number = __builtin_bswap32(number);
            CHECK(link_type_of_file(number) == pcap_datalink(handle.get()));
            if (pcap_datalink(handle.get()) == link_type) CHECK(file_link_type(link_type) == number);
            const std::vector<Packet> packets = made_up(ip, link_type, swapped, random);
            FilterTarget target;
            target.link_type = link_type;
            target.from_file = true;
            target.swapped = swapped;
            // All of them on some link types, a sample on each.
            const size_t step = link_types % 8 == 0 || link_type == DLT_NULL || link_type == DLT_LOOP ? 1 : 7;
            for (size_t i = static_cast<size_t>(link_types) % step; i < filters.size(); i += step) {
                INFO(filters[i]);
                const Compiled oracle(handle.get(), filters[i]);
                FilterError fault;
                const std::vector<sock_filter> code = compile_filter(filters[i], target, fault);
                CHECK(oracle.made() == !code.empty());
                CHECK(oracle.never() == fault.never);
                if (code.empty() || !oracle.made() || !oracle.is_defined()) continue;
                compared++;
                for (const EngineKind kind : {EngineKind::interpreter, EngineKind::jit}) {
                    const auto filter = PacketFilter::create(code, kind);
                    REQUIRE_MESSAGE(filter.has_value(), filter.error().message);
                    for (const Packet& packet : packets) {
                        const bool expected = oracle.matches(packet.header, packet.bytes.data());
                        matched += expected ? 1 : 0;
                        const uint32_t got =
                            (*filter)->run(packet.bytes.data(), packet.header.caplen, packet.header.len);
                        if ((got != 0) != expected) FAIL_CHECK("another answer than libpcap's");
                        if (got != 0 && bytes_read_by(code) < packet.header.caplen) {
                            // What the filter is said to look at is enough for it.
                            CHECK((*filter)->run(packet.bytes.data(), bytes_read_by(code), packet.header.len) != 0);
                        }
                    }
                }
            }
        }
    }
    MESSAGE(
        fmt::format("{} link types and byte orders, {} filters compared, {} matches", link_types, compared, matched));
    CHECK(link_types > 100);
    CHECK(matched > 10'000);
}
