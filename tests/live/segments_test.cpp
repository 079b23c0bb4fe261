// TCP segments that arrive, against the kernel's own count of them: on every rung of the ladder, in both homes.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <string>

#include "tests/live/on_rungs.h"
#include "tests/live/shortage.h"
#include "tests/live/socket_calls.h"

namespace probevue::live {
namespace {

constexpr uint16_t port = 17'901;

uint64_t arrived() { return counter("Tcp", "InSegs"); }

// Connections, one of which moves data, resets, and segments that nobody wants. At the end none is under way: on lo
// each arrives as it is sent, but for those that a timer of the kernel sends.
void segments(const std::string& address, int connections_made) {
    connections(address, address, port, connections_made);
    {
        const Connection busy = connection_on(address, port + 1);
        std::vector<char> bytes(20'000);
        for (int i = 0; i < 5; ++i) {
            CHECK(send(busy.client.get(), bytes.data(), bytes.size(), 0) == static_cast<long>(bytes.size()));
            size_t taken = 0;
            while (taken < bytes.size())
                taken += static_cast<size_t>(std::max(0L, recv(busy.served.get(), bytes.data(), bytes.size(), 0)));
        }
        wait_for_confirmation(busy.client);
    }
    for (int i = 0; i < 10; ++i) {
        const Socket refused = connect_to(Address(address, port + 2));
        CHECK(errno == ECONNREFUSED);
    }
}

}  // namespace

TEST_CASE("each segment that arrives is told of, as many as the kernel counts") {
    on_each_rung(ProbeKind::tcp_receive, "tcp:receive", [&](Rung rung) {
        for (const std::string address : {"127.0.0.1", "::1"}) {
            for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
                uint64_t count = 0;
                const TracedRun run = run_traced(
                    R"(@@net:tcp:receive when (__netns == NETNS) { n[__proto_info->local_addr]++; }
                       @@END { print(n); })",
                    [&] { count = counted(arrived, [&] { segments(address, many(50, 10)); }); },
                    {.home = home, .rung = rung});
                CHECK(run.homes.front() == (home == HomeChoice::kernel ? Home::kernel : Home::engine));
                CHECK(count > 80);
                // The kernel passes over events of its own programs, and counts them.
                CHECK(run.number(fmt::format("n[{}]", address)) + run.statistics.lost() == count);
                CHECK(run.statistics.lost() == run.statistics.nested);
            }
        }
    });
}

TEST_CASE("what arrives has its ends and its flags") {
    on_each_rung(ProbeKind::tcp_receive, "tcp:receive", [&](Rung rung) {
        for (const std::string address : {"127.0.0.1", "::1"}) {
            const TracedRun run = trace(
                R"(@@net:tcp:receive when (__netns == NETNS)
                   { printf("%I %d %I %d %x %s\n", __proto_info->local_addr, __proto_info->local_port,
                            __proto_info->remote_addr, __tcphdr->src_port, __tcphdr->flags, __netdev->dev_name);
                     if (__tcphdr->dst_port != __proto_info->local_port || __tcphdr->src_port != __proto_info->remote_port) printf("wrong\n"); })",
                [&] {
                    for (int i = 0; i < 10; ++i) {
                        const Address from(address, static_cast<uint16_t>(port + 20 + i));
                        const Socket refused = connect_to(Address(address, port + 2), true, &from);
                        CHECK(errno == ECONNREFUSED);
                    }
                },
                rung);
            for (int i = 0; i < 10; ++i) {
                CHECK(run.of(fmt::format("{} {} {} {} 2 lo", address, port + 2, address, port + 20 + i)) == 1);
                CHECK(run.of(fmt::format("{} {} {} {} 14 lo", address, port + 20 + i, address, port + 2)) == 1);
            }
            CHECK(run.all() == 20);
        }
    });
}

