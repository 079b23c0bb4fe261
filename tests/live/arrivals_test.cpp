// Whose packets are that arrive, before they have found their socket: against what the processes of the load know of
// their own ports, and what the kernel counts at its devices.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/live/on_rungs.h"
#include "tests/live/ring.h"
#include "tests/live/shortage.h"
#include "tests/live/spaces.h"

namespace probevue::live {
namespace {

// Lines of the engine, and what the kernel counts in the same program.
std::string printing(const std::string& where) {
    return fmt::format(R"(
        @@net:netdev:receive when ({0} && __tcphdr->dst_port != 0)
        {{ printf("segment %d %lld %lld %s\n", __tcphdr->dst_port, __owner->pid, __owner->uid, __owner->name); }}
        @@net:netdev:receive when ({0} && __udphdr->length != 0)
        {{ printf("datagram %d %lld %lld %s\n", __udphdr->dst_port, __owner->pid, __owner->uid, __owner->name); }}
        @@net:netdev:receive when ({0} && __owner->pid != -1)
        {{ packets[__owner->pid][__owner->uid][__owner->name]++; }}
        @@END {{ print(packets); }})",
                       where);
}

// Of a ring: each packet is the process' whose port it is for, and the homes agree.
void check_ring(const Ring& ring, TracedRun run, int received) {
    std::map<std::string, int> counted;
    std::erase_if(run.lines, [&](const auto& line) {
        if (!line.first.starts_with("packets[")) return false;
        const size_t end = line.first.find("] = ");
        counted[line.first.substr(8, end - 8)] = std::stoi(line.first.substr(end + 4));
        return true;
    });
    CHECK(run.homes[0] == Home::engine);
    CHECK(run.homes[2] == Home::kernel);
    std::map<std::string, int> printed;
    for (const auto& [line, times] : run.lines) {
        std::istringstream in(line);
        std::string kind, pid, uid, name;
        int port = 0;
        in >> kind >> port >> pid >> uid >> name;
        printed[fmt::format("{}, {}, {}", pid, uid, name)] += times;
    }
    CHECK(printed == counted);
    const Tally tally(run, ring);
    CHECK(tally.wrong == "");
    CHECK(tally.unknown == 0);
    Shortage shortage(run);
    shortage.check(tally.right, received);
    fmt::print("owners right in {} of {} packets\n", tally.right, received);
}

TEST_CASE("packets that arrive at the loopback device have the owners of the sockets that they are for") {
    const int count = many(20, 6);
    const int rounds = many(20, 3);
    for (const bool any : {false, true}) {
        CAPTURE(any);
        RingPlace place;
        place.at_any_address = any;
        Ring ring(count, rounds, next_ports(), place);
        int received = 0;
        const TracedRun run = run_traced(printing("__netns == NETNS"), [&] {
            const int before = traffic_of("lo").received;
            ring.run();
            wait_for_rest({nullptr});
            received = traffic_of("lo").received - before;
        });
        check_ring(ring, run, received);
    }
}

// What protocols have received in a network: segments of TCP, and datagrams that somebody has taken.
int received_in(const Space* space) {
    int out = 0;
    in_network(space, [&] {
        out =
            static_cast<int>(counter("Tcp", "InSegs") + counter("Udp", "InDatagrams") + counter("", "Udp6InDatagrams"));
    });
    return out;
}

TEST_CASE("packets between networks have owners in the network that they arrive in") {
    const Space far;
    REQUIRE(make_pair("near", "far", far, "192.0.2", "2001:db8:0:1"));
    const int count = many(20, 6);
    const int rounds = many(20, 3);
    for (const bool any : {false, true}) {
        CAPTURE(any);
        RingPlace place = over_pair(far);
        place.at_any_address = any;
        Ring ring(count, rounds, next_ports(), place);
        int received = 0;
        const auto all = [&] { return received_in(nullptr) + received_in(&far); };
        const TracedRun run =
            run_traced(printing(R"((__netdev->dev_name == "near" || __netdev->dev_name == "far"))"), [&] {
                const int before = all();
                ring.run();
                wait_for_rest({nullptr, &far});
                received = all() - before;
            });
        check_ring(ring, run, received);
    }
    CHECK(shell("ip link delete near"));
}

// Ends that processes have had, in memory that they share.
class EndsLog {
public:
    EndsLog() {
        void* const memory = mmap(nullptr, sizeof(Entries), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        REQUIRE(memory != MAP_FAILED);
        entries_ = new (memory) Entries;
    }
    EndsLog(const EndsLog&) = delete;
    EndsLog& operator=(const EndsLog&) = delete;
    ~EndsLog() { munmap(entries_, sizeof(Entries)); }

    void add(int number, const Socket& socket, int protocol, uint16_t remote_port) const {
        sockaddr_storage bytes{};
        socklen_t size = sizeof bytes;
        if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bytes), &size) != 0) return;
        const bool six = bytes.ss_family == AF_INET6;
        const uint16_t port =
            six ? reinterpret_cast<sockaddr_in6&>(bytes).sin6_port : reinterpret_cast<sockaddr_in&>(bytes).sin_port;
        const auto at = static_cast<size_t>(entries_->used.fetch_add(1));
        if (at >= entries_->all.size()) return;
        entries_->all[at] = {protocol, six ? 6 : 4, ntohs(port), remote_port, number};
    }
    // -1: nobody's, -2: of several.
    std::map<std::string, int> numbers() const {
        std::map<std::string, int> out;
        const auto used = static_cast<size_t>(entries_->used.load());
        REQUIRE(used <= entries_->all.size());
        for (size_t i = 0; i < used; ++i) {
            const Entry& one = entries_->all[i];
            const auto [at, fresh] = out.try_emplace(
                fmt::format("{} {} {} {}", one.protocol, one.version, one.local, one.remote), one.number);
            CHECK(at->second == one.number);
        }
        return out;
    }

