// Packets that the kernel drops, against its own counters: by reason, place, packet and owner, in both homes.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/live/on_rungs.h"
#include "tests/live/shortage.h"

namespace probevue::live {
namespace {

constexpr uint16_t closed_port = 17'801;
constexpr uint16_t full_port = 17'802;
constexpr uint16_t open_port = 17'803;

uint64_t no_ports() { return counter("Udp", "NoPorts") + counter("", "Udp6NoPorts"); }
uint64_t wrong_checksums() { return counter("Udp", "InCsumErrors"); }
uint64_t wrong_headers() { return counter("Ip", "InHdrErrors"); }
uint64_t resets_sent() { return counter("Tcp", "OutRsts"); }

void to_nobody(const std::string& address, int count) {
    const Address to(address, closed_port);
    const Socket sender(socket(to.family(), SOCK_DGRAM, 0));
    const uint64_t before = no_ports();
    for (int i = 0; i < count; ++i) CHECK(sendto(sender.get(), "0123456789", 10, 0, to.get(), to.size) == 10);
    wait_for("datagrams to nobody", [&] { return no_ports() - before >= static_cast<uint64_t>(count); });
}

uint16_t folded(uint32_t sum) {
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<uint16_t>(~sum);
}

// Frames of an Ethernet header, IPv4 and UDP to the open port, made by hand: of `version` in the IP header (4 is
// right), with a checksum of UDP that is wrong.
void frames(int count, unsigned version) {
    const Socket raw(socket(AF_PACKET, SOCK_RAW, 0));
    struct {
        ethhdr link;
        iphdr ip;
        udphdr udp;
        char payload[8];
    } __attribute__((packed)) frame{};
    frame.link.h_proto = htons(ETH_P_IP);
    frame.ip.version = static_cast<uint8_t>(version & 15);
    frame.ip.ihl = 5;
    frame.ip.ttl = 64;
    frame.ip.protocol = IPPROTO_UDP;
    frame.ip.tot_len = htons(sizeof frame - sizeof frame.link);
    frame.ip.saddr = htonl(INADDR_LOOPBACK);
    frame.ip.daddr = htonl(INADDR_LOOPBACK);
    uint32_t sum = 0;
    uint16_t words[sizeof(iphdr) / 2];
    std::memcpy(words, &frame.ip, sizeof words);
    for (const uint16_t word : words) sum += word;
    frame.ip.check = folded(sum);
    frame.udp.source = htons(17'899);
    frame.udp.dest = htons(open_port);
    frame.udp.len = htons(sizeof frame.udp + sizeof frame.payload);
    frame.udp.check = htons(0xbad1);
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_ifindex = static_cast<int>(if_nametoindex("lo"));
    for (int i = 0; i < count; ++i)
        CHECK(sendto(raw.get(), &frame, sizeof frame, 0, reinterpret_cast<sockaddr*>(&to), sizeof to) == sizeof frame);
}

struct Counts {
    uint64_t nobody = 0;
    uint64_t full = 0;
    uint64_t checksums = 0;
    uint64_t headers = 0;
    uint64_t resets = 0;
};

Counts drop_some() {
    Counts out;
    out.nobody = counted(no_ports, [] { to_nobody("127.0.0.1", 200); });
    out.full = counted(lost_in_buffers, [] { lost_datagrams("127.0.0.1", "127.0.0.1", full_port, 100); });
    // Frames made by hand have no route yet, and 127.0.0.1 is no address of what comes from outside.
    const Setting from_outside("net/ipv4/conf/all/route_localnet", "1");
    const Setting from_us("net/ipv4/conf/all/accept_local", "1");
    const Address open("127.0.0.1", open_port);
    const Socket receiver(socket(AF_INET, SOCK_DGRAM, 0));
    CHECK(bind(receiver.get(), open.get(), open.size) == 0);
    out.checksums = counted(wrong_checksums, [&] {
        const uint64_t before = wrong_checksums();
        frames(30, 4);
        // The checksum is looked at when somebody wants to read.
        wait_for("wrong checksums", [&] {
            char byte = 0;
            CHECK(recv(receiver.get(), &byte, 1, MSG_DONTWAIT) == -1);
            return wrong_checksums() - before >= 30;
        });
    });
    out.headers = counted(wrong_headers, [] {
        const uint64_t before = wrong_headers();
        frames(20, 5);
        wait_for("wrong headers", [&] { return wrong_headers() - before >= 20; });
    });
    out.resets = counted(resets_sent, [] {
        for (int i = 0; i < 25; ++i) {
            const Socket client = connect_to(Address("127.0.0.1", closed_port));
            CHECK(errno == ECONNREFUSED);
        }
    });
    return out;
}

bool names_symbols() {
    std::ifstream in("/proc/kallsyms");
    for (std::string line; std::getline(in, line);) {
        if (line.ends_with(" udp_rcv")) return !line.starts_with("0000000000000000 ");
    }
    return false;
}

}  // namespace

namespace {

// What the run has printed of the array `n`, whose keys are those of the reasons.
void check_counts(const Counts& counts, const TracedRun& run, const std::function<std::string(const char*)>& key) {
    Shortage shortage(run);
    const auto check = [&](const char* reason, uint64_t expected) {
        shortage.check(static_cast<int>(run.number("n[" + key(reason) + "]")), static_cast<int>(expected));
    };
    CHECK(counts.nobody == 200);
    CHECK(counts.checksums == 30);
    CHECK(counts.headers == 20);
    CHECK(counts.resets == 25);
    CHECK(counts.full > 0);
    check("NO_SOCKET", counts.nobody + counts.resets);
    check("SOCKET_RCVBUFF", counts.full);
    check("UDP_CSUM", counts.checksums);
    check("IP_INHDR", counts.headers);
}

}  // namespace

TEST_CASE("packets that are dropped, by the number of the reason, as many as the kernel counts, in both homes") {
    for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
        Counts counts;
        const TracedRun run =
            run_traced("@@net:skb:drop when (__netns == NETNS) { n[__drop->reason]++; } @@END { print(n); }",
                       [&] { counts = drop_some(); }, {.home = home});
        CAPTURE(run.output);
        CHECK(run.homes.front() == (home == HomeChoice::kernel ? Home::kernel : Home::engine));
        check_counts(counts, run, [](const char* name) {
            const auto number = running_kernel().enumerator("skb_drop_reason", std::string("SKB_DROP_REASON_") + name);
            return number ? std::to_string(*number) : std::string();
        });
    }
}

TEST_CASE("packets that are dropped, by the name of the reason") {
    Counts counts;
    const TracedRun run =
        trace("@@net:skb:drop when (__netns == NETNS) { n[__drop->reason_str]++; } @@END { print(n); }",
              [&] { counts = drop_some(); });
    CAPTURE(run.output);
    check_counts(counts, run, [](const char* name) { return std::string(name); });
}

TEST_CASE("what is dropped: the packet, its device, where, and whose it was") {
    Counts counts;
    const TracedRun run = trace(
        R"(@@net:skb:drop when (__netns == NETNS && __udphdr->length != 0)
           { printf("%s %s %d %d %x %u %lld %I %d\n", __drop->reason_str, __netdev->dev_name, __udphdr->dst_port,
                    __netdev->ifindex, __netdev->protocol, __netdev->wire_length, __owner->pid, __ip4hdr->dst_addr,
                    __drop->symbol != "" && __drop->location != 0); })",
        [&] { counts = drop_some(); });
    const auto expected = [&](const char* reason, int port, int bytes, long long owner) {
        return fmt::format("{} lo {} 1 800 {} {} 127.0.0.1 1", reason, port, bytes, owner);
    };
    constexpr int headers = 14 + 20 + 8;
    CAPTURE(run.output);
    // From 6.11 on the socket is known that had no room.
    const bool knows_socket = running_kernel().tracepoint("kfree_skb")->arguments.size() >= 4;
    Shortage shortage(run);
    shortage.check(run.of(expected("NO_SOCKET", closed_port, headers + 10, -1)), 200);
    shortage.check(run.of(expected("SOCKET_RCVBUFF", full_port, headers + 500, knows_socket ? getpid() : -1)),
                   static_cast<int>(counts.full));
    int checksums = 0;
    for (const auto& [line, times] : run.lines) {
        if (line.starts_with("UDP_CSUM ") && line.find(fmt::format(" {} ", open_port)) != std::string::npos)
            checksums += times;
    }
    shortage.check(checksums, 30);
}

TEST_CASE("functions that drop packets have names, where the kernel shows them") {
    const TracedRun run = trace(
        R"(@@net:skb:drop when (__netns == NETNS && __udphdr->dst_port == 17801)
           { printf("%s\n", __drop->symbol); })",
        [] { to_nobody("127.0.0.1", 1); });
    if (names_symbols()) {
        CHECK(run.output.find("udp") != std::string::npos);
    } else {
        CHECK(run.output.starts_with("0x"));
    }
}

TEST_CASE("packets of IPv6 that are dropped") {
    uint64_t count = 0;
    const TracedRun run = trace(
        R"(@@net:skb:drop when (__netns == NETNS && __udphdr->length != 0)
           { printf("%s %I %d %u\n", __drop->reason_str, __ip6hdr->dst_addr, __udphdr->dst_port, __netdev->wire_length); })",
        [&] { count = counted(no_ports, [] { to_nobody("::1", 50); }); });
    CHECK(count == 50);
    Shortage shortage(run);
    shortage.check(run.of(fmt::format("NO_SOCKET ::1 {} {}", closed_port, 14 + 40 + 8 + 10)), 50);
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
