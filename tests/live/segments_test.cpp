// TCP segments that arrive, against the kernel's own count of them: on every rung of the ladder, in both homes.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <string>

#include "tests/live/on_rungs.h"
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
                            __proto_info->remote_addr, __tcphdr->dst_port, __tcphdr->flags, __netdev->dev_name); })",
                [&] {
                    for (int i = 0; i < 10; ++i) {
                        const Address from(address, static_cast<uint16_t>(port + 20 + i));
                        const Socket refused = connect_to(Address(address, port + 2), true, &from);
                        CHECK(errno == ECONNREFUSED);
                    }
                },
                rung);
            CHECK(run.of(fmt::format("{} {} {} {} 2 lo", address, port + 2, address, port + 2)) == 10);
            for (int i = 0; i < 10; ++i)
                CHECK(run.of(fmt::format("{} {} {} {} 14 lo", address, port + 20 + i, address, port + 20 + i)) == 1);
            CHECK(run.all() == 20);
        }
    });
}

}  // namespace probevue::live

// Where functions cannot be hooked there is no such event, which is an error that says so.
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