private:
    struct Entry {
        int protocol, version, local, remote, number;
    };
    struct Entries {
        std::atomic<int> used{0};
        std::array<Entry, 20'000> all{};
    };
    Entries* entries_;
};

bool exchange(const Socket& socket) {
    std::array<char, 8> bytes{};
    return send(socket.get(), "question", 8, MSG_NOSIGNAL) == 8 && recv(socket.get(), bytes.data(), 8, 0) == 8;
}

// Its ports are chosen by the kernel. Those of datagrams stay open, so that nobody else gets them.
bool be_client(int number, uint16_t port, int rounds, const EndsLog& log, std::vector<Socket>& open) {
    const auto fresh = [](const Address& to, int type) { return Socket(socket(to.family(), type, 0)); };
    for (int round = 0; round < rounds; ++round) {
        for (const char* const address : {"127.0.0.1", "::1"}) {
            const Address to(address, port);
            Socket free = fresh(to, SOCK_DGRAM);
            std::array<char, 8> bytes{};
            if (sendto(free.get(), "question", 8, 0, to.get(), to.size) != 8) return false;
            if (recv(free.get(), bytes.data(), 8, 0) != 8) return false;
            Socket bound = fresh(to, SOCK_DGRAM);
            if (connect(bound.get(), to.get(), to.size) != 0 || !exchange(bound) || !exchange(bound)) return false;
            for (Socket* const one : {&free, &bound}) {
                log.add(number, *one, IPPROTO_UDP, port);
                open.push_back(std::move(*one));
            }
            const Socket stream = fresh(to, SOCK_STREAM);
            if (connect(stream.get(), to.get(), to.size) != 0) return false;
            log.add(number, stream, IPPROTO_TCP, port);
            if (!exchange(stream) || !exchange(stream)) return false;
        }
    }
    return true;
}

// Answers so many questions; clients close first. Its sockets are of IPv6, and take IPv4 too.
bool be_server(uint16_t port, const Line& ready, int datagram_count, int streams) {
    const Address any("::", port);
    const Socket listener = listen_on(any, 64);
    const Socket datagrams(socket(AF_INET6, SOCK_DGRAM, 0));
    const bool bound = bind(datagrams.get(), any.get(), any.size) == 0;
    ready.say();
    if (!bound || listener.get() < 0) return false;
    std::thread of_datagrams([&] {
        std::array<char, 8> bytes{};
        for (int i = 0; i < datagram_count; ++i) {
            sockaddr_storage from{};
            socklen_t size = sizeof from;
            auto* const peer = reinterpret_cast<sockaddr*>(&from);
            if (recvfrom(datagrams.get(), bytes.data(), 8, 0, peer, &size) != 8) return;
            sendto(datagrams.get(), bytes.data(), 8, 0, peer, size);
        }
    });
    bool good = true;
    for (int i = 0; i < streams; ++i) {
        const Socket served = accept_from(listener);
        std::array<char, 8> bytes{};
        for (int question = 0; question < 2; ++question) {
            good = recv(served.get(), bytes.data(), 8, MSG_WAITALL) == 8 && good;
            good = send(served.get(), bytes.data(), 8, MSG_NOSIGNAL) == 8 && good;
        }
        good = recv(served.get(), bytes.data(), 1, 0) == 0 && good;
    }
    of_datagrams.join();
    return good;
}

