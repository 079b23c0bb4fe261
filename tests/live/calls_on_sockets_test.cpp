// Calls that send on sockets, by their entries and exits, against what this program itself has sent: on every rung of
// the ladder, in both homes.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>

#include "tests/live/on_rungs.h"
#include "tests/live/socket_calls.h"

namespace probevue::live {
namespace {

constexpr uint16_t port = 17'401;

// The ways into the kernel of one message each.
void all_ways(const Socket& to, Expected& expected) {
    const std::vector<char> bytes(3000);
    const auto at = [&](size_t size) { return static_cast<const void*>(bytes.data() + bytes.size() - size); };
    expected.add_call(10, 0, write(to.get(), at(10), 10));
    expected.add_call(200, MSG_NOSIGNAL, send(to.get(), at(200), 200, MSG_NOSIGNAL));
    expected.add_call(700, MSG_MORE | MSG_DONTWAIT, send(to.get(), at(700), 700, MSG_MORE | MSG_DONTWAIT));
    expected.add_call(30, 0, send(to.get(), at(30), 30, 0));
    iovec some[70];
    for (iovec& one : some) one = {const_cast<char*>(bytes.data()), 7};
    some[1].iov_len = 1000;
    expected.add_call(1014, 0, writev(to.get(), some, 3));
    expected.add_call(1007, 0, writev(to.get(), some, 2));
    expected.add_call(1000 + 63 * 7, 0, writev(to.get(), some, 64));
    msghdr message{};
    message.msg_iov = some;
    message.msg_iovlen = 1;
    expected.add_call(7, MSG_NOSIGNAL, sendmsg(to.get(), &message, MSG_NOSIGNAL));
    message.msg_iovlen = 40;
    expected.add_call(1000 + 39 * 7, 0, sendmsg(to.get(), &message, 0));
    fcntl(to.get(), F_SETFL, O_NONBLOCK);
    expected.add_call(11, MSG_DONTWAIT, write(to.get(), at(11), 11));
    expected.add_call(12, MSG_DONTWAIT | MSG_NOSIGNAL, send(to.get(), at(12), 12, MSG_NOSIGNAL));
    fcntl(to.get(), F_SETFL, 0);
}

void drain(const Socket& from) {
    std::vector<char> bytes(1 << 16);
    while (recv(from.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) continue;
}

// A full buffer, a peer that is gone, a socket that was never connected.
void errors(const std::string& address, uint16_t at, Expected& expected) {
    const std::vector<char> bytes(100'000);
    Connection full = connection_on(address, at);
    long sent = 0;
    while (sent >= 0) {
        sent = send(full.client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        expected.add_call(bytes.size(), MSG_DONTWAIT, sent);
    }
    CHECK(errno == EAGAIN);
    Connection gone = connection_on(address, static_cast<uint16_t>(at + 1));
    abandon(gone.served);
    wait_for_state(gone.client, TCP_CLOSE);
    expected.add_call(5, MSG_NOSIGNAL, send(gone.client.get(), "12345", 5, MSG_NOSIGNAL));
    CHECK(errno == ECONNRESET);
    expected.add_call(6, MSG_NOSIGNAL, send(gone.client.get(), "123456", 6, MSG_NOSIGNAL));
    CHECK(errno == EPIPE);
    const Socket alone(socket(Address(address, at).family(), SOCK_STREAM, 0));
    expected.add_call(8, MSG_NOSIGNAL, send(alone.get(), "12345678", 8, MSG_NOSIGNAL));
    CHECK(errno == EPIPE);
}

void nothing(int) {}

// A send that waits for room until a signal comes: what has been sent by then, or the error of a call that is to begin
// again (the C library never sees that number).
void interrupted(const std::string& address, uint16_t at, Expected& expected) {
    struct sigaction action {};
    action.sa_handler = nothing;  // and no SA_RESTART: the call does not begin again
    sigaction(SIGUSR1, &action, nullptr);
    const Connection full = connection_on(address, at);
    full.client.set(SOL_SOCKET, SO_SNDBUF, 100'000);  // it does not grow
    full.served.set(SOL_SOCKET, SO_RCVBUF, 100'000);
    const auto queued = [&] {
        int out = 0;
        ioctl(full.client.get(), SIOCOUTQ, &out);
        return out;
    };
    const std::vector<char> bytes(20'000'000);
    const auto send_until_signal = [&] {
        long sent = 0;
        int error = 0;
        std::atomic<bool> done = false;
        std::thread sender([&] {
            sent = send(full.client.get(), bytes.data(), bytes.size(), 0);
            error = errno;
            done = true;
        });
        wait_for("a sender that goes on", [&] {
            if (queued() > 0) pthread_kill(sender.native_handle(), SIGUSR1);
            return done.load();
        });
        sender.join();
        constexpr long restart = -512;  // ERESTARTSYS
        if (sent < 0) CHECK(error == EINTR);
        expected.add(bytes.size(), 0, sent < 0 ? restart : sent);
        return sent;
    };
    CHECK(send_until_signal() > 0);
    // Full, and the peer will take no more; an acknowledgement that is late makes room for some once more.
    wait_for("a send of which nothing goes", [&] {
        int before = -1;
        wait_for("a full buffer", [&] {
            const long more = send(full.client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
            expected.add_call(bytes.size(), MSG_DONTWAIT, more);
            let_time_pass(20);  // between two looks
            return more < 0 && std::exchange(before, queued()) == queued();
        });
        return send_until_signal() < 0;
    });
}

}  // namespace

TEST_CASE("each call that sends on a TCP socket is told of at both ends, with its size, flags and result") {
    on_each_rung(ProbeKind::tcp_sendmsg_exit, "tcp:sendmsg", [&](Rung rung) {
        for (const std::string address : {"127.0.0.1", "::1"}) {
            CAPTURE(address);
            Expected expected;
            const TracedRun run = trace(
                script_for("tcp:sendmsg"),
                [&] {
                    const Connection connection = connection_on(address, port);
                    all_ways(connection.client, expected);
                    drain(connection.served);
                    all_ways(connection.served, expected);
                    errors(address, port + 10, expected);
                },
                rung);
            check(run, expected);
            CHECK(expected.count > 30);
        }
    });
}

TEST_CASE("a send that a signal interrupts ends as the kernel says") {
    on_each_rung(ProbeKind::tcp_sendmsg_exit, "tcp:sendmsg", [&](Rung rung) {
        Expected expected;
        const TracedRun run = trace(
            script_for("tcp:sendmsg"), [&] { interrupted("127.0.0.1", port, expected); }, rung);
        check(run, expected);
    });
}

TEST_CASE("datagrams, over both versions of IP and from a socket of one to an address of the other") {
    on_each_rung(ProbeKind::udp_sendmsg_exit, "udp:sendmsg", [&](Rung rung) {
        for (const char* to : {"127.0.0.1", "::1", "::ffff:127.0.0.1"}) {
            CAPTURE(to);
            const Address far(to, 17'450);
            const Socket receiver(socket(far.family(), SOCK_DGRAM, 0));
            if (far.family() == AF_INET6) receiver.set(IPPROTO_IPV6, IPV6_V6ONLY, 0);
            REQUIRE(bind(receiver.get(), Address(far.family() == AF_INET6 ? "::" : to, 17'450).get(), far.size) == 0);
            receiver.set(SOL_SOCKET, SO_RCVBUF, 1 << 20);
            Expected expected;
            const TracedRun run = trace(
                script_for("udp:sendmsg"),
                [&] {
                    const Socket sender(socket(far.family(), SOCK_DGRAM, 0));
                    for (size_t i = 0; i < 20; ++i)
                        expected.add_call(
                            i, MSG_DONTWAIT,
                            sendto(sender.get(), "12345678901234567890", i, MSG_DONTWAIT, far.get(), far.size));
                    const std::vector<char> much(70'000);
                    expected.add_call(much.size(), 0,
                                      sendto(sender.get(), much.data(), much.size(), 0, far.get(), far.size));
                    CHECK(errno == EMSGSIZE);
                    REQUIRE(connect(sender.get(), far.get(), far.size) == 0);
                    all_ways(sender, expected);
                },
                rung);
            check(run, expected);
        }
    });
}

TEST_CASE("threads that send at once do not get each other's sizes") {
    on_each_rung(ProbeKind::tcp_sendmsg_exit, "tcp:sendmsg", [&](Rung rung) {
        constexpr int threads = 8;
        const int each = many(2'000, 200);
        const char* script = R"(
            @@net:tcp:sendmsg:entry when (__netns == NETNS && __pid == PID) { began[__proto_info->local_port][__sockcall->size]++; }
            @@net:tcp:sendmsg:exit when (__netns == NETNS && __pid == PID)
            { ended[__proto_info->local_port][__sockcall->size][__sockcall->ret]++; }
            @@END { set_aso_print_options(0, SORT_BY_KEY | SORT_TYPE_ASCEND); print(began); print(ended); })";
        for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
            std::vector<std::string> began;
            std::vector<std::string> ended;
            const TracedRun run = run_traced(
                script,
                [&] {
                    std::vector<std::thread> senders;
                    std::vector<Connection> connections;
                    for (int i = 0; i < threads; ++i)
                        connections.push_back(
                            connection_on(i % 2 == 0 ? "127.0.0.1" : "::1", static_cast<uint16_t>(17'460 + i)));
                    for (size_t i = 0; i < threads; ++i) {
                        senders.emplace_back([&, i] {
                            const std::vector<char> bytes(threads + 1);
                            for (int n = 0; n < each; ++n) {
                                CHECK(write(connections[i].served.get(), bytes.data(), i + 1) ==
                                      static_cast<long>(i + 1));
                                if (n % 50 == 0) drain(connections[i].client);
                            }
                        });
                        began.push_back(fmt::format("began[{}, {}] = {}", 17'460 + i, i + 1, each));
                        ended.push_back(fmt::format("ended[{}, {}, {}] = {}", 17'460 + i, i + 1, i + 1, each));
                    }
                    for (std::thread& sender : senders) sender.join();
                },
                {.home = home, .rung = rung});
            CHECK(run.homes.front() == (home == HomeChoice::kernel ? Home::kernel : Home::engine));
            std::vector<std::string> expected = began;
            expected.insert(expected.end(), ended.begin(), ended.end());
            // Where the kernel preempts itself (PREEMPT_LAZY of 6.18), a program of a trampoline may lose its processor
            // to other threads that send, and the kernel passes over and counts all of their calls until it goes on: a
            // whole turn of theirs, whose length an emulated processor makes a large part of the load. Breakpoints
            // keep preemption off.
            uint64_t counted = 0;
            for (const std::string& line : run.in_order()) {
                if (line.empty()) continue;
                CAPTURE(line);
                const size_t number = line.find("= ") + 2;
                const auto is_of = [&](const std::string& one) { return one.starts_with(line.substr(0, number)); };
                CHECK(std::count_if(expected.begin(), expected.end(), is_of) == 1);
                const uint64_t calls = std::stoull(line.substr(number));
                CHECK(calls <= static_cast<uint64_t>(each));
                counted += calls;
            }
            const auto sent = static_cast<uint64_t>(2 * threads * each);
            const uint64_t lost = run.statistics.lost();
            CHECK(counted <= sent);
            CHECK(counted + lost >= sent);
            const bool preempted = rung == Rung::function && std::getenv("PROBEVUE_TEST_EMULATED") != nullptr;
            if (!preempted) CHECK(lost == 0);
            CHECK(counted > 0);
        }
    });
}

TEST_CASE("both ends know the connection, also when the call is what loses it") {
    on_each_rung(ProbeKind::tcp_sendmsg_exit, "tcp:sendmsg", [&](Rung rung) {
        const TracedRun run = trace(R"(
            @@net:tcp:sendmsg:entry, @@net:tcp:sendmsg:exit when (__netns == NETNS && __pid == PID)
            { printf("%I %d %I %d\n", __proto_info->local_addr, __proto_info->local_port, __proto_info->remote_addr, __proto_info->remote_port); })",
                                    [] {
                                        Connection connection = connection_on("127.0.0.1", port);
                                        CHECK(send(connection.served.get(), "a", 1, 0) == 1);
                                        abandon(connection.client);
                                        wait_for_state(connection.served, TCP_CLOSE);
                                        CHECK(send(connection.served.get(), "b", 1, MSG_NOSIGNAL) == -1);
                                        CHECK(send(connection.served.get(), "c", 1, MSG_NOSIGNAL) == -1);
                                    },
                                    rung);
        CHECK(run.all() == 6);
        CHECK(run.lines.size() == 1);
        CHECK(run.output.starts_with(fmt::format("127.0.0.1 {} 127.0.0.1 ", port)));
    });
}

// Files are sent page by page, in calls whose number is the kernel's choice: their sum is known.
TEST_CASE("what is sent of files is seen at the exit, and counted as lost where it could not be seen at the entry") {
    char name[] = "/tmp/probevue_sent_XXXXXX";
    const Socket file(mkstemp(name));
    unlink(name);
    const std::vector<char> bytes(150'000, 'x');
    REQUIRE(write(file.get(), bytes.data(), bytes.size()) == static_cast<long>(bytes.size()));
    const auto load = [&] {
        const Connection connection = connection_on("127.0.0.1", port);
        off_t offset = 0;
        std::thread reader([&] {
            std::vector<char> got(bytes.size());
            CHECK(recv(connection.served.get(), got.data(), got.size(), MSG_WAITALL) == static_cast<long>(got.size()));
        });
        while (offset < static_cast<off_t>(bytes.size())) {
            if (sendfile(connection.client.get(), file.get(), &offset, bytes.size()) <= 0) break;
        }
        reader.join();
    };
    on_each_rung(ProbeKind::tcp_sendmsg_exit, "tcp:sendmsg", [&](Rung rung) {
        const TracedRun sums = trace(R"(
            long long sum;
            int n;
            @@net:tcp:sendmsg:exit when (__netns == NETNS && __pid == PID) { sum += __sockcall->ret; n++; }
            @@END { printf("%lld %d\n", sum, n > 0); })",
                                     load, rung);
        CHECK(sums.output == fmt::format("{} 1\n", bytes.size()));
        CHECK(sums.statistics.lost() == 0);
        const TracedRun sizes = trace(script_for("tcp:sendmsg"), load, rung);
        const auto entries = beginning_with(sizes, "entry ");
        const bool by_functions = rung != Rung::syscall;
        CHECK(entries.empty() == !by_functions);
        CHECK((sizes.statistics.calls > 0) == !by_functions);
        const char* said = "calls of which the beginning, or what it was given, could not be seen";
        const std::vector<std::string> remarks = sizes.statistics.remarks();
        CHECK(remarks.size() == (by_functions ? 0 : 1));
        if (!remarks.empty()) CHECK(remarks.front().ends_with(said));
    });
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