TEST_CASE("what arrives has what SystemTap's tcp.receive tells: protocol, family, and where the header of IP lies") {
    on_each_rung(ProbeKind::tcp_receive, "tcp:receive", [&](Rung rung) {
        // The sender's address stands 12 bytes behind the beginning of a header of IPv4 (RFC 791).
        const TracedRun run = trace(
            R"(@@net:tcp:receive when (__netns == NETNS && __pkt->ip_version == 4)
               { unsigned int a; copy_kdata((char *)__ipv4info->ipv4_hdr + 12, a);
                 printf("%s 4 %d %I\n", get_probe(), __ip4hdr->protocol, convert_ip4_addr(a)); }
               @@net:tcp:receive when (__netns == NETNS && __pkt->ip_version == 6)
               { unsigned int b; copy_kdata(__ipv6info->ipv6_hdr, b);
                 printf("%s %d %d\n", get_probe(), b >> 28, __ip6hdr->next_hdr); })",
            [] {
                for (const std::string address : {"127.0.0.2", "::1"}) {
                    const Socket refused = connect_to(Address(address, port + 2));
                    CHECK(errno == ECONNREFUSED);
                }
            },
            rung);
        // A SYN and the reset that answers it; a socket takes the address of loopback that it connects to.
        CHECK(run.of("@@net:tcp:receive 4 6 127.0.0.1") + run.of("@@net:tcp:receive 4 6 127.0.0.2") == 2);
        CHECK(run.of("@@net:tcp:receive 4 6 127.0.0.2") >= 1);
        CHECK(run.of("@@net:tcp:receive 6 6") == 2);
    });
}

// The socket's own answers have no extension headers; all that it sends itself has.
TEST_CASE("segments behind extension headers") {
    on_each_rung(ProbeKind::tcp_receive, "tcp:receive", [&](Rung rung) {
        uint64_t count = 0;
        const TracedRun run = trace(
            R"(@@net:tcp:receive when (__netns == NETNS)
               { printf("%d %d %d\n", __proto_info->local_port, __proto_info->remote_port, __ip6hdr->next_hdr); })",
            [&] {
                count = counted(arrived, [&] {
                    for (int i = 0; i < 10; ++i) {
                        const Address from("::1", static_cast<uint16_t>(port + 40 + i));
                        const Socket refused(socket(AF_INET6, SOCK_STREAM, 0));
                        add_extension_headers(refused, i % 2 == 0);
                        CHECK(bind(refused.get(), from.get(), from.size) == 0);
                        const Address to("::1", port + 3);
                        CHECK(connect(refused.get(), to.get(), to.size) == -1);
                        CHECK(errno == ECONNREFUSED);
                    }
                });
            },
            rung);
        CHECK(count == 20);
        for (int i = 0; i < 10; ++i) {
            const int first = i % 2 == 0 ? 0 : 60;  // hop-by-hop, destination options (RFC 8200)
            CHECK(run.of(fmt::format("{} {} {}", port + 3, port + 40 + i, first)) == 1);
            CHECK(run.of(fmt::format("{} {} 6", port + 40 + i, port + 3)) == 1);
        }
        CHECK(run.all() == 20);
    });
}

TEST_CASE("two sessions at the same hook both hear of all segments") {
    on_each_rung(ProbeKind::tcp_receive, "tcp:receive", [&](Rung rung) {
        const char* script = R"(@@net:tcp:receive when (__netns == NETNS) { n[0]++; } @@END { print(n); })";
        uint64_t count = 0;
        const TwoRuns both = trace_twice(
            script, [&] { count = counted(arrived, [&] { segments("127.0.0.1", 5); }); }, rung);
        CHECK(count > 30);
        for (const TracedRun* run : {&both.inner, &both.outer}) {
            Shortage shortage(*run);
            shortage.check(static_cast<int>(run->number("n[0]")), static_cast<int>(count));
        }
    });
}

}  // namespace probevue::live

// Where neither functions nor netfilter can be hooked there is no such event, which is an error that says so.
int main(int argc, char** argv) {
    using namespace probevue;
    std::string tried;
    const auto unusable = live::running_kernel().unusable();
    if (!unusable && choose_hooks({ProbeKind::tcp_receive, {}}, live::running_kernel(), std::nullopt, tried).empty()) {
        fmt::print("skipped: @@net:tcp:receive cannot be had on this kernel: {}\n", tried);
        return 77;
    }
    return live::run_cases(argc, argv);
}