TEST_CASE("sockets to which the kernel gives their ports are known when the first answer comes") {
    const Setting no_reuse("net/ipv4/tcp_tw_reuse", "0");
    const int clients = many(8, 3);
    const int rounds = many(40, 5);
    const auto port = static_cast<uint16_t>(next_ports());
    const EndsLog log;
    std::map<int, pid_t> pids;
    const Line ready;
    const Line finished;
    const Line end;
    int received = 0;
    pids[1] = start(1, [&] { return be_server(port, ready, clients * rounds * 6, clients * rounds * 2); });
    ready.hear();
    const TracedRun run = run_traced(
        R"(@@net:netdev:receive when (__netns == NETNS && __tcphdr->dst_port != 0)
           { printf("6 %d %d %d %lld %lld %s\n", __ipinfo->ip_ver, __tcphdr->dst_port, __tcphdr->src_port, __owner->pid, __owner->uid, __owner->name); }
           @@net:netdev:receive when (__netns == NETNS && __udphdr->length != 0)
           { printf("17 %d %d %d %lld %lld %s\n", __ipinfo->ip_ver, __udphdr->dst_port, __udphdr->src_port, __owner->pid, __owner->uid, __owner->name); })",
        [&] {
            const int before = traffic_of("lo").received;
            for (int i = 2; i < 2 + clients; ++i) {
                pids[i] = start(i, [&, i] {
                    std::vector<Socket> open;
                    const bool good = be_client(i, port, rounds, log, open);
                    finished.say();
                    return end.hear() && good;
                });
            }
            finished.hear(clients);
            end.say(clients);
            for (const auto& [number, pid] : pids) expect_success(pid);
            wait_for_rest({nullptr});
            received = traffic_of("lo").received - before;
        });
    const std::map<std::string, int> numbers = log.numbers();
    std::string wrong;
    int right = 0;
    for (const auto& [line, times] : run.lines) {
        std::istringstream in(line);
        int protocol = 0, version = 0, to = 0, from = 0;
        std::string owner;
        in >> protocol >> version >> to >> from;
        std::getline(in >> std::ws, owner);
        const auto at = numbers.find(fmt::format("{} {} {} {}", protocol, version, to, from));
        const int number = to == port ? 1 : at == numbers.end() ? 0 : at->second;
        const bool good = number != 0 && owner == owner_text(pids.at(number), number);
        right += good ? times : 0;
        if (!good) wrong += fmt::format("{} times {}, not {}\n", times, line, number);
    }
    CHECK(wrong == "");
    Shortage shortage(run);
    shortage.check(right, received);
    fmt::print("owners right in {} of {} packets\n", right, received);
}

