// Options of TCP sockets that a process sets, connections that it makes and takes, against what this program itself
// does: on every rung of the ladder, in both homes.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/mman.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/live/on_rungs.h"
#include "tests/live/shortage.h"
#include "tests/live/socket_calls.h"

namespace probevue::live {
namespace {

constexpr uint16_t port = 17'601;

std::vector<std::string> sorted(std::vector<std::string> lines) {
    std::sort(lines.begin(), lines.end());
    return lines;
}

// Sets options, and says what should be told of it.
class Options {
public:
    explicit Options(int family) : socket_(socket(family, SOCK_STREAM, 0)) {}

    void set(int level, int option, const char* name, const std::vector<char>& value) {
        const int result = setsockopt(socket_.get(), level, option, value.data(), static_cast<socklen_t>(value.size()));
        const std::string call = fmt::format("{} {} {} {}", level, option, name, value.size());
        expected.push_back("entry " + call);
        expected.push_back(fmt::format("exit {} {}", call, result < 0 ? -errno : result));
    }
    void set(int level, int option, const char* name, int value) {
        const char* bytes = reinterpret_cast<const char*>(&value);
        set(level, option, name, std::vector<char>(bytes, bytes + sizeof value));
    }

    std::vector<std::string> expected;

private:
    Socket socket_;
};

void set_options(Options& options, int family) {
    options.set(SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF", 30'000);
    options.set(SOL_SOCKET, SO_LINGER, "SO_LINGER", std::vector<char>(sizeof(linger)));
    options.set(SOL_SOCKET, 9'999, "UNDEF_SOCKOPT(9999)", 1);
    options.set(IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY", 1);
    options.set(IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY", std::vector<char>(2));
    options.set(IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY", std::vector<char>(1 << 20));
    options.set(IPPROTO_TCP, TCP_CONGESTION, "TCP_CONGESTION", {'r', 'e', 'n', 'o'});
    options.set(IPPROTO_TCP, TCP_CONGESTION, "TCP_CONGESTION", {'n', 'o', 'n', 'e'});
    options.set(IPPROTO_TCP, 250, "UNDEF_SOCKOPT(250)", 1);
    options.set(IPPROTO_IP, IP_TOS, "IP_TOS", 16);
    options.set(IPPROTO_IPV6, IPV6_V6ONLY, "IPV6_V6ONLY", family == AF_INET6 ? 1 : 0);
    options.set(77, 1, "UNDEF_SOCKOPT(1)", std::vector<char>());
}

// "ADDRESS PORT", as the kernel tells the process.
std::string end_of(const Socket& socket, int (*ask)(int, sockaddr*, socklen_t*)) {
    sockaddr_storage bytes{};
    socklen_t size = sizeof bytes;
    CHECK(ask(socket.get(), reinterpret_cast<sockaddr*>(&bytes), &size) == 0);
    char address[INET6_ADDRSTRLEN] = {};
    if (bytes.ss_family == AF_INET6) {
        const auto& six = reinterpret_cast<const sockaddr_in6&>(bytes);
        inet_ntop(AF_INET6, &six.sin6_addr, address, sizeof address);
        std::string shown = address;
        if (shown.starts_with("::ffff:")) shown.erase(0, 7);  // it talks IPv4
        return fmt::format("{} {}", shown, ntohs(six.sin6_port));
    }
    const auto& four = reinterpret_cast<const sockaddr_in&>(bytes);
    inet_ntop(AF_INET, &four.sin_addr, address, sizeof address);
    return fmt::format("{} {}", address, ntohs(four.sin_port));
}

// Of a connection, its own end first.
std::string ends_of(const Socket& socket) { return end_of(socket, getsockname) + " " + end_of(socket, getpeername); }

void check_lines(const TracedRun& run, const std::vector<std::string>& lines,
                 const std::vector<std::string>& expected) {
    Shortage shortage(run);
    shortage.check_lines(lines, expected);
}

// Connections over both versions of IP, and from a socket of one to an address of the other.
constexpr std::pair<const char*, const char*> ways[] = {
    {"127.0.0.1", "127.0.0.1"}, {"::1", "::1"}, {"::", "::ffff:127.0.0.1"}};
constexpr int each = 20;

}  // namespace

TEST_CASE("each option that is set is told of at both ends, with its level, number, name, length and result") {
    on_each_rung(ProbeKind::tcp_setsockopt_exit, "tcp:setsockopt", [&](Rung rung) {
        for (const int family : {AF_INET, AF_INET6}) {
            Options options(family);
            const TracedRun run = trace(
                R"(@@net:tcp:setsockopt:entry when (__netns == NETNS && __pid == PID && __owner->pid == PID)
                   { printf("entry %d %d %s %u\n", __sockcall->level, __sockcall->optname, __sockcall->optstr, __sockcall->optlen); }
                   @@net:tcp:setsockopt:exit when (__netns == NETNS && __pid == PID && __owner->pid == PID)
                   { printf("exit %d %d %s %u %lld\n", __sockcall->level, __sockcall->optname, __sockcall->optstr,
                            __sockcall->optlen, __sockcall->ret); })",
                [&] {
                    // Nobody hears of options of other sockets.
                    const Socket datagrams(socket(family, SOCK_DGRAM, 0));
                    datagrams.set(SOL_SOCKET, SO_RCVBUF, 30'000);
                    const Socket here(socket(AF_UNIX, SOCK_STREAM, 0));
                    here.set(SOL_SOCKET, SO_RCVBUF, 30'000);
                    set_options(options, family);
                    CHECK(setsockopt(-1, IPPROTO_TCP, TCP_NODELAY, nullptr, 0) == -1);
                    // Nor of a length that the kernel refuses before it asks whose option it is.
                    const Socket one(socket(family, SOCK_STREAM, 0));
                    const auto negative = static_cast<socklen_t>(-1);
                    CHECK(setsockopt(one.get(), IPPROTO_TCP, TCP_NODELAY, &negative, negative) == -1);
                    CHECK(errno == EINVAL);
                },
                rung);
            check_lines(run, run.in_order(), options.expected);
        }
    });
}

#ifdef __x86_64__  // elsewhere no program of 64 bits makes such a call
TEST_CASE("an option that a 32-bit program sets is told of like any other") {
    // What such a call was given is read from other registers. Functions are the same ones.
    int* const value =
        static_cast<int*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));
    REQUIRE(value != MAP_FAILED);
    const Socket one(socket(AF_INET, SOCK_STREAM, 0));
    const auto call_32bit = [&](int option, int length) {
        *value = 5;
        long result = 366;  // setsockopt (arch/x86/entry/syscalls/syscall_32.tbl)
        __asm__ volatile("int $0x80"
                         : "+a"(result)
                         : "b"(one.get()), "c"(IPPROTO_TCP), "d"(option), "S"(value), "D"(length)
                         : "memory", "r8", "r9", "r10", "r11");
        return static_cast<int>(result);
    };
    if (call_32bit(TCP_KEEPCNT, sizeof *value) == -ENOSYS) {
        fmt::print("skipped: no system calls of 32-bit programs here\n");
        return;
    }
    on_each_rung(ProbeKind::tcp_setsockopt_exit, "tcp:setsockopt", [&](Rung rung) {
        std::string expected;
        const TracedRun run = trace(
            R"(@@net:tcp:setsockopt:exit when (__netns == NETNS && __pid == PID)
               { printf("%d %d %s %u %lld\n", __sockcall->level, __sockcall->optname, __sockcall->optstr, __sockcall->optlen,
                        __sockcall->ret); })",
            [&] {
                expected = fmt::format("6 6 TCP_KEEPCNT 4 {}\n", call_32bit(TCP_KEEPCNT, 4));
                expected += fmt::format("6 251 UNDEF_SOCKOPT(251) 3 {}\n", call_32bit(251, 3));
            },
            rung);
        CHECK(run.output == expected);
        CHECK(run.statistics.calls_32bit == 0);
    });
    munmap(value, 4096);
}
#endif

TEST_CASE("options are counted the same in both homes") {
    on_each_rung(ProbeKind::tcp_setsockopt_entry, "tcp:setsockopt", [&](Rung rung) {
        for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
            const TracedRun run = run_traced(
                R"(@@net:tcp:setsockopt:entry when (__netns == NETNS && __pid == PID)
                   { n[__sockcall->level][__sockcall->optname]++; }
                   @@END { set_aso_print_options(0, SORT_BY_KEY | SORT_TYPE_ASCEND); print(n); })",
                [&] {
                    const Socket one(socket(AF_INET, SOCK_STREAM, 0));
                    for (int i = 0; i < 100; ++i) one.set(IPPROTO_TCP, TCP_NODELAY, i % 2);
                    for (int i = 0; i < 50; ++i) one.set(SOL_SOCKET, SO_KEEPALIVE, i % 2);
                },
                {.home = home, .rung = rung});
            CHECK(run.homes.front() == (home == HomeChoice::kernel ? Home::kernel : Home::engine));
            CHECK(run.of("n[6, 1] = 100") == 1);
            CHECK(run.of("n[1, 9] = 50") == 1);
        }
    });
}

namespace {

void connect_to_nobody(const Socket& socket, sa_family_t family = AF_UNSPEC) {
    sockaddr nobody{};
    nobody.sa_family = family;
    CHECK(connect(socket.get(), &nobody, sizeof nobody) == (family == AF_UNSPEC ? 0 : -1));
}

// What should be told of sockets that give up what they are connected to.
struct Disconnections {
    std::vector<std::string> expected;

