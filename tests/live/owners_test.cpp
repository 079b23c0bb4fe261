// Whose sockets are, against what the processes of the load know of themselves: each has ports, a user and a name of
// its own.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "tests/live/on_rungs.h"
#include "tests/live/ring.h"
#include "tests/live/shortage.h"

namespace probevue::live {
namespace {

constexpr const char* printing = R"(
    @@net:tcp:state_change when (__netns == NETNS)
    { printf("state %d %lld %lld %s\n", __proto_info->local_port, __owner->pid, __owner->uid, __owner->name); }
    @@net:tcp:sendmsg:entry when (__netns == NETNS)
    { printf("begun %d %lld %lld %s\n", __proto_info->local_port, __owner->pid, __owner->uid, __owner->name); }
    @@net:tcp:sendmsg:exit when (__netns == NETNS)
    { printf("sent %d %lld %lld %s\n", __proto_info->local_port, __owner->pid, __owner->uid, __owner->name); }
    @@net:udp:sendmsg:exit when (__netns == NETNS)
    { printf("datagram %d %lld %lld %s\n", __proto_info->local_port, __owner->pid, __owner->uid, __owner->name); }
    @@net:udp:recvmsg:exit when (__netns == NETNS)
    { printf("received %d %lld %lld %s\n", __proto_info->local_port, __owner->pid, __owner->uid, __owner->name); })";

}  // namespace

TEST_CASE("events of sockets of many processes have their owners, in both homes") {
    const int count = many(20, 6);
    const int rounds = many(20, 3);
    for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
        CAPTURE(home == HomeChoice::kernel);
        Ring ring(count, rounds, next_ports());
        const TracedRun run = run_traced(printing, [&] { ring.run(); }, {.home = home});
        Tally tally(run, ring);
        CHECK(tally.wrong == "");
        CHECK(tally.unknown == 0);
        Shortage shortage(run);
        const int sends = count * rounds * 2 * 4;
        shortage.check(tally.of_kind["begun"], sends);
        shortage.check(tally.of_kind["sent"], sends);
        shortage.check(tally.of_kind["datagram"], count * rounds * 2);
        shortage.check(tally.of_kind["received"], count * rounds * 2);
        // At least eight of each connection that is made, and of each idle one its end at both sides.
        shortage.check_at_least(tally.of_kind["state"], count * (rounds * 2 * 8 + 2 * 6) + 1);
        fmt::print("owners right in {} events of {} processes\n", tally.right, count);
    }
}

TEST_CASE("counts by owner are the same in both homes as what the processes have sent") {
    const int count = many(20, 6);
    const int rounds = many(20, 3);
    constexpr const char* counting = R"(
        @@net:tcp:sendmsg:exit when (__netns == NETNS)
        { bytes[__owner->pid][__owner->uid][__owner->name] += __sockcall->ret; }
        @@END { print(bytes); })";
    for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
        CAPTURE(home == HomeChoice::kernel);
        Ring ring(count, rounds, next_ports());
        const TracedRun run = run_traced(counting, [&] { ring.run(); }, {.home = home});
        CAPTURE(run.output);
        CHECK(run.homes.front() == (home == HomeChoice::kernel ? Home::kernel : Home::engine));
        Shortage shortage(run);
        constexpr int each = 8;  // bytes of a send
        const int expected = rounds * 2 * 4 * each;
        int sum = 0;
        for (int i = 0; i < count; ++i) {
            const std::string element =
                fmt::format("bytes[{}, {}, {}]", ring.pids()[static_cast<size_t>(i)], user_of(i), name_of(i));
            const int bytes = static_cast<int>(run.number(element));
            CHECK(bytes <= expected);
            sum += bytes;
        }
        shortage.check(sum / each, count * expected / each);
    }
}

TEST_CASE("packets of data that a device sends have the owners of their sockets") {
    const int count = many(20, 6);
    const int rounds = many(20, 3);
    Ring ring(count, rounds, next_ports());
    const TracedRun run = run_traced(
        R"(@@net:netdev:transmit when (__netdev->dev_name == "lo" && __tcphdr->flags & TH_PUSH)
           { printf("packet %d %lld %lld %s\n", __tcphdr->src_port, __owner->pid, __owner->uid, __owner->name); }
           @@net:netdev:transmit when (__netdev->dev_name == "lo" && __udphdr->length != 0)
           { printf("datagram %d %lld %lld %s\n", __udphdr->src_port, __owner->pid, __owner->uid, __owner->name); })",
        [&] { ring.run(); });
    Tally tally(run, ring);
    CHECK(tally.wrong == "");
    CHECK(tally.unknown == 0);
    Shortage shortage(run);
    shortage.check_at_least(tally.of_kind["packet"], count * rounds * 2 * 4);
    shortage.check(tally.of_kind["datagram"], count * rounds * 2);
}