TEST_CASE("what a router forwards is nobody's, also where a process listens on the same port") {
    const Routed routed;
    const auto port = static_cast<uint16_t>(next_ports());
    const int times = 20;
    const Line ready;
    const auto ask = [&](const char* address) {
        const Address to(address, port);
        for (int i = 0; i < times; ++i) {
            const Socket datagram(socket(to.family(), SOCK_DGRAM, 0));
            if (connect(datagram.get(), to.get(), to.size) != 0 || !exchange(datagram)) return false;
            const Socket stream(socket(to.family(), SOCK_STREAM, 0));
            if (connect(stream.get(), to.get(), to.size) != 0 || !exchange(stream) || !exchange(stream)) return false;
        }
        return true;
    };
    // The router's own, and the one that is asked.
    const auto serve = [&] { return be_server(port, ready, 2 * times, 2 * times); };
    const pid_t router = start(1, serve);
    const pid_t asked = start(2, serve, [&] { return routed.right.enter(); });
    ready.hear(2);
    const TracedRun run = run_traced(
        R"(@@net:netdev:receive when ((__netdev->dev_name == "near1" || __netdev->dev_name == "near2") && (__tcphdr->dst_port != 0 || __udphdr->length != 0))
           { printf("%I %lld %lld %s\n", __ipinfo->ip_daddr, __owner->pid, __owner->uid, __owner->name); })",
        [&] {
            const auto client = [&] {
                return ask("198.51.100.2") && ask("2001:db8:0:2::2") && ask("192.0.2.1") && ask("2001:db8:0:1::1");
            };
            expect_success(start(3, client, [&] { return routed.left.enter(); }));
            expect_success(router);
            expect_success(asked);
        });
    std::string wrong;
    std::map<bool, int> packets;  // by whether they are for the router
    for (const auto& [line, count] : run.lines) {
        const bool own = line.starts_with("192.0.2.1 ") || line.starts_with("2001:db8:0:1::1 ");
        const std::string expected = own ? owner_text(router, 1) : "-1 -1 ";
        if (line.substr(line.find(' ') + 1) != expected) wrong += fmt::format("{} times {}\n", count, line);
        packets[own] += count;
    }
    CHECK(wrong == "");
    Shortage shortage(run);
    shortage.check_at_least(packets[true], 2 * times * (1 + 6));
    shortage.check_at_least(packets[false], 2 * 2 * times * (1 + 6));
    fmt::print("{} packets forwarded, {} for the router\n", packets[false], packets[true]);
}

// A datagram to a port of this machine, from a socket of this process.
void send_datagram(uint16_t port) {
    const Address to("127.0.0.1", port);
    const Socket from(socket(AF_INET, SOCK_DGRAM, 0));
    CHECK(sendto(from.get(), "datagram", 8, 0, to.get(), to.size) == 8);
}

Socket datagrams_at(uint16_t port, bool shared) {
    Socket out(socket(AF_INET, SOCK_DGRAM, 0));
    out.set(SOL_SOCKET, SO_REUSEPORT, shared ? 1 : 0);
    const Address any("0.0.0.0", port);
    if (bind(out.get(), any.get(), any.size) != 0) out.close();
    return out;
}

TEST_CASE("a port belongs to who has it: not to who had it before, and to nobody where two have it") {
    const auto base = static_cast<uint16_t>(next_ports());
    std::vector<std::string> expected;
    const auto at = [&](int offset) { return static_cast<uint16_t>(base + offset); };
    // Whose the packets are that this process sends meanwhile.
    const auto while_open = [&](int number, uint16_t port, const std::function<void(pid_t)>& work) {
        const Line ready;
        const Line done;
        const pid_t pid = start(number, [&] {
            const Socket open = datagrams_at(port, false);
            ready.say();
            return open.get() >= 0 && done.hear();
        });
        ready.hear();
        work(pid);
        done.say();
        expect_success(pid);
    };
    const Address listening("127.0.0.1", at(2));
    const Address from("127.0.0.1", at(3));
    const TracedRun run = run_traced(
        fmt::format(
            R"(@@net:netdev:receive when (__netns == NETNS && __udphdr->dst_port >= {0} && __udphdr->dst_port < {1})
                       {{ printf("%d %lld %lld %s\n", __udphdr->dst_port - {0}, __owner->pid, __owner->uid, __owner->name); }}
                       @@net:netdev:receive when (__netns == NETNS && __tcphdr->dst_port == {2} && __tcphdr->flags & TH_SYN)
                       {{ printf("syn %lld %lld %s\n", __owner->pid, __owner->uid, __owner->name); }})",
            base, base + 2, base + 3),
        [&] {
            send_datagram(at(0));
            expected.push_back("0 -1 -1 ");
            for (const int number : {1, 2}) {
                while_open(number, at(0), [&](pid_t pid) {
                    send_datagram(at(0));
                    expected.push_back("0 " + owner_text(pid, number));
                });
            }
            send_datagram(at(0));
            expected.push_back("0 -1 -1 ");
            // The kernel hands datagrams to one of them, and nobody can say which.
            const Line ready;
            const Line done;
            std::vector<pid_t> sharing;
            for (int i = 0; i < 2; ++i) {
                sharing.push_back(start(3, [&] {
                    const Socket open = datagrams_at(at(1), true);
                    ready.say();
                    return open.get() >= 0 && done.hear();
                }));
                ready.hear();
                send_datagram(at(1));
                expected.push_back("1 " + (i == 0 ? owner_text(sharing.front(), 3) : "-1 -1 "));
            }
            done.say(2);
            for (const pid_t pid : sharing) expect_success(pid);
            // Connections with the same ends, of one process after the other.
            const Socket listener = listen_on(listening, 4);
            for (const int number : {4, 5}) {
                const pid_t pid = start(number, [&] {
                    Socket client = connect_to(listening, true, &from);
                    const bool good = info_of(client).tcpi_state == TCP_ESTABLISHED;
                    abandon(client);
                    return good;
                });
                Socket served = accept_from(listener);
                expect_success(pid);
                abandon(served);
                expected.push_back("syn " + owner_text(pid, number));
            }
        });
    Shortage shortage(run);
    shortage.check_lines(run.in_order(), expected);
}