    void add(const std::string& ends, int flags) {
        expected.push_back(fmt::format("entry {} {:x}", ends, flags));
        expected.push_back(fmt::format("exit {} {:x} 0", ends, flags));
    }
};

std::string disconnect_script(const std::string& protocol) {
    std::string text = R"(
        @@net:PROTOCOL:disconnect:entry when (__netns == NETNS && __pid == PID)
        { printf("entry %I %d %I %d %x\n", __proto_info->local_addr, __proto_info->local_port, __proto_info->remote_addr,
                 __proto_info->remote_port, __sockcall->flags); }
        @@net:PROTOCOL:disconnect:exit when (__netns == NETNS && __pid == PID)
        { printf("exit %I %d %I %d %x %lld\n", __proto_info->local_addr, __proto_info->local_port,
                 __proto_info->remote_addr, __proto_info->remote_port, __sockcall->flags, __sockcall->ret); })";
    replace_all(text, "PROTOCOL", protocol);
    return text;
}

}  // namespace

TEST_CASE("a connection that is given up is told of at both ends, with the ends that it had") {
    on_each_rung(ProbeKind::tcp_disconnect_exit, "tcp:disconnect", [&](Rung rung) {
        Disconnections calls;
        const TracedRun run = trace(
            disconnect_script("tcp"),
            [&] {
                for (size_t i = 0; i < std::size(ways); ++i) {
                    const auto at = static_cast<uint16_t>(port + 70 + i);
                    const Socket listener = listen_on(Address(ways[i].first, at), 4);
                    const Socket client = connect_to(Address(ways[i].second, at));
                    const Socket served = accept_from(listener);
                    calls.add(ends_of(client), O_RDWR);
                    connect_to_nobody(client);
                    connect_to_nobody(client, AF_UNIX);  // that is no disconnection
                }
                if (rung == Rung::syscall) return;
                // What no process asks for is seen where functions are hooked.
                const Address from("127.0.0.1", port + 75);
                const Socket refused = connect_to(Address("127.0.0.1", port + 76), true, &from);
                CHECK(errno == ECONNREFUSED);
                calls.add(fmt::format("127.0.0.1 {} 127.0.0.1 {}", port + 75, port + 76), O_RDWR);
                const Socket listener = listen_on(Address("127.0.0.1", port + 77), 4);
                Socket client = connect_to(Address("127.0.0.1", port + 77));
                const Socket served = accept_from(listener);
                calls.add(ends_of(client), 0);
                abandon(client);
            },
            rung);
        check_lines(run, run.in_order(), calls.expected);
    });
}

TEST_CASE("a datagram socket that forgets its peer is told of at both ends, with the ends that it had") {
    on_each_rung(ProbeKind::udp_disconnect_exit, "udp:disconnect", [&](Rung rung) {
        Disconnections calls;
        const TracedRun run = trace(
            disconnect_script("udp"),
            [&] {
                for (const auto& [from, to] : ways) {
                    const Address far(to, port + 80);
                    const Socket sender(socket(far.family(), SOCK_DGRAM | SOCK_NONBLOCK, 0));
                    CHECK(connect(sender.get(), far.get(), far.size) == 0);
                    calls.add(ends_of(sender), O_RDWR | O_NONBLOCK);
                    connect_to_nobody(sender);
                }
            },
            rung);
        check_lines(run, run.in_order(), calls.expected);
    });
}

namespace {

// The ends of a connection, whose process the event is in, and whose the socket is.
std::string who_script(const std::string& event) {
    return "@@net:" + event + R"( when (__netns == NETNS)
        { printf("%I %d %I %d %lld %lld %s\n", __proto_info->local_addr, __proto_info->local_port,
                 __proto_info->remote_addr, __proto_info->remote_port, __pid, __owner->pid, __owner->name); })";
}

std::string by_us(const std::string& ends) { return fmt::format("{} {} {} {}", ends, getpid(), getpid(), own_name()); }

}  // namespace

