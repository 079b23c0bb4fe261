// What TCP keeps of a connection (`__tcpinfo`), against what the kernel itself tells the process (TCP_INFO, which `ss
// -ti` shows) and what was sent: on every rung of the ladder.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/live/on_rungs.h"
#include "tests/live/socket_calls.h"
#include "tests/live/spaces.h"

namespace probevue::live {
namespace {

constexpr uint16_t port = 17'701;

constexpr const char* members =
    R"(__tcpinfo->bytes_sent, __tcpinfo->bytes_acked, __tcpinfo->bytes_received, __tcpinfo->srtt, __tcpinfo->min_rtt,
       __tcpinfo->rttvar, __tcpinfo->cwnd, __tcpinfo->ssthresh, __tcpinfo->mss, __tcpinfo->retransmits, __tcpinfo->lost,
       __tcpinfo->reordering, __tcpinfo->rcv_wnd, __tcpinfo->snd_wnd, __tcpinfo->unacked)";
constexpr const char* format = "%lld %lld %lld %lld %lld %lld %lld %lld %lld %lld %lld %lld %lld %lld %lld";
constexpr const char* no_connection = "-1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1";

// The kernel's structure (include/uapi/linux/tcp.h), which is longer than that of the C library.
struct KernelTcpInfo {
    uint8_t small[8];
    uint32_t rto, ato, snd_mss, rcv_mss, unacked, sacked, lost, retrans, fackets;
    uint32_t last_data_sent, last_ack_sent, last_data_recv, last_ack_recv;
    uint32_t pmtu, rcv_ssthresh, rtt, rttvar, snd_ssthresh, snd_cwnd, advmss, reordering, rcv_rtt, rcv_space;
    uint32_t total_retrans;
    uint64_t pacing_rate, max_pacing_rate, bytes_acked, bytes_received;
    uint32_t segs_out, segs_in, notsent_bytes, min_rtt, data_segs_in, data_segs_out;
    uint64_t delivery_rate, busy_time, rwnd_limited, sndbuf_limited;
    uint32_t delivered, delivered_ce;
    uint64_t bytes_sent, bytes_retrans;
    uint32_t dsack_dups, reord_seen, rcv_ooopack, snd_wnd, rcv_wnd;
};

struct Told {
    std::string text;
    bool has_receive_window = false;  // kernels tell it since 6.2
};

Told told(const Socket& connection) {
    KernelTcpInfo info{};
    socklen_t size = sizeof info;
    CHECK(getsockopt(connection.get(), IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
    Told out;
    out.has_receive_window = size >= offsetof(KernelTcpInfo, rcv_wnd) + sizeof info.rcv_wnd;
    out.text =
        fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", info.bytes_sent, info.bytes_acked,
                    info.bytes_received, info.rtt, static_cast<int32_t>(info.min_rtt), info.rttvar, info.snd_cwnd,
                    info.snd_ssthresh, info.snd_mss, info.total_retrans, info.lost, info.reordering,
                    out.has_receive_window ? std::to_string(info.rcv_wnd) : "-", info.snd_wnd, info.unacked);
    return out;
}

void transfer(const Socket& from, const Socket& to, size_t size) {
    std::vector<char> bytes(10'000);
    for (size_t moved = 0; moved < size;) {
        const size_t now = std::min(bytes.size(), size - moved);
        CHECK(send(from.get(), bytes.data(), now, 0) == static_cast<long>(now));
        size_t taken = 0;
        while (taken < now) taken += static_cast<size_t>(std::max(0L, recv(to.get(), bytes.data(), now - taken, 0)));
        moved += now;
    }
    wait_for_confirmation(from);
}

// As the receive window of kernels that do not tell theirs.
std::string without_receive_window(const std::string& line) {
    std::istringstream in(line);
    std::string out;
    std::string word;
    for (int i = 0; in >> word; ++i) out += (out.empty() ? "" : " ") + (i == 12 ? "-" : word);
    return out;
}

}  // namespace

TEST_CASE("of a connection that rests, each member is what the kernel tells the process") {
    on_each_rung(ProbeKind::tcp_setsockopt_entry, "tcp:setsockopt", [&](Rung rung) {
        for (const char* address : {"127.0.0.1", "::1"}) {
            std::vector<Told> expected;
            const TracedRun run = trace(
                fmt::format(
                    R"(@@net:tcp:setsockopt:entry when (__netns == NETNS && __pid == PID && __sockcall->optname == {})
                               {{ printf("{}\n", {}); }})",
                    TCP_KEEPCNT, format, members),
                [&] {
                    // Setting the option changes nothing that is looked at.
                    const auto look = [&](const Socket& connection) {
                        expected.push_back(told(connection));
                        connection.set(IPPROTO_TCP, TCP_KEEPCNT, 5);
                    };
                    const Socket idle(socket(Address(address, port).family(), SOCK_STREAM, 0));
                    look(idle);
                    const Connection connection = connection_on(address, port);
                    look(connection.client);
                    transfer(connection.client, connection.served, 200'000);
                    transfer(connection.served, connection.client, 12'345);
                    look(connection.client);
                    look(connection.served);
                    // Segments that are lost, and sent again.
                    go_deaf(connection.served);
                    char bytes[100] = {};
                    CHECK(send(connection.client.get(), bytes, sizeof bytes, 0) == sizeof bytes);
                    wait_for("retransmissions", [&] { return info_of(connection.client).tcpi_total_retrans >= 2; });
                    connection.served.set(SOL_SOCKET, SO_DETACH_FILTER, 0);
                    wait_for_confirmation(connection.client);
                    look(connection.client);
                    CHECK(info_of(connection.client).tcpi_total_retrans >= 2);
                    look(connection.served);
                },
                rung);
            const std::vector<std::string> lines = run.in_order();
            REQUIRE(lines.size() == expected.size());
            for (size_t i = 0; i < lines.size(); ++i) {
                CAPTURE(i);
                const bool whole = expected[i].has_receive_window;
                CHECK((whole ? lines[i] : without_receive_window(lines[i])) == expected[i].text);
            }
        }
    });
}

TEST_CASE("at its end a connection tells what both ends have sent") {
    constexpr size_t request = 100'000;
    constexpr size_t answer = 2'000'000;
    for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
        const TracedRun run = run_traced(
            R"(@@net:tcp:state_change when (__netns == NETNS && __prev_state == TCPS_LAST_ACK)
               { sent[__proto_info->local_port] += __tcpinfo->bytes_sent;
                 received[__proto_info->local_port] += __tcpinfo->bytes_received; }
               @@END { print(sent); print(received); })",
            [&] {
                Connection connection = connection_on("127.0.0.1", port + 1);
                transfer(connection.client, connection.served, request);
                transfer(connection.served, connection.client, answer);
                connection.client.close();
                char end = 0;
                CHECK(recv(connection.served.get(), &end, 1, 0) == 0);
                shutdown(connection.served.get(), SHUT_WR);
                wait_for_state(connection.served, TCP_CLOSE);
            },
            {.home = home});
        CHECK(run.homes.front() == (home == HomeChoice::kernel ? Home::kernel : Home::engine));
        CHECK(run.of(fmt::format("sent[{}] = {}", port + 1, answer)) == 1);
        CHECK(run.of(fmt::format("received[{}] = {}", port + 1, request + 1)) == 1);  // and a FIN
    }
}

TEST_CASE("where there is no connection, each member is -1") {
    on_each_rung(ProbeKind::tcp_reset_sent, "tcp:reset_sent", [&](Rung rung) {
        const TracedRun run = trace(
            fmt::format(R"(@@net:tcp:reset_sent when (__netns == NETNS) {{ printf("{}\n", {}); }})", format, members),
            [&] {
                const Socket client = connect_to(Address("127.0.0.1", port + 2));
                CHECK(errno == ECONNREFUSED);
            },
            rung);
        CHECK(run.output == std::string(no_connection) + "\n");
    });
}

TEST_CASE("a segment that arrives tells what TCP knew of its connection before it, where IP has found that") {
    const Space far;
    REQUIRE(make_pair("near", "far", far, "192.0.2", "2001:db8:0:1"));
    on_each_rung(ProbeKind::tcp_receive, "tcp:receive", [&](Rung rung) {
        std::vector<Told> expected;
        const TracedRun run = trace(
            fmt::format(
                R"(@@net:tcp:receive when (__netns == NETNS && __proto_info->local_port == {}) {{ printf("{}\n", {}); }})",
                port + 3, format, members),
            [&] {
                for (const char* address : {"192.0.2.1", "2001:db8:0:1::1", "127.0.0.1"}) {
                    const bool over_loopback = std::string_view(address).starts_with("127.");
                    const Socket listener = listen_on(Address(address, port + 3), 1);
                    Socket client(-1);
                    in_network(over_loopback ? nullptr : &far,
                               [&] { client = connect_to(Address(address, port + 3)); });
                    const Socket served = accept_from(listener);
                    transfer(client, served, 30'000);
                    transfer(served, client, 2'000);
                    if (!over_loopback) expected.push_back(told(served));
                    transfer(client, served, 1);
                }
            },
            rung);
        REQUIRE(expected.size() == 2);
        for (const Told& one : expected) {
            CAPTURE(one.text);
            const std::vector<std::string> lines = run.in_order();
            CHECK(std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
                return (one.has_receive_window ? line : without_receive_window(line)) == one.text;
            }));
        }
        // Of a handshake over devices the SYN, and its last step; over loopback that and three segments with data.
        CHECK(run.of(no_connection) >= 3 * 2 + 3);
    });
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
