// Filters with every primitive of pcap-filter(7), and libpcap's own interpreter as the oracle. PROBEVUE_SEED=N makes
// other combinations.
#pragma once

#include <fmt/format.h>

// linux/bpf.h has a structure of the same name
#define bpf_insn classic_insn
#include <pcap/pcap.h>
#undef bpf_insn

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace probevue::test {

inline constexpr unsigned default_seed = 20261126;
inline constexpr size_t combinations = 220;

// clang-format off
inline constexpr auto primitives = std::to_array<std::string_view>({
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

inline std::vector<std::string> make_filters(unsigned seed) {
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

inline unsigned seed() {
    const char* given = std::getenv("PROBEVUE_SEED");
    return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : default_seed;
}

// --- the oracle -----------------------------------------------------------------------------------------------------

class Oracle {
public:
    Oracle(pcap_t* handle, const std::string& filter)
        : made_(pcap_compile(handle, &program_, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0),
          message_(made_ ? "" : pcap_geterr(handle)) {}
    Oracle(const Oracle&) = delete;
    Oracle& operator=(const Oracle&) = delete;
    ~Oracle() {
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

inline std::vector<Packet> read_all(pcap_t* handle) {
    std::vector<Packet> packets;
    pcap_pkthdr* header = nullptr;
    const u_char* data = nullptr;
    while (pcap_next_ex(handle, &header, &data) == 1) packets.push_back({*header, {data, data + header->caplen}});
    return packets;
}

}  // namespace probevue::test
