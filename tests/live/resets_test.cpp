// Resets sent and received, against the kernel's count of those sent and what the load must give: on every rung of the
// ladder, in both homes.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "tests/live/on_rungs.h"
#include "tests/live/shortage.h"

namespace probevue::live {
namespace {

uint64_t resets_sent() { return counter("Tcp", "OutRsts"); }

// Connections to a port that nobody listens at: each is answered with a reset, which no socket sends.
void refused_connections(const std::string& address, uint16_t port, int count) {
    for (int i = 0; i < count; ++i) {
        const Socket client = connect_to(Address(address, port));
        CHECK(errno == ECONNREFUSED);
    }
}

// Connections that one end gives up with a reset, which the other one receives.
void abandoned_connections(const std::string& address, uint16_t port, int count) {
    const Socket listener = listen_on(Address(address, port), 4);
    for (int i = 0; i < count; ++i) {
        Socket client = connect_to(Address(address, port));
        const Socket served = accept_from(listener);
        abandon(client);
        wait_for_state(served, TCP_CLOSE);
    }
}

constexpr const char* sent_script = R"(
    @@net:tcp:reset_sent when (__netns == NETNS)
    { printf("%I %d %I %d %d\n", __proto_info->local_addr, __proto_info->local_port, __proto_info->remote_addr,
             __proto_info->remote_port > 1023, __sock != 0); })";
constexpr const char* received_script = R"(
    @@net:tcp:reset_received when (__netns == NETNS)
    { printf("%I %d %I %d\n", __proto_info->local_addr, __proto_info->local_port, __proto_info->remote_addr,
             __proto_info->remote_port); })";

}  // namespace

TEST_CASE("each reset that is sent is told of, with its ends, whether a socket sends it or not") {
    on_each_rung(ProbeKind::tcp_reset_sent, "tcp:reset_sent", [&](Rung rung) {
        for (const std::string address : {"127.0.0.1", "::1"}) {
            CAPTURE(address);
            uint64_t count = 0;
            const TracedRun run = trace(
                sent_script,
                [&] {
                    count = counted(resets_sent, [&] {
                        refused_connections(address, 17'301, 20);
                        abandoned_connections(address, 17'302, 10);
                    });
                },
                rung);
            CHECK(count == 30);
            Shortage shortage(run);
            shortage.check(run.of(fmt::format("{} 17301 {} 1 0", address, address)), 20);
            // The client's port is the kernel's choice: told by the other end.
            int of_clients = 0;
            for (const std::string& line : run.in_order()) {
                std::istringstream in(line);
                std::string local;
                std::string remote;
                int port = 0;
                int far_port = 0;
                int socket = 0;
                in >> local >> port >> remote >> far_port >> socket;
                if (socket == 1 && local == address && remote == address && port > 1023) ++of_clients;
            }
            shortage.check(of_clients, 10);
            CHECK(run.all() == run.of(fmt::format("{} 17301 {} 1 0", address, address)) + of_clients);
        }
    });
}

TEST_CASE("each reset that ends a connection is told of at the other end") {
    on_each_rung(ProbeKind::tcp_reset_received, "tcp:reset_received", [&](Rung rung) {
        for (const std::string address : {"127.0.0.1", "::1"}) {
            CAPTURE(address);
            const TracedRun run = trace(
                received_script,
                [&] {
                    refused_connections(address, 17'303, 20);
                    abandoned_connections(address, 17'304, 10);
                },
                rung);
            int refused = 0;
            int abandoned = 0;
            for (const std::string& line : run.in_order()) {
                refused += line.starts_with(address + " ") && line.ends_with(" " + address + " 17303");
                abandoned += line.starts_with(address + " 17304 " + address + " ");
            }
            Shortage shortage(run);
            shortage.check(refused, 20);
            shortage.check(abandoned, 10);
            CHECK(run.all() == refused + abandoned);
        }
    });
}

TEST_CASE("both homes count the same resets") {
    const std::string script = R"(
        @@net:tcp:reset_sent when (__netns == NETNS) { sent[__proto_info->local_addr]++; }
        @@net:tcp:reset_received when (__netns == NETNS) { received[__proto_info->remote_addr]++; }
        @@END { print(sent); print(received); })";
    for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
        const TracedRun run = run_traced(script,
                                         [] {
                                             for (const char* address : {"127.0.0.1", "::1"}) {
                                                 refused_connections(address, 17'305, 15);
                                                 abandoned_connections(address, 17'306, 5);
                                             }
                                         },
                                         {.home = home});
        CHECK(run.homes.front() == (home == HomeChoice::kernel ? Home::kernel : Home::engine));
        Shortage shortage(run);
        for (const char* of : {"sent[127.0.0.1]", "sent[::1]", "received[127.0.0.1]", "received[::1]"})
            shortage.check(static_cast<int>(run.number(of)), 20);
        CHECK(run.all() == 4);
    }
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
