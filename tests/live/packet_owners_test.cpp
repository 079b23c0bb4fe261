// Whose packets are that packet sockets show: against what the processes of the load know of their own ports, and what
// the kernel counts at its devices.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <time.h>

#include <array>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/live/ring.h"
#include "tests/live/spaces.h"

namespace probevue::live {
namespace {

// A line for each packet, of the port that is here.
std::string printing(const std::string& device, const std::string& filter, const std::string& port) {
    return fmt::format(R"(
        @@net:bpf:{0}:tcp:"{1}" {{ printf("segment %d %lld %lld %s\n", __tcphdr->{2}, __owner->pid, __owner->uid, __owner->name); }}
        @@net:bpf:{0}:udp:"{1}" {{ printf("datagram %d %lld %lld %s\n", __udphdr->{2}, __owner->pid, __owner->uid, __owner->name); }})",
                       device, filter, port);
}

// Each packet is the process' whose port it has, but for at most one in a thousand, of which that is not known.
void check_packets(const TracedRun& run, const Ring& ring, int packets) {
    const Tally tally(run, ring);
    CHECK(run.errors == "");
    CHECK(run.statistics.lost() == run.statistics.owners);
    CHECK(tally.wrong == "");
    CHECK(tally.right + tally.unknown == packets);
    CHECK(tally.unknown <= packets / 1000);
    fmt::print("owners right in {} of {} packets\n", tally.right, packets);
}

TEST_CASE("packets of the loopback device are those of the process that they are for") {
    const int count = many(20, 6);
    const int rounds = many(20, 3);
    for (const bool any : {false, true}) {
        CAPTURE(any);
        RingPlace place;
        place.at_any_address = any;
        Ring ring(count, rounds, next_ports(), place);
        int packets = 0;
        const TracedRun run = run_traced(printing("lo", "", "dst_port"), [&] {
            const Traffic before = traffic_of("lo");
            ring.run();
            wait_for_rest({nullptr});
            packets = traffic_of("lo").received - before.received;
        });
        check_packets(run, ring, packets);
    }
}

int64_t since_epoch() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

// Takes the lines "other TIME" out. How many of them are of a time when the device was counted: the kernel asks for
// neighbours and tells of groups when it likes, before that and afterwards too.
int take_others(TracedRun& run, int64_t begun, int64_t ended) {
    int counted = 0;
    std::erase_if(run.lines, [&](const auto& line) {
        const auto& [text, count] = line;
        if (!text.starts_with("other ")) return false;
        const int64_t time = std::stoll(text.substr(6));
        counted += time >= begun && time <= ended ? count : 0;
        return true;
    });
    return counted;
}

TEST_CASE("packets of another device are those of the process that sends or receives them here") {
    const Space far;
    REQUIRE(make_pair("near", "far", far, "192.0.2", "2001:db8:0:1"));
    const int count = many(20, 6);
    const int rounds = many(20, 3);
    for (const bool any : {false, true}) {
        CAPTURE(any);
        RingPlace place = over_pair(far);
        place.at_any_address = any;
        Ring ring(count, rounds, next_ports(), place);
        int packets = 0;
        int64_t begun = 0;
        int64_t ended = 0;
        const auto own = [](const std::string& end) {
            return end + " host 192.0.2.1 or " + end + " host 2001:db8:0:1::1";
        };
        TracedRun run = run_traced(
            printing("near", own("dst"), "dst_port") + printing("near", own("src"), "src_port") +
                R"(@@net:bpf:near:*:"not tcp and not udp" { printf("other %lld\n", (long long)timestamp()); })",
            [&] {
                begun = since_epoch();
                const Traffic before = traffic_of("near");
                ring.run();
                wait_for_rest({nullptr, &far});
                const Traffic after = traffic_of("near");
                ended = since_epoch();
                packets = after.received - before.received + after.sent - before.sent;
            });
        packets -= take_others(run, begun, ended);
        check_packets(run, ring, packets);
    }
    CHECK(shell("ip link delete near"));
}

Socket datagrams_from(uint16_t port) {
    Socket out(socket(AF_INET, SOCK_DGRAM, 0));
    const Address own("127.0.0.1", port);
    if (bind(out.get(), own.get(), own.size) != 0) out.close();
    return out;
}

// Nothing is read before all of it has happened: by then the sockets are gone, and others have had their ends. Whose
// they were last is known, and nobody is taken for one of those before.
TEST_CASE("packets that are read late are those of the process that had their ends when they passed, or nobody's") {
    const auto base = static_cast<uint16_t>(next_ports());
    const auto at = [&](int offset) { return static_cast<uint16_t>(base + offset); };
    const Address listening("127.0.0.1", at(2));
    const Address from("127.0.0.1", at(3));
    std::vector<std::string> expected;
    TraceSetup late;
    late.load_first = true;
    const TracedRun run = run_traced(
        fmt::format(
            R"(@@net:bpf:lo:udp:"udp dst port {0}" {{ printf("datagram %lld %lld %s\n", __owner->pid, __owner->uid, __owner->name); }}
               @@net:bpf:lo:tcp:"tcp dst port {1}" when (__tcphdr->flags == (TH_ACK | TH_PUSH)) {{ printf("segment %lld %lld %s\n", __owner->pid, __owner->uid, __owner->name); }})",
            at(0), at(3)),
        [&] {
            const auto send_one = [&] {
                const Socket out = datagrams_from(at(1));
                const Address to("127.0.0.1", at(0));
                CHECK(sendto(out.get(), "datagram", 8, 0, to.get(), to.size) == 8);
            };
            send_one();
            expected.push_back("datagram -1 -1 ");
            for (const int number : {1, 2}) {
                const Line ready;
                const Line done;
                const pid_t pid = start(number, [&] {
                    const Socket open = datagrams_from(at(0));
                    ready.say();
                    return open.get() >= 0 && done.hear();
                });
                ready.hear();
                send_one();
                done.say();
                expect_success(pid);
                expected.push_back("datagram " + (number == 1 ? "-1 -1 " : owner_text(pid, number)));
            }
            // Connections with the same ends, of one process after the other.
            const Socket listener = listen_on(listening, 4);
            for (const int number : {3, 4}) {
                const pid_t pid = start(number, [&] {
                    Socket client = connect_to(listening, true, &from);
                    std::array<char, 8> bytes{};
                    const bool good = recv(client.get(), bytes.data(), 8, MSG_WAITALL) == 8;
                    abandon(client);
                    return good;
                });
                Socket served = accept_from(listener);
                CHECK(send(served.get(), "eight___", 8, MSG_NOSIGNAL) == 8);
                expect_success(pid);
                abandon(served);
                expected.push_back("segment " + (number == 3 ? "-1 -1 " : owner_text(pid, number)));
            }
        },
        late);
    CHECK(run.output == fmt::format("{}\n", fmt::join(expected, "\n")));
}