TEST_CASE("each attempt to connect is told of once, with its ends and who connects") {
    on_each_rung(ProbeKind::tcp_connect, "tcp:connect", [&](Rung rung) {
        std::vector<std::string> expected;
        const TracedRun run = trace(
            who_script("tcp:connect"),
            [&] {
                std::vector<Socket> clients;
                std::vector<Socket> served;
                for (size_t i = 0; i < std::size(ways); ++i) {
                    const auto at = static_cast<uint16_t>(port + 10 + i);
                    const Socket listener = listen_on(Address(ways[i].first, at), each);
                    for (int n = 0; n < each; ++n) {
                        clients.push_back(connect_to(Address(ways[i].second, at)));
                        served.push_back(accept_from(listener));
                    }
                }
                for (const Socket& one : clients) expected.push_back(by_us(ends_of(one)));
                // Nobody listens there, and the port is chosen by us.
                const Address from("127.0.0.1", port + 30);
                const Socket refused = connect_to(Address("127.0.0.1", port + 31), true, &from);
                CHECK(errno == ECONNREFUSED);
                expected.push_back(by_us(fmt::format("127.0.0.1 {} 127.0.0.1 {}", port + 30, port + 31)));
                for (Socket& one : clients) abandon(one);
            },
            rung);
        check_lines(run, sorted(run.in_order()), sorted(expected));
    });
}

