// Whose sockets are, against what the processes of the load know of themselves: each has ports, a user and a name of
// its own.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/ranges.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "tests/live/on_rungs.h"

namespace probevue::live {
namespace {

// A line by which processes wait for each other: who hears takes a byte that another one has said.
class Line {
public:
    Line() { REQUIRE(pipe(ends_.data()) == 0); }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    ~Line() {
        for (const int end : ends_) close(end);
    }
    void say(int times = 1) const {
        for (int i = 0; i < times; ++i) CHECK(write(ends_[1], "x", 1) == 1);
    }
    bool hear(int times = 1) const {
        char byte = 0;
        for (int i = 0; i < times; ++i) {
            if (read(ends_[0], &byte, 1) != 1) return false;
        }
        return true;
    }

private:
    std::array<int, 2> ends_{};
};

uint32_t user_of(int number) { return 3000 + static_cast<uint32_t>(number); }
std::string name_of(int number) { return fmt::format("owner{}", number); }
// As the script prints it.
std::string owner_text(pid_t pid, int number) { return fmt::format("{} {} {}", pid, user_of(number), name_of(number)); }

// A process of the load, with a user and a name of its own; it ends with the work.
pid_t start(int number, const std::function<bool()>& work) {
    const pid_t pid = fork();
    if (pid != 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, name_of(number).c_str());
    if (setuid(user_of(number)) != 0) _exit(2);
    _exit(work() ? 0 : 1);
}

void expect_success(pid_t pid) {
    int status = -1;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

constexpr int ports_each = 50;

// A process of a ring, on ports of its own: it connects to the next one, and answers the one before.
class Member {
public:
    Member(int number, int count, int first_port)
        : own_ports_(first_port + number * ports_each), next_ports_(first_port + (number + 1) % count * ports_each) {}

    bool open_sockets() {
        for (int version = 0; version < 2; ++version) {
            const Address own(address(version), port(own_ports_ + version));
            listeners_.push_back(listen_on(own, 64));
            const Address datagrams(address(version), port(own_ports_ + 2 + version));
            datagrams_.emplace_back(socket(datagrams.family(), SOCK_DGRAM, 0));
            if (bind(datagrams_.back().get(), datagrams.get(), datagrams.size) != 0) return false;
        }
        return true;
    }
    // The next one listens by now.
    bool open_connections() {
        for (int version = 0; version < 2; ++version) {
            for (std::vector<Socket>* to : {&long_, &idle_}) to->push_back(connect(version));
        }
        for (const Socket& listener : listeners_) {
            for (std::vector<Socket>* to : {&long_served_, &idle_served_}) to->push_back(accept_from(listener));
        }
        return true;
    }
    void close_idle() { idle_.clear(); }
    bool hear_idle_end() {
        char byte = 0;
        const bool ended = std::all_of(idle_served_.begin(), idle_served_.end(),
                                       [&](const Socket& served) { return recv(served.get(), &byte, 1, 0) == 0; });
        idle_served_.clear();
        return ended;
    }
    // Some bytes each way on a new connection, on one that is there, and in a datagram.
    bool round() {
        for (int version = 0; version < 2; ++version) {
            const auto at = static_cast<size_t>(version);
            const Socket client = connect(version);
            if (!send_to(client) || !send_to(long_[at])) return false;
            const Address to(address(version), port(next_ports_ + 2 + version));
            if (sendto(datagrams_[at].get(), "datagram", 8, 0, to.get(), to.size) != 8) return false;
            const Socket served = accept_from(listeners_[at]);
            for (const int one : {served.get(), long_served_[at].get()}) {
                if (!receive_from(one) || send(one, "reply___", 8, MSG_NOSIGNAL) != 8) return false;
            }
            for (const int one : {datagrams_[at].get(), client.get(), long_[at].get()}) {
                if (!receive_from(one)) return false;
            }
        }
        return true;
    }

private:
    static uint16_t port(int number) { return static_cast<uint16_t>(number); }
    static const char* address(int version) { return version == 0 ? "127.0.0.1" : "::1"; }
    static bool send_to(const Socket& to) { return send(to.get(), "eight___", 8, MSG_NOSIGNAL) == 8; }
    static bool receive_from(int from) {
        std::array<char, 8> bytes{};
        return recv(from, bytes.data(), bytes.size(), MSG_WAITALL) == 8;
    }
    Socket connect(int version) {
        const Address from(address(version), port(own_ports_ + used_++));
        return connect_to(Address(address(version), port(next_ports_ + version)), true, &from);
    }

    int own_ports_;
    int next_ports_;
    int used_ = 4;
    std::vector<Socket> listeners_, datagrams_, long_, idle_, long_served_, idle_served_;
};

// Processes that wait for each other between their steps. Some sockets are there when it is made.
class Ring {
public:
    Ring(int count, int rounds, int first_port)
        : count_(count), first_port_(first_port), go_(static_cast<size_t>(count)) {
        for (int i = 0; i < count; ++i) {
            pids_.push_back(start(i, [&] {
                const bool good = steps(i, rounds);
                if (!good) done_.say(4);  // nobody waits for it
                return good;
            }));
        }
        done_.hear(count_);
        step();
    }
    void run() {
        step();
        step();
        for (const Line& one : go_) one.say();
        for (const pid_t pid : pids_) expect_success(pid);
    }
    // Whose the port is, as the script prints it.
    std::string owner_of(int port) const {
        const int number = (port - first_port_) / ports_each;
        return owner_text(pids_.at(static_cast<size_t>(number)), number);
    }

    const std::vector<pid_t>& pids() const { return pids_; }

private:
    bool steps(int number, int rounds) {
        Member member(number, count_, first_port_);
        const auto meet = [&] {
            done_.say();
            return go_[static_cast<size_t>(number)].hear();
        };
        if (!member.open_sockets() || !meet() || !member.open_connections() || !meet()) return false;
        member.close_idle();
        if (!meet() || !member.hear_idle_end()) return false;
        for (int round = 0; round < rounds; ++round) {
            if (!member.round()) return false;
        }
        return meet();
    }
    void step() {
        for (const Line& one : go_) one.say();
        done_.hear(count_);
    }

    int count_;
    int first_port_;
    Line done_;
    std::deque<Line> go_;
    std::vector<pid_t> pids_;
};

// What events said of owners.
struct Tally {
    Tally(const TracedRun& run, const Ring& ring) {
        for (const auto& [line, times] : run.lines) add(line, times, ring);
    }

    int right = 0;
    int unknown = 0;
    std::map<std::string, int> of_kind;
    std::string wrong;

    // "KIND PORT PID UID NAME"
    void add(const std::string& line, int times, const Ring& ring) {
        std::istringstream in(line);
        std::string kind;
        int port = 0;
        std::string owner;
        in >> kind >> port;
        std::getline(in >> std::ws, owner);
        of_kind[kind] += times;
        if (owner == ring.owner_of(port)) {
            right += times;
        } else if (owner.starts_with("-1 -1")) {
            unknown += times;
        } else {
            wrong += fmt::format("{} times {}, not {}\n", times, line, ring.owner_of(port));
        }
    }
};

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

// The events that a run is short of. The kernel passes over an event that an interrupt or, where it preempts itself,
// another thread brings while the event's program is at work. How often is a matter of the machine's load, so there is
// no bound on it; but it counts each, nothing else may be lost, and all shortages together are no more than it counted.
class Shortage {
public:
    explicit Shortage(const TracedRun& run) : allowed_(static_cast<int>(run.statistics.nested)) {
        CHECK(run.statistics.lost() == run.statistics.nested);
    }
    void check(int got, int expected) {
        CHECK(got <= expected);
        check_at_least(got, expected);
    }
    void check_at_least(int got, int expected) {
        allowed_ -= std::max(0, expected - got);
        CHECK(allowed_ >= 0);
    }

private:
    int allowed_;
};

int next_ports() {
    static int first = 20'000;
    return std::exchange(first, first + 1000);
}

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
    CAPTURE(run.statistics.lost());
    CAPTURE(run.statistics.out_of_order);
    CAPTURE(run.errors);
    CHECK(fmt::format("{}", fmt::join(run.in_order(), "\n")) == fmt::format("{}", fmt::join(expected, "\n")));
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