TEST_CASE("a datagram whose socket is gone before it leaves is its sender's") {
    const Space far;
    REQUIRE(make_pair("near1", "far1", far, "198.51.100", "2001:db8:0:2"));
    // Nobody answers for the first one: what waits for the address leaves when somebody does.
    const auto port = static_cast<uint16_t>(next_ports());
    pid_t pid = 0;
    const TracedRun run = run_traced(
        fmt::format(
            R"(@@net:bpf:near1:udp:"udp dst port {}" {{ printf("%lld %lld %s\n", __owner->pid, __owner->uid, __owner->name); }})",
            port),
        [&] {
            const Line sent;
            pid = start(1, [&] {
                const Address to("198.51.100.7", port);
                {
                    const Socket out(socket(AF_INET, SOCK_DGRAM, 0));
                    if (sendto(out.get(), "datagram", 8, 0, to.get(), to.size) != 8) return false;
                }
                sent.say();
                return true;
            });
            sent.hear();
            CHECK(far.run("ip address add 198.51.100.7/32 dev far1"));
            expect_success(pid);
            wait_for("the datagram", [&] {
                std::ifstream file(fmt::format("/proc/{}/net/snmp", far.pid()));
                std::string line;
                while (std::getline(file, line)) {
                    uint64_t in = 0, no_port = 0;
                    if (std::sscanf(line.c_str(), "Udp: %lu %lu", &in, &no_port) == 2 && no_port != 0) return true;
                }
                return false;
            });
        });
    // Where nothing tells that a call has ended, its socket's port is known only when the first packet leaves.
    const bool told = running_kernel().tracepoint("sock_send_length").has_value();
    CHECK(run.output == (told ? owner_text(pid, 1) : "-1 -1 ") + "\n");
    CHECK(shell("ip link delete near1"));
}

