// What events of TCP say, against counters of the kernel and against what the load must give: on every rung of the
// ladder, in both homes.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <functional>
#include <set>

#include "tests/live/on_rungs.h"
#include "tests/live/shortage.h"

namespace probevue::live {
namespace {

uint64_t requests_dropped() { return counter("TcpExt", "TCPReqQFullDrop"); }
uint64_t cookies_sent() { return counter("TcpExt", "TCPReqQFullDoCookies"); }
uint64_t listener_drops() { return counter("TcpExt", "ListenDrops"); }

constexpr const char* refusals = R"(@@net:tcp:listen_q_full when (__netns == NETNS)
    { printf("%d %I %d %d\n", __why, __peer->addr, __peer->port > 0, __proto_info->local_port); })";

void check_flood(const Flood& how, const char* cookies, const std::function<uint64_t()>& counted, EventCause why) {
    const Setting setting("net/ipv4/tcp_syncookies", cookies);
    // Each client asks twice or more: also those that have a request, which are only answered again.
    const uint64_t least = how.clients * 3 / 2;
    const std::string line =
        fmt::format("{} {} 1 {}", static_cast<int>(why), how.from.empty() ? how.address : how.from, how.port);
    on_each_rung(ProbeKind::tcp_listen_full, "tcp:listen_q_full", [&](Rung rung) {
        uint64_t count = 0;
        const TracedRun run = trace(
            refusals, [&] { count = probevue::live::counted(counted, [&] { flood(how, counted, least); }); }, rung);
        CHECK(count >= least);
        Shortage shortage(run);
        shortage.check(run.of(line), static_cast<int>(count));
        CHECK(run.all() == run.of(line));
    });
}

}  // namespace

