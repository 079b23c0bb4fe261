// What scripts/nettop.e costs a flood of datagrams between two networks: each is seen where it leaves and where it
// arrives, and has an owner at both ends. Runs with and without take turns, so that a busy machine hits them alike.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "tests/live/on_rungs.h"
#include "tests/live/spaces.h"

namespace probevue::live {
namespace {

double seconds_of(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Cost {
    double wall = 0;  // seconds
    double processor =
        0;  // of the sender, with what interrupts do in its stead: mostly all up to the receiver's socket
};
Cost now() { return {seconds_of(CLOCK_MONOTONIC), seconds_of(CLOCK_PROCESS_CPUTIME_ID)}; }

constexpr int packets = 400'000;
constexpr uint16_t port = 9000;

// Sends them all from there, and returns what that took. What is received is nobody's work: the socket is full, and the
// kernel throws the rest away once it has found it.
Cost flood(const Space& from) {
    std::array<int, 2> answer{};
    REQUIRE(pipe(answer.data()) == 0);
    const pid_t pid = fork();
    if (pid == 0) {
        constexpr size_t batch = 64;
        std::array<char, 32> bytes{};
        iovec part{bytes.data(), bytes.size()};
        std::array<mmsghdr, batch> all{};
        for (mmsghdr& one : all) {
            one.msg_hdr.msg_iov = &part;
            one.msg_hdr.msg_iovlen = 1;
        }
        const Address to("192.0.2.1", port);
        if (!from.enter()) _exit(1);
        const Socket socket(::socket(AF_INET, SOCK_DGRAM, 0));
        if (connect(socket.get(), to.get(), to.size) != 0) _exit(1);
        const Cost begin = now();
        for (int left = packets; left > 0;) {
            const int sent =
                sendmmsg(socket.get(), all.data(), std::min<unsigned>(batch, static_cast<unsigned>(left)), 0);
            if (sent < 0) _exit(1);
            left -= sent;
        }
        const Cost end = now();
        const Cost cost{end.wall - begin.wall, end.processor - begin.processor};
        _exit(write(answer[1], &cost, sizeof cost) == sizeof cost ? 0 : 1);
    }
    expect_success(pid);
    Cost cost;
    CHECK(read(answer[0], &cost, sizeof cost) == sizeof cost);
    for (const int end : answer) close(end);
    return cost;
}

// The sum of a column of the table over the lines of a device.
int sum_of(const TracedRun& run, const std::string& device, int column) {
    int sum = 0;
    for (const std::string& line : run.in_order()) {
        std::istringstream in(line);
        const std::vector<std::string> words{std::istream_iterator<std::string>(in), {}};
        if (words.size() > 6 && words[0] != "-1" && words[2] == device)
            sum += std::stoi(words[static_cast<size_t>(column)]);
    }
    return sum;
}

}  // namespace

TEST_CASE("nettop costs a flood of datagrams little, and counts each of them") {
    const Space far;
    REQUIRE(make_pair("near", "far", far, "192.0.2", "2001:db8:0:1"));
    REQUIRE(shell(fmt::format("ip neighbour replace 192.0.2.2 lladdr 02:00:00:00:00:02 dev near nud permanent")));
    const Address any("0.0.0.0", port);
    const Socket receiver(socket(AF_INET, SOCK_DGRAM, 0));
    REQUIRE(bind(receiver.get(), any.get(), any.size) == 0);
    std::ifstream file("scripts/nettop.e");
    const std::string script{std::istreambuf_iterator<char>(file), {}};
    static_cast<void>(flood(far));  // caches are warm, addresses known
    std::vector<double> ratios;
    std::vector<double> processor_ratios;
    std::vector<double> rates;
    constexpr int pairs = 7;
    for (int i = 0; i < pairs; ++i) {
        Cost with;
        const Cost without = flood(far);
        const TracedRun run = run_traced(script, [&] { with = flood(far); });
        CHECK(run.statistics.lost() == 0);
        CHECK(sum_of(run, "far", 3) == packets);
        CHECK(sum_of(run, "near", 4) == packets);
        ratios.push_back(with.wall / without.wall);
        processor_ratios.push_back(with.processor / without.processor);
        rates.push_back(packets / with.wall);
    }
    for (std::vector<double>* each : {&ratios, &processor_ratios, &rates}) std::sort(each->begin(), each->end());
    // A flood of the smallest datagrams is the dearest load: the program that notes who sends, the one that looks for
    // new ports and those of the two events run for each.
    constexpr double mark = 1.1;
    constexpr double least_rate = 300'000;
    fmt::print("{:.0f} packets a second with nettop (mark {:.0f})\n", rates[pairs / 2], least_rate);
    fmt::print("time to that without: {:.3f} (of {:.3f}), mark {}\n", ratios[pairs / 2], fmt::join(ratios, " "), mark);
    fmt::print("time of the sender's processor to that without: {:.3f}\n", processor_ratios[pairs / 2]);
    CHECK(ratios[pairs / 2] <= mark);
    CHECK(rates[pairs / 2] >= least_rate);
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