TEST_CASE("each connection that is taken is told of once, with its ends and who takes it") {
    on_each_rung(ProbeKind::tcp_accept, "tcp:accept", [&](Rung rung) {
        std::vector<std::string> expected;
        const TracedRun run = trace(
            who_script("tcp:accept"),
            [&] {
                std::vector<Socket> clients;
                std::vector<Socket> served;
                for (size_t i = 0; i < std::size(ways); ++i) {
                    const auto at = static_cast<uint16_t>(port + 40 + i);
                    const Socket listener = listen_on(Address(ways[i].first, at), each);
                    for (int n = 0; n < each; ++n) {
                        clients.push_back(connect_to(Address(ways[i].second, at)));
                        const int flags = n % 2 == 0 ? 0 : SOCK_NONBLOCK;
                        served.emplace_back(n % 3 == 0 ? accept(listener.get(), nullptr, nullptr)
                                                       : accept4(listener.get(), nullptr, nullptr, flags));
                    }
                    // What gives nothing is no connection.
                    CHECK(accept4(-1, nullptr, nullptr, 0) == -1);
                    const Socket pretends(socket(AF_INET, SOCK_STREAM, 0));
                    CHECK(accept(pretends.get(), nullptr, nullptr) == -1);
                }
                for (const Socket& one : served) expected.push_back(by_us(ends_of(one)));
                for (Socket& one : clients) abandon(one);
            },
            rung);
        check_lines(run, sorted(run.in_order()), sorted(expected));
    });
}