TEST_CASE("requests beyond the queue: dropped without cookies, answered with them") {
    for (const char* address : {"127.0.0.1", "::1"}) {
        CAPTURE(std::string(address));
        const auto clients = static_cast<unsigned>(many(200, 50));
        check_flood({address, 17'201, 4, clients}, "0", requests_dropped, EventCause::requests_full);
        check_flood({address, 17'202, 4, clients}, "1", cookies_sent, EventCause::cookie_sent);
    }
}

TEST_CASE("requests with extension headers") {
    check_flood({"::1", 17'203, 4, 40, "", true}, "0", requests_dropped, EventCause::requests_full);
}

TEST_CASE("without cookies the last quarter of the limit is for peers that are known") {
    const Setting limit("net/ipv4/tcp_max_syn_backlog", "32");
    check_flood({"127.0.0.1", 17'204, 1000, 100, "127.0.0.77"}, "0", listener_drops, EventCause::requests_full);
}

TEST_CASE("a window that closes in packets with extension headers") {
    const char* script =
        R"(@@net:tcp:recv_buf_full when (__netns == NETNS) { printf("%d %d\n", __proto_info->local_port, __why); })";
    on_each_rung(ProbeKind::tcp_recv_full, "tcp:recv_buf_full", [&](Rung rung) {
        const TracedRun closed = trace(
            script, [] { closed_window("::1", 17'205, true); }, rung);
        CHECK(closed.of("17205 4") == 1);
        CHECK(closed.all() == 1);
    });
}

TEST_CASE("numbers of retransmissions begin at 1 and come once") {
    const char* script = R"(@@net:tcp:retransmit when (__netns == NETNS) { printf("%d\n", __nth_retransmit); })";
    const auto times = static_cast<unsigned>(many(4, 3));  // each takes twice as long as the one before
    on_each_rung(ProbeKind::tcp_retransmit, "tcp:retransmit", [&](Rung rung) {
        for (const char* address : {"127.0.0.1", "::1"}) {
            CAPTURE(std::string(address));
            Visible visible;
            const TracedRun run = trace(
                script,
                [&] {
                    visible = witnessed(witness_of_retransmissions, [&] {
                        return counted(sent_again, [&] { retransmissions(address, 17'206, times); });
                    });
                },
                rung);
            check_traced(static_cast<uint64_t>(run.all()) + run.statistics.nested, visible);
            // A timer that no program sees leaves a gap.
            int number = 0;
            for (const std::string& line : run.in_order()) {
                const int next = std::stoi(line);
                CHECK(next > number);
                if (visible.all() && run.statistics.nested == 0) CHECK(next == number + 1);
                number = next;
            }
            CHECK(number >= static_cast<int>(times));
        }
    });
}

TEST_CASE("segments of retransmissions add up to what the kernel counts") {
    const char* script = R"(@@net:tcp:retransmit when (__netns == NETNS)
        { printf("%d %d\n", __segments, __total_retransmit); })";
    on_each_rung(ProbeKind::tcp_retransmit, "tcp:retransmit", [&](Rung rung) {
        uint64_t sent = 0;
        const TracedRun run = trace(
            script,
            [&] { sent = counted(sent_again, [] { retransmissions("127.0.0.1", 17'207, 3, nullptr, 30'000); }); },
            rung);
        uint64_t sum = 0;
        uint64_t total = 0;
        uint64_t events = 0;
        for (const std::string& line : run.in_order()) {
            std::istringstream in(line);
            uint64_t segments = 0;
            in >> segments >> total;
            sum += segments;
            CHECK(total >= sum);  // more where a timer ran out that no program sees
            ++events;
        }
        CHECK(sum <= sent);
        CHECK(total <= sent);
        if (sees_all() || sum == total) CHECK(sum == sent);
        CHECK(events < sum);
    });
}

// As in AIX's example: each clause finds the other's element by the ports.
TEST_CASE("the time from SYN_SENT to ESTABLISHED by the connection's ports") {
    const char* script = R"(
        @@net:tcp:state_change when (__netns == NETNS and __cur_state == TCPS_SYN_SENT)
        { begun[__proto_info->local_port][__proto_info->remote_port]++; sent++; if (__pid == PID) own++; }
        @@net:tcp:state_change when (__netns == NETNS and __prev_state == TCPS_SYN_SENT and __cur_state == TCPS_ESTABLISHED)
        { ended[__proto_info->local_port][__proto_info->remote_port]++; }
        @@END { print(begun); print(ended); printf("sent %d own %d\n", sent, own); })";
    const int count = many(100, 25);
    on_each_rung(ProbeKind::tcp_state, "tcp:state_change", [&](Rung rung) {
        for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
            for (const char* address : {"127.0.0.1", "::1"}) {
                CAPTURE(std::string(address));
                const TracedRun run = run_traced(script, [&] { connections(address, address, 17'208, count); },
                                                 {.home = home, .rung = rung});
                CHECK(run.of(fmt::format("sent {0} own {0}", count)) == 1);
                std::set<std::string> begun;
                std::set<std::string> ended;
                for (const std::string& line : run.in_order()) {
                    if (line.starts_with("begun[")) begun.insert(line.substr(5));
                    if (line.starts_with("ended[")) ended.insert(line.substr(5));
                }
                CHECK(begun.size() == static_cast<size_t>(count));
                CHECK(begun == ended);
            }
        }
    });
}

TEST_CASE("a script that reads ports hears of each transition once, in their order") {
    const char* script = R"(@@net:tcp:state_change when (__netns == NETNS and __proto_info->remote_port == 17209)
        { printf("%d>%d %d %s\n", __prev_state, __cur_state, __proto_info->local_port > 0, __pid == PID ? "own" : "-"); })";
    on_each_rung(ProbeKind::tcp_state, "tcp:state_change", [&](Rung rung) {
        const TracedRun run = trace(
            script, [] { connections("127.0.0.1", "127.0.0.1", 17'209, 1); }, rung);
        CHECK(run.output == "0>2 1 own\n2>4 1 -\n4>6 1 own\n6>9 1 -\n9>10 1 -\n");
    });
}

TEST_CASE("a connection whose SYN never leaves is told of all the same") {
    const char* script = R"(@@net:tcp:state_change when (__netns == NETNS and __pid == PID and
                                                         (__prev_state == TCPS_SYN_SENT or __cur_state == TCPS_SYN_SENT))
        { printf("%d>%d %d\n", __prev_state, __cur_state, __proto_info->local_port); })";
    const Setting one_port("net/ipv4/ip_local_port_range", "40000 40000");
    on_each_rung(ProbeKind::tcp_state, "tcp:state_change", [&](Rung rung) {
        const TracedRun run = trace(
            script,
            [] {
                const Socket listener = listen_on(Address("127.0.0.1", 17'210), 4);
                Socket first = connect_to(Address("127.0.0.1", 17'210));
                const Socket second = connect_to(Address("127.0.0.1", 17'210));
                CHECK(errno == EADDRNOTAVAIL);
                abandon(first);
            },
            rung);
        CHECK(run.of("0>2 40000") == 1);
        CHECK(run.of("0>2 0") == 1);
    });
}

TEST_CASE("two sessions that want the same hook both hear of all") {
    const Setting no_cookies("net/ipv4/tcp_syncookies", "0");
    on_each_rung(ProbeKind::tcp_listen_full, "tcp:listen_q_full", [&](Rung rung) {
        uint64_t dropped = 0;
        const TwoRuns both = trace_twice(
            refusals,
            [&] {
                const uint64_t before = requests_dropped();
                flood({"127.0.0.1", 17'211, 4, 40}, requests_dropped, 20);
                dropped = requests_dropped() - before;
            },
            rung);
        CHECK(dropped >= 20);
        CHECK(static_cast<uint64_t>(both.inner.all()) == dropped);
        CHECK(static_cast<uint64_t>(both.outer.all()) == dropped);
    });
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
