// What scripts/nettop.e costs a flood of datagrams between two networks: each is seen where it leaves and where it
// arrives, and has an owner at both ends. Runs with and without take turns, so that a busy machine hits them alike.
// Beside it, where there is clang: programs that do the same, written by hand (nettop_by_hand.bpf.c).
#define DOCTEST_CONFIG_IMPLEMENT
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
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
        0;  // of the senders, with what interrupts do in their stead: mostly all up to the receiver's socket
};

constexpr int packets = 800'000;  // of all senders
constexpr uint16_t port = 9000;

// One for each processor: a single one does not send as many as the mark wants.
int number_of_senders() { return std::max(libbpf_num_possible_cpus(), 1); }
int share_of(int sender) {
    const int senders = number_of_senders();
    return packets / senders + (sender < packets % senders ? 1 : 0);
}

// What one sender says when it is through, by the clock that all have.
struct Sent {
    double begin = 0;  // seconds
    double end = 0;
    double processor = 0;
};

// Sends its share from there, and says so; the whole life of a process.
[[noreturn]] void send(const Space& from, int count, int answer) {
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
    const double processor = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    Sent sent{seconds_of(CLOCK_MONOTONIC), 0, 0};
    for (int left = count; left > 0;) {
        const int now = sendmmsg(socket.get(), all.data(), std::min<unsigned>(batch, static_cast<unsigned>(left)), 0);
        if (now < 0) _exit(1);
        left -= now;
    }
    sent.end = seconds_of(CLOCK_MONOTONIC);
    sent.processor = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - processor;
    _exit(write(answer, &sent, sizeof sent) == sizeof sent ? 0 : 1);
}

// Sends them all from there, and returns what that took, from the first sender's begin to the last one's end. What is
// received is nobody's work: the socket is full, and the kernel throws the rest away once it has found it.
Cost flood(const Space& from) {
    std::array<int, 2> answers{};
    REQUIRE(pipe(answers.data()) == 0);
    std::vector<pid_t> senders;
    for (int i = 0; i < number_of_senders(); ++i) {
        const pid_t pid = fork();
        if (pid == 0) send(from, share_of(i), answers[1]);
        senders.push_back(pid);
    }
    for (const pid_t pid : senders) expect_success(pid);
    Sent all;
    for (size_t i = 0; i < senders.size(); ++i) {
        Sent one;
        CHECK(read(answers[0], &one, sizeof one) == sizeof one);
        all.begin = i == 0 ? one.begin : std::min(all.begin, one.begin);
        all.end = std::max(all.end, one.end);
        all.processor += one.processor;
    }
    for (const int end : answers) close(end);
    return {all.end - all.begin, all.processor};
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

// The programs by hand, compiled; empty where there is no clang.
std::string compiled_by_hand() {
    const std::string to =
        fmt::format("{}/nettop_by_hand.{}.o", std::filesystem::temp_directory_path().string(), getpid());
    if (!shell("command -v clang >/dev/null")) return {};
    REQUIRE(
        shell(fmt::format("clang -O2 -g -Wall -target bpf -idirafter /usr/include/$(cc -print-multiarch) "
                          "-c tests/bench/nettop_by_hand.bpf.c -o {}",
                          to)));
    return to;
}

// They run from here to the end of its life.
class ByHand {
public:
    explicit ByHand(const std::string& file) : object_(bpf_object__open_file(file.c_str(), nullptr)) {
        REQUIRE(object_);
        REQUIRE(bpf_object__load(object_.get()) == 0);
        struct Owner {
            uint32_t process;
            uint32_t uid;
            std::array<char, 16> name;
        };
        const Owner owner{static_cast<uint32_t>(getpid()), getuid(), {"bench"}};
        const uint32_t key = uint32_t{IPPROTO_UDP} << 16 | port;
        REQUIRE(bpf_map_update_elem(bpf_object__find_map_fd_by_name(object_.get(), "ports"), &key, &owner, BPF_ANY) ==
                0);
        bpf_program* program = nullptr;
        while ((program = bpf_object__next_program(object_.get(), program)) != nullptr) {
            links_.emplace_back(bpf_program__attach(program));
            REQUIRE(links_.back());
        }
    }
    // Packets that a map has counted, of all that are somebody's.
    uint64_t packets(const char* map) const {
        struct Key {
            uint32_t process;
            std::array<char, 36> rest;
        };
        const int fd = bpf_object__find_map_fd_by_name(object_.get(), map);
        std::vector<std::array<uint64_t, 4>> of_processors(static_cast<size_t>(libbpf_num_possible_cpus()));
        uint64_t sum = 0;
        Key key{};
        for (const void* last = nullptr; bpf_map_get_next_key(fd, last, &key) == 0; last = &key) {
            if (key.process == UINT32_MAX || bpf_map_lookup_elem(fd, &key, of_processors.data()) != 0) continue;
            for (const std::array<uint64_t, 4>& one : of_processors) sum += one[0];
        }
        return sum;
    }

private:
    template <auto close>
    struct Closer {
        void operator()(auto* one) const { close(one); }
    };
    std::unique_ptr<bpf_object, Closer<bpf_object__close>> object_;
    std::vector<std::unique_ptr<bpf_link, Closer<bpf_link__destroy>>> links_;
};

double median(std::vector<double>& all) {
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
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
    const std::string by_hand = compiled_by_hand();
    std::vector<double> ratios;
    std::vector<double> processor_ratios;
    std::vector<double> rates;
    std::vector<double> by_hand_ratios;
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
        if (by_hand.empty()) continue;
        const ByHand programs(by_hand);
        by_hand_ratios.push_back(flood(far).wall / without.wall);
        // The owner of each one's first is not known yet.
        CHECK(programs.packets("sent") >= static_cast<uint64_t>(packets - number_of_senders()));
        CHECK(programs.packets("received") >= packets);
    }
    std::filesystem::remove(by_hand);
    // A flood of the smallest datagrams is the dearest load: the program that notes who sends, the one that looks for
    // new ports and those of the two events run for each.
    constexpr double mark = 1.1;
    constexpr double least_rate = 300'000;
    const double ratio = median(ratios);
    fmt::print("{:.0f} packets a second with nettop (mark {:.0f})\n", median(rates), least_rate);
    fmt::print("time to that without: {:.3f} (of {:.3f}), mark {}\n", ratio, fmt::join(ratios, " "), mark);
    fmt::print("time of the senders' processors to that without: {:.3f}\n", median(processor_ratios));
    if (by_hand.empty()) {
        fmt::print("programs by hand: no clang to compile them\n");
    } else {
        fmt::print("time with programs by hand to that without: {:.3f} (of {:.3f})\n", median(by_hand_ratios),
                   fmt::join(by_hand_ratios, " "));
    }
    CHECK(ratio <= mark);
    CHECK(median(rates) >= least_rate);
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