TEST_CASE("packets behind extension headers of IPv6 have owners") {
    const auto port = static_cast<uint16_t>(next_ports());
    const Address at("::1", port);
    const TracedRun run =
        run_traced(fmt::format(
                       R"(@@net:netdev:receive:"ip6 and ip6[6] != 6 and ip6[6] != 17" when (__netns == NETNS)
                       {{ printf("%d %d\n", __ip6hdr->next_hdr, __owner->pid == PID); }})"),
                   [&] {
                       const Socket receiver(socket(AF_INET6, SOCK_DGRAM, 0));
                       CHECK(bind(receiver.get(), at.get(), at.size) == 0);
                       const Socket listener = listen_on(at, 4);
                       for (const bool hop_by_hop : {false, true}) {
                           const Socket sender(socket(AF_INET6, SOCK_DGRAM, 0));
                           add_extension_headers(sender, hop_by_hop);
                           CHECK(sendto(sender.get(), "datagram", 8, 0, at.get(), at.size) == 8);
                           const Socket client(socket(AF_INET6, SOCK_STREAM, 0));
                           add_extension_headers(client, hop_by_hop);
                           CHECK(connect(client.get(), at.get(), at.size) == 0);
                           const Socket served = accept_from(listener);
                           CHECK(send(client.get(), "eight___", 8, MSG_NOSIGNAL) == 8);
                           std::array<char, 8> bytes{};
                           CHECK(recv(served.get(), bytes.data(), 8, MSG_WAITALL) == 8);
                       }
                   });
    // At least the datagram, and of the connection its beginning, its bytes and its end.
    for (const char* const next : {"60", "0"}) {
        CAPTURE(std::string(next));
        CHECK(run.of(fmt::format("{} 1", next)) >= 5);
        CHECK(run.of(fmt::format("{} 0", next)) == 0);
    }
}

TEST_CASE("sockets whose ends find no room are counted, and their packets are nobody's") {
    const int sockets = 40;
    const auto base = static_cast<uint16_t>(next_ports());
    TraceSetup small;
    small.change = [](Program& program) {
        for (KernelMap& map : program.kernel_maps) {
            if (map.use == KernelMap::Use::ends) map.entries = 8;
        }
    };
    const TracedRun run = run_traced(
        fmt::format(
            R"(@@net:netdev:receive when (__netns == NETNS && __udphdr->dst_port >= {0} && __udphdr->dst_port < {1})
                       {{ printf("%s\n", __owner->pid == PID ? "this process" : __owner->pid == -1 ? "nobody" : "another one"); }})",
            base, base + sockets),
        [&] {
            std::vector<Socket> open;
            for (int i = 0; i < sockets; ++i) open.push_back(datagrams_at(static_cast<uint16_t>(base + i), false));
            for (int i = 0; i < sockets; ++i) send_datagram(static_cast<uint16_t>(base + i));
        },
        small);
    // The sender's are sockets with ends too, and so are those of other processes.
    CHECK(run.statistics.owners >= sockets - 8);
    CHECK(run.of("nobody") >= sockets - 8);
    CHECK(run.of("another one") == 0);
    CHECK(run.of("nobody") + run.of("this process") + static_cast<int>(run.statistics.nested) >= sockets);
}

}  // namespace
}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
