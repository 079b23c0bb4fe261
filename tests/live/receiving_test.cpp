// Calls that receive on sockets, by their entries and exits, against what this program itself has received: on every
// rung of the ladder.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/live/on_rungs.h"
#include "tests/live/socket_calls.h"

namespace probevue::live {
namespace {

constexpr uint16_t port = 17'501;

// Sends so many bytes, and returns when they can be received.
void bring(const Socket& from, const Socket& to, size_t size) {
    const std::vector<char> bytes(size, 'x');
    REQUIRE(send(from.get(), bytes.data(), size, 0) == static_cast<long>(size));
    wait_for("bytes to receive", [&] {
        int there = 0;
        ioctl(to.get(), FIONREAD, &there);
        return there >= static_cast<int>(size);
    });
}

uint16_t own_port(const Socket& one) {
    sockaddr_in6 address{};  // the port of IPv4 lies at the same place
    socklen_t size = sizeof address;
    REQUIRE(getsockname(one.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    return ntohs(address.sin6_port);
}

// The ways into the kernel; what is there when they begin is no less than what they ask for, unless said otherwise.
void all_ways(const Socket& from, const Socket& to, Expected& expected) {
    std::vector<char> bytes(70'000);
    char* const at = bytes.data();
    bring(from, to, 100);
    expected.add_call(40, MSG_PEEK, recv(to.get(), at, 40, MSG_PEEK));
    expected.add_call(5000, 0, read(to.get(), at, 5000));  // fewer are there
    bring(from, to, 30);
    expected.add_call(30, MSG_WAITALL, recv(to.get(), at, 30, MSG_WAITALL));
    expected.add_call(11, MSG_DONTWAIT, recv(to.get(), at, 11, MSG_DONTWAIT));
    CHECK(errno == EAGAIN);
    iovec some[70];
    for (iovec& one : some) one = {at, 7};
    some[1].iov_len = 1000;
    bring(from, to, 1014);
    expected.add_call(1014, 0, readv(to.get(), some, 3));
    bring(from, to, 1000 + 63 * 7);
    expected.add_call(1000 + 63 * 7, 0, readv(to.get(), some, 64));
    msghdr message{};
    message.msg_iov = some;
    message.msg_iovlen = 40;
    bring(from, to, 500);
    expected.add_call(1000 + 39 * 7, MSG_CMSG_CLOEXEC, recvmsg(to.get(), &message, MSG_CMSG_CLOEXEC));
    message.msg_iovlen = 1;
    fcntl(to.get(), F_SETFL, O_NONBLOCK);
    expected.add_call(7, MSG_DONTWAIT, recvmsg(to.get(), &message, 0));
    expected.add_call(12, MSG_DONTWAIT, read(to.get(), at, 12));
    expected.add_call(13, MSG_DONTWAIT | MSG_PEEK, recv(to.get(), at, 13, MSG_PEEK));
    CHECK(errno == EAGAIN);
    fcntl(to.get(), F_SETFL, 0);
    CHECK(read(to.get(), at, 0) == 0);  // the socket does not hear of it
    CHECK(readv(to.get(), some, 0) == 0);
    // One that waits.
    std::thread later([&] { CHECK(send(from.get(), std::string(20, 'x').data(), 20, 0) == 20); });
    expected.add_call(20, MSG_WAITALL, recv(to.get(), at, 20, MSG_WAITALL));
    later.join();
}

// The end of a connection, one that is reset, one that never was.
void ends(const std::string& address, Expected& expected) {
    char bytes[100];
    auto next = [&, at = port]() mutable { return connection_on(address, ++at); };
    const Connection ended = next();
    shutdown(ended.client.get(), SHUT_WR);
    expected.add_call(60, 0, recv(ended.served.get(), bytes, 60, 0));
    Connection reset = next();
    abandon(reset.client);
    wait_for_state(reset.served, TCP_CLOSE);
    expected.add_call(61, 0, recv(reset.served.get(), bytes, 61, 0));
    CHECK(errno == ECONNRESET);
    expected.add_call(62, 0, recv(reset.served.get(), bytes, 62, 0));
    const Socket alone(socket(Address(address, port).family(), SOCK_STREAM, 0));
    expected.add_call(63, 0, recv(alone.get(), bytes, 63, 0));
    CHECK(errno == ENOTCONN);
}

// Both ends know each other.
std::pair<Socket, Socket> udp_pair(const std::string& address) {
    const Address near(address, port);
    const Address far(address, port + 1);
    Socket one(socket(near.family(), SOCK_DGRAM, 0));
    Socket other(socket(far.family(), SOCK_DGRAM, 0));
    REQUIRE(bind(one.get(), near.get(), near.size) == 0);
    REQUIRE(bind(other.get(), far.get(), far.size) == 0);
    REQUIRE(connect(one.get(), far.get(), far.size) == 0);
    REQUIRE(connect(other.get(), near.get(), near.size) == 0);
    return {std::move(one), std::move(other)};
}

}  // namespace

TEST_CASE("each call that receives on a TCP socket is told of at both ends, with its size, flags and result") {
    on_each_rung(ProbeKind::tcp_recvmsg_exit, "tcp:recvmsg", [&](Rung rung) {
        for (const std::string address : {"127.0.0.1", "::1"}) {
            CAPTURE(address);
            Expected expected;
            const TracedRun run = trace(
                script_for("tcp:recvmsg"),
                [&] {
                    const Connection connection = connection_on(address, port);
                    all_ways(connection.client, connection.served, expected);
                    all_ways(connection.served, connection.client, expected);
                    ends(address, expected);
                },
                rung);
            check(run, expected);
        }
    });
}

TEST_CASE("each call that receives on a UDP socket is told of at both ends; what is cut off is no part of the result") {
    on_each_rung(ProbeKind::udp_recvmsg_exit, "udp:recvmsg", [&](Rung rung) {
        for (const std::string address : {"127.0.0.1", "::1"}) {
            CAPTURE(address);
            Expected expected;
            const TracedRun run = trace(
                script_for("udp:recvmsg"),
                [&] {
                    const auto [one, other] = udp_pair(address);
                    all_ways(one, other, expected);
                    char bytes[100];
                    bring(one, other, 50);
                    expected.add_call(20, 0, recv(other.get(), bytes, 20, 0));
                    bring(one, other, 50);
                    expected.add_call(20, MSG_TRUNC, recv(other.get(), bytes, 20, MSG_TRUNC));
                    bring(one, other, 50);
                    expected.add_call(0, 0, recv(other.get(), bytes, 0, 0));
                },
                rung);
            check(run, expected);
        }
    });
}

TEST_CASE("several messages of one call are seen at their exits, and counted as lost where the entry cannot tell") {
    on_each_rung(ProbeKind::udp_recvmsg_exit, "udp:recvmsg", [&](Rung rung) {
        const auto load = [] {
            const auto [one, other] = udp_pair("127.0.0.1");
            char bytes[2][100];
            iovec at[2] = {{bytes[0], 100}, {bytes[1], 100}};
            mmsghdr messages[2] = {};
            for (size_t i = 0; i < 2; ++i) {
                messages[i].msg_hdr.msg_iov = at + i;
                messages[i].msg_hdr.msg_iovlen = 1;
            }
            bring(one, other, 30);
            bring(one, other, 30);
            CHECK(recvmmsg(other.get(), messages, 2, 0, nullptr) == 2);
        };
        const TracedRun sums = trace(R"(
            int n;
            @@net:udp:recvmsg:exit when (__netns == NETNS && __pid == PID) { n += __sockcall->ret; }
            @@END { printf("%d\n", n); })",
                                     load, rung);
        CHECK(sums.output == "60\n");
        CHECK(sums.statistics.lost() == 0);
        const TracedRun sizes = trace(script_for("udp:recvmsg"), load, rung);
        const bool by_functions = rung != Rung::syscall;
        CHECK(sizes.all() == (by_functions ? 4 : 0));
        CHECK((sizes.statistics.calls > 0) == !by_functions);
    });
}

TEST_CASE("who receives, and from whom, in both homes") {
    on_each_rung(ProbeKind::tcp_recvmsg_exit, "tcp:recvmsg", [&](Rung rung) {
        for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
            std::vector<uint16_t> senders;
            const TracedRun run = run_traced(
                R"(
                @@net:tcp:recvmsg:entry when (__netns == NETNS && __pid == PID)
                { asked[__proto_info->remote_addr][__proto_info->remote_port] += __sockcall->size; }
                @@net:tcp:recvmsg:exit when (__netns == NETNS && __pid == PID)
                {
                    bytes[__proto_info->local_addr][__proto_info->local_port][__pid] += __sockcall->ret;
                    from[__proto_info->remote_addr][__proto_info->remote_port] += __sockcall->ret;
                }
                @@END { print(bytes); print(from); print(asked); })",
                [&] {
                    for (const char* address : {"127.0.0.1", "::1"}) {
                        const Connection connection = connection_on(address, port);
                        senders.push_back(own_port(connection.client));
                        std::vector<char> bytes(100);
                        for (size_t size = 1; size <= 10; ++size) {
                            bring(connection.client, connection.served, size);
                            CHECK(recv(connection.served.get(), bytes.data(), 100, 0) == static_cast<long>(size));
                        }
                    }
                },
                {.home = home, .rung = rung});
            CHECK(run.of(fmt::format("bytes[127.0.0.1, {}, {}] = 55", port, getpid())) == 1);
            CHECK(run.of(fmt::format("bytes[::1, {}, {}] = 55", port, getpid())) == 1);
            CHECK(run.of(fmt::format("from[127.0.0.1, {}] = 55", senders.at(0))) == 1);
            CHECK(run.of(fmt::format("from[::1, {}] = 55", senders.at(1))) == 1);
            CHECK(run.of(fmt::format("asked[127.0.0.1, {}] = 1000", senders.at(0))) == 1);
            CHECK(run.of(fmt::format("asked[::1, {}] = 1000", senders.at(1))) == 1);
            CHECK(run.statistics.lost() == 0);
        }
    });
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