namespace {

// Each event that is a call on a socket, as SystemTap's tapset calls the ones that it has; the exits too.
constexpr std::pair<const char*, const char*> calls[] = {
    {"tcp:sendmsg:entry", "tcp.sendmsg"},
    {"tcp:sendmsg:exit", "tcp.sendmsg"},
    {"tcp:recvmsg:entry", "tcp.recvmsg"},
    {"tcp:recvmsg:exit", "tcp.recvmsg"},
    {"tcp:setsockopt:entry", "tcp.setsockopt"},
    {"tcp:setsockopt:exit", "tcp.setsockopt"},
    {"tcp:disconnect:entry", "tcp.disconnect"},
    {"tcp:disconnect:exit", "tcp.disconnect"},
    {"tcp:connect", "tcp.connect"},
    {"tcp:accept", "tcp.accept"},
    {"udp:sendmsg:entry", "udp.sendmsg"},
    {"udp:sendmsg:exit", "udp.sendmsg"},
    {"udp:recvmsg:entry", "udp.recvmsg"},
    {"udp:recvmsg:exit", "udp.recvmsg"},
    {"udp:disconnect:entry", "udp.disconnect"},
    {"udp:disconnect:exit", "udp.disconnect"},
};

// One call of each, on sockets of the family of the near address.
void call_each(const char* near, const char* far, uint16_t at) {
    const Socket listener = listen_on(Address(near, at), 1);
    const Address to(far, at);
    const Socket client(socket(to.family(), SOCK_STREAM, 0));
    client.set(IPPROTO_TCP, TCP_NODELAY, 1);
    CHECK(connect(client.get(), to.get(), to.size) == 0);
    const Socket served = accept_from(listener);
    CHECK(send(client.get(), "abc", 3, 0) == 3);
    char bytes[8];
    CHECK(recv(served.get(), bytes, sizeof bytes, 0) == 3);
    connect_to_nobody(client);
    const Socket receiver(socket(Address(near, at).family(), SOCK_DGRAM, 0));
    CHECK(bind(receiver.get(), Address(near, at).get(), Address(near, at).size) == 0);
    const Socket sender(socket(to.family(), SOCK_DGRAM, 0));
    CHECK(connect(sender.get(), to.get(), to.size) == 0);
    CHECK(send(sender.get(), "abc", 3, 0) == 3);
    CHECK(recv(receiver.get(), bytes, sizeof bytes, 0) == 3);
    connect_to_nobody(sender);
}

}  // namespace

TEST_CASE("each call tells its socket, the socket's family, and the name that SystemTap has for it, in both homes") {
    for (const auto& call : calls) {
        const std::string event = call.first;
        const std::string name = call.second;
        CAPTURE(event);
        const ProbeKindRow* const row = find_recorded_kind("net:" + event);
        REQUIRE(row != nullptr);
        // Both ends of a call are one event there.
        const std::string call_of = event.substr(0, event.find(':', event.find(':') + 1));
        on_each_rung(row->kind, call_of.c_str(), [&](Rung rung) {
            for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
                const TracedRun run =
                    run_traced("@@net:" + event + R"( when (__netns == NETNS && __pid == PID && __sockcall->sock != 0)
                        { n[__sockcall->name][__sockcall->family][__sockcall->sock == __sock]++; }
                        @@END { print(n); })",
                               [] {
                                   for (size_t i = 0; i < std::size(ways); ++i)
                                       call_each(ways[i].first, ways[i].second, static_cast<uint16_t>(port + 90 + i));
                               },
                               {.home = home, .rung = rung});
                CHECK(run.homes.front() == (home == HomeChoice::kernel ? Home::kernel : Home::engine));
                // An IPv6 socket stays one where it talks IPv4.
                const bool options = event.starts_with("tcp:setsockopt");  // listen_on() sets one more, or two
                Shortage shortage(run);
                for (const auto& [family, times] :
                     {std::pair(AF_INET, options ? 2 : 1), {AF_INET6, options ? 3 + 3 : 2}}) {
                    const auto told = run.number(fmt::format("n[{}, {}, 1]", name, family));
                    shortage.check(static_cast<int>(told), times);
                }
                CHECK(beginning_with(run, "n[").size() <= 2);
            }
        });
    }
}

TEST_CASE("connections are counted by who makes and who takes them, in both homes") {
    for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
        const TracedRun run = run_traced(
            R"(@@net:tcp:connect when (__netns == NETNS) { made[__owner->pid][__proto_info->remote_port]++; }
               @@net:tcp:accept when (__netns == NETNS) { taken[__owner->pid][__proto_info->local_port]++; }
               @@END { print(made); print(taken); })",
            [&] { connections("127.0.0.1", "127.0.0.1", port + 60, 50); }, {.home = home});
        CHECK(run.homes.front() == (home == HomeChoice::kernel ? Home::kernel : Home::engine));
        CHECK(run.of(fmt::format("made[{}, {}] = 50", getpid(), port + 60)) == 1);
        CHECK(run.of(fmt::format("taken[{}, {}] = 50", getpid(), port + 60)) == 1);
    }
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