TEST_CASE("a socket that is passed on belongs to who used it last") {
    const int base = next_ports();
    const Address listening("127.0.0.1", static_cast<uint16_t>(base));
    const Address from("127.0.0.1", static_cast<uint16_t>(base + 1));
    const Address idle_from("127.0.0.1", static_cast<uint16_t>(base + 2));
    const Socket listener = listen_on(listening, 4);
    // One that both have open before there is a session: nobody can say who used it last.
    Socket idle = connect_to(listening, true, &idle_from);
    Socket idle_served = accept_from(listener);
    Line go;
    Line done;
    Line gone;
    std::optional<Socket> client;
    const pid_t holder = start(1, [&] {
        idle_served.close();
        char byte = 0;
        const bool good = go.hear() && recv(idle.get(), &byte, 1, 0) == 0;
        done.say();
        return gone.hear() && good;
    });
    pid_t heir = 0;
    pid_t last = 0;
    const TracedRun run =
        run_traced(fmt::format(R"(@@net:tcp:sendmsg:exit when (__netns == NETNS && __proto_info->local_port == {0})
                       {{ printf("sent %lld %lld %s\n", __owner->pid, __owner->uid, __owner->name); }}
                       @@net:tcp:state_change when (__netns == NETNS && __proto_info->local_port == {0} && __prev_state == TCPS_ESTABLISHED)
                       {{ printf("ended %lld %lld %s\n", __owner->pid, __owner->uid, __owner->name); }}
                       @@net:tcp:state_change when (__netns == NETNS && __proto_info->local_port == {1})
                       {{ printf("idle %d %lld %lld %s\n", __cur_state, __owner->pid, __owner->uid, __owner->name); }})",
                               base + 1, base + 2),
                   [&] {
                       client = connect_to(listening, true, &from);
                       const Socket served = accept_from(listener);
                       CHECK(send(client->get(), "1", 1, 0) == 1);
                       heir = start(2, [&] { return send(client->get(), "2", 1, 0) == 1; });
                       expect_success(heir);
                       CHECK(send(client->get(), "3", 1, 0) == 1);
                       CHECK(send(client->get(), "4", 1, 0) == 1);
                       last = start(3, [&] { return send(client->get(), "5", 1, 0) == 1; });
                       expect_success(last);
                       shutdown(served.get(), SHUT_WR);
                       wait_for_state(*client, TCP_CLOSE_WAIT);
                       shutdown(idle_served.get(), SHUT_WR);
                       wait_for_state(idle, TCP_CLOSE_WAIT);
                       go.say();
                       CHECK(done.hear());
                       abandon(idle_served);
                       wait_for_state(idle, TCP_CLOSE);
                       gone.say();
                       expect_success(holder);
                   });
    const std::string own = fmt::format("{} {} {}", getpid(), getuid(), own_name());
    const std::vector<std::string> expected = {
        "sent " + own,
        "sent " + owner_text(heir, 2),
        "sent " + own,
        "sent " + own,
        "sent " + owner_text(last, 3),
        "ended " + owner_text(last, 3),
        fmt::format("idle {} -1 -1 ", static_cast<int>(TcpState::close_wait)),
        fmt::format("idle {} {}", static_cast<int>(TcpState::closed), owner_text(holder, 1)),
    };
    CAPTURE(run.statistics.nested);
    CAPTURE(run.statistics.out_of_order);
    CAPTURE(run.errors);
    Shortage shortage(run);
    shortage.check_lines(run.in_order(), expected);
}

TEST_CASE("segments that are sent again, and resets, have the owners of their sockets") {
    const std::string own = fmt::format("{} {} {}", getpid(), getuid(), own_name());
    const int base = next_ports();
    const TracedRun run = run_traced(
        R"(@@net:tcp:retransmit when (__netns == NETNS)
           { printf("again %lld %lld %s\n", __owner->pid, __owner->uid, __owner->name); }
           @@net:tcp:reset_sent when (__netns == NETNS && __sock != 0)
           { printf("reset %lld %lld %s\n", __owner->pid, __owner->uid, __owner->name); }
           @@net:tcp:reset_sent when (__netns == NETNS && __sock == 0)
           { printf("refused %lld %lld <%s>\n", __owner->pid, __owner->uid, __owner->name); }
           @@net:tcp:reset_received when (__netns == NETNS)
           { printf("end %lld %lld %s\n", __owner->pid, __owner->uid, __owner->name); }
           @@net:udp:sock_recv_buf_overflow when (__netns == NETNS)
           { printf("lost %lld %lld %s\n", __owner->pid, __owner->uid, __owner->name); })",
        [&] {
            retransmissions("127.0.0.1", static_cast<uint16_t>(base), 3);
            static_cast<void>(connect_to(Address("::1", static_cast<uint16_t>(base + 1))));
            lost_datagrams("127.0.0.1", "127.0.0.1", static_cast<uint16_t>(base + 2), 40);
        });
    CHECK(run.of("again " + own) >= 3);
    CHECK(run.of("reset " + own) >= 1);
    CHECK(run.of("refused -1 -1 <>") == 1);
    CHECK(run.of("end " + own) >= 2);
    CHECK(run.of("lost " + own) >= 1);
    CHECK(run.of("again " + own) + run.of("reset " + own) + 1 + run.of("end " + own) + run.of("lost " + own) ==
          run.all());
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