TEST_CASE("an address that comes while packets are watched is one of this host") {
    const auto port = static_cast<uint16_t>(next_ports());
    const TracedRun run = run_traced(
        fmt::format(
            R"(@@net:bpf:lo:udp:"udp dst port {}" {{ printf("%I %d\n", __ip4hdr->dst_addr, __owner->pid == PID); }})",
            port),
        [&] {
            const Socket open(socket(AF_INET, SOCK_DGRAM, 0));
            const Address any("0.0.0.0", port);
            CHECK(bind(open.get(), any.get(), any.size) == 0);
            CHECK(shell("ip address add 203.0.113.5/32 dev lo"));
            const Address to("203.0.113.5", port);
            const Socket out(socket(AF_INET, SOCK_DGRAM, 0));
            CHECK(sendto(out.get(), "datagram", 8, 0, to.get(), to.size) == 8);
            CHECK(shell("ip address delete 203.0.113.5/32 dev lo"));
        });
    CHECK(run.output == "203.0.113.5 1\n");
}

TEST_CASE("what a router forwards is nobody's among its packets too") {
    const Routed routed;
    const auto port = static_cast<uint16_t>(next_ports());
    const int times = 20;
    const Address any("0.0.0.0", port);
    const auto serve = [&](const Line& ready) {
        const Socket open(socket(AF_INET, SOCK_DGRAM, 0));
        const bool good = bind(open.get(), any.get(), any.size) == 0;
        ready.say();
        std::array<char, 8> bytes{};
        for (int i = 0; i < times && good; ++i) {
            sockaddr_storage from{};
            socklen_t size = sizeof from;
            auto* const peer = reinterpret_cast<sockaddr*>(&from);
            if (recvfrom(open.get(), bytes.data(), 8, 0, peer, &size) != 8) return false;
            if (sendto(open.get(), bytes.data(), 8, 0, peer, size) != 8) return false;
        }
        return good;
    };
    const Line ready;
    const pid_t router = start(1, [&] { return serve(ready); });
    const pid_t asked = start(
        2, [&] { return serve(ready); }, [&] { return routed.right.enter(); });
    ready.hear(2);
    const TracedRun run = run_traced(
        R"(@@net:bpf:near1:udp:"udp" { printf("%I %I %lld %lld %s\n", __ip4hdr->src_addr, __ip4hdr->dst_addr, __owner->pid, __owner->uid, __owner->name); })",
        [&] {
            expect_success(start(
                3,
                [&] {
                    for (const char* const address : {"198.51.100.2", "192.0.2.1"}) {
                        const Address to(address, port);
                        const Socket out(socket(AF_INET, SOCK_DGRAM, 0));
                        std::array<char, 8> bytes{};
                        for (int i = 0; i < times; ++i) {
                            if (sendto(out.get(), "question", 8, 0, to.get(), to.size) != 8) return false;
                            if (recv(out.get(), bytes.data(), 8, 0) != 8) return false;
                        }
                    }
                    return true;
                },
                [&] { return routed.left.enter(); }));
            expect_success(router);
            expect_success(asked);
        });
    const std::string own = owner_text(router, 1);
    CHECK(run.lines == std::map<std::string, int>{{"192.0.2.2 192.0.2.1 " + own, times},
                                                  {"192.0.2.1 192.0.2.2 " + own, times},
                                                  {"192.0.2.2 198.51.100.2 -1 -1 ", times},
                                                  {"198.51.100.2 192.0.2.2 -1 -1 ", times}});
}

}  // namespace
}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
