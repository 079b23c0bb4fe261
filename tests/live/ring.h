// Processes that own sockets, each with a user and a name of its own; and a ring of them, in which each talks
// to the next by TCP and UDP, of both versions of IP.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/live/traced_script.h"

namespace probevue::live {

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

inline uint32_t user_of(int number) { return 3000 + static_cast<uint32_t>(number); }
inline std::string name_of(int number) { return fmt::format("owner{}", number); }
// As the script prints it.
inline std::string owner_text(pid_t pid, int number) {
    return fmt::format("{} {} {}", pid, user_of(number), name_of(number));
}

// A process of the load, with a user and a name of its own; it ends with the work.
inline pid_t start(
    int number, const std::function<bool()>& work, const std::function<bool()>& as_root = [] { return true; }) {
    const pid_t pid = fork();
    if (pid != 0) return pid;
    prctl(PR_SET_NAME, name_of(number).c_str());
    if (!as_root() || setuid(user_of(number)) != 0) _exit(2);
    prctl(PR_SET_PDEATHSIG, SIGKILL);              // which a change of the user takes back
    alarm(static_cast<unsigned>(many(100, 250)));  // its end, whatever it waits for
    _exit(work() ? 0 : 1);
}

inline void expect_success(pid_t pid) {
    int status = -1;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

inline constexpr int ports_each = 50;

// Where the members of a ring are.
struct RingPlace {
    std::function<const char*(int version, int number)> address = [](int version, int) {
        return version == 0 ? "127.0.0.1" : "::1";
    };
    bool at_any_address = false;                                       // what waits for packets does so there
    std::function<bool(int number)> enter = [](int) { return true; };  // as root, before the member is there
};

// A process of a ring, on ports of its own: it connects to the next one, and answers the one before.
class Member {
public:
    Member(int number, int count, int first_port, const RingPlace& place)
        : own_(number),
          next_((number + 1) % count),
          own_ports_(first_port + own_ * ports_each),
          next_ports_(first_port + next_ * ports_each),
          place_(place) {}

    bool open_sockets() {
        for (int version = 0; version < 2; ++version) {
            const char* const any = version == 0 ? "0.0.0.0" : "::";
            const char* const at = place_.at_any_address ? any : place_.address(version, own_);
            const Address own(at, port(own_ports_ + version));
            listeners_.push_back(patient(listen_on(own, 64)));
            const Address datagrams(at, port(own_ports_ + 2 + version));
            datagrams_.push_back(patient(Socket(socket(datagrams.family(), SOCK_DGRAM, 0))));
            if (bind(datagrams_.back().get(), datagrams.get(), datagrams.size) != 0) return false;
        }
        return true;
    }
    // The next one listens by now.
    bool open_connections() {
        for (int version = 0; version < 2; ++version) {
            for (std::vector<Socket>* to : {&long_, &idle_}) to->push_back(connect(version));
        }
        // They may come in any order: the last packets of two handshakes are on two processors.
        for (const Socket& listener : listeners_) {
            Socket first = accept(listener);
            Socket second = accept(listener);
            if (peer_port(first) > peer_port(second)) std::swap(first, second);
            long_served_.push_back(std::move(first));
            idle_served_.push_back(std::move(second));
        }
        return true;
    }
    void close_idle() { idle_.clear(); }
    bool hear_idle_end() {
        char byte = 0;
        waits_for_ = "the end of idle connections";
        const bool ended = std::all_of(idle_served_.begin(), idle_served_.end(),
                                       [&](const Socket& served) { return recv(served.get(), &byte, 1, 0) == 0; });
        idle_served_.clear();
        return ended;
    }
    // Some bytes each way on a new connection, on one that is there, and in a datagram.
    bool round() {
        ++rounds_;
        for (int version = 0; version < 2; ++version) {
            const auto at = static_cast<size_t>(version);
            const Socket client = connect(version);
            if (!send_to(client) || !send_to(long_[at])) return false;
            const Address to(place_.address(version, next_), port(next_ports_ + 2 + version));
            if (sendto(datagrams_[at].get(), "datagram", 8, 0, to.get(), to.size) != 8) return false;
            const Socket served = accept(listeners_[at]);
            for (const int one : {served.get(), long_served_[at].get()}) {
                if (!receive_from(one, "a request") || send(one, "reply___", 8, MSG_NOSIGNAL) != 8) return false;
            }
            if (!receive_from(datagrams_[at].get(), "a datagram")) return false;
            for (const int one : {client.get(), long_[at].get()}) {
                if (!receive_from(one, "a reply")) return false;
            }
        }
        return true;
    }
    int rounds() const { return rounds_; }
    // What it waited for last.
    const char* waits_for() const { return waits_for_; }

private:
    // So that one who waits in vain can say what for.
    static Socket patient(Socket socket) {
        const timeval limit{many(60, 200), 0};
        for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
            setsockopt(socket.get(), SOL_SOCKET, option, &limit, sizeof limit);
        }
        return socket;
    }
    static uint16_t port(int number) { return static_cast<uint16_t>(number); }
    static bool send_to(const Socket& to) { return send(to.get(), "eight___", 8, MSG_NOSIGNAL) == 8; }
    static uint16_t peer_port(const Socket& of) {
        sockaddr_storage bytes{};
        socklen_t size = sizeof bytes;
        if (getpeername(of.get(), reinterpret_cast<sockaddr*>(&bytes), &size) != 0) return 0;
        return ntohs(bytes.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bytes).sin6_port
                                                 : reinterpret_cast<sockaddr_in&>(bytes).sin_port);
    }
    bool receive_from(int from, const char* what) {
        waits_for_ = what;
        std::array<char, 8> bytes{};
        return recv(from, bytes.data(), bytes.size(), MSG_WAITALL) == 8;
    }
    Socket accept(const Socket& listener) {
        waits_for_ = "a connection";
        return patient(accept_from(listener));
    }
    Socket connect(int version) {
        waits_for_ = "its connection";
        const Address from(place_.address(version, own_), port(own_ports_ + used_++));
        const Address to(place_.address(version, next_), port(next_ports_ + version));
        Socket out = patient(Socket(socket(to.family(), SOCK_STREAM, 0)));
        out.set(SOL_SOCKET, SO_REUSEADDR, 1);
        if (bind(out.get(), from.get(), from.size) != 0 || ::connect(out.get(), to.get(), to.size) != 0) out.close();
        return out;
    }

    int own_;
    int next_;
    int own_ports_;
    int next_ports_;
    RingPlace place_;
    int used_ = 4;
    int rounds_ = 0;
    const char* waits_for_ = "nothing";
    std::vector<Socket> listeners_, datagrams_, long_, idle_, long_served_, idle_served_;
};

// Processes that wait for each other between their steps. Some sockets are there when it is made.
class Ring {
public:
    Ring(int count, int rounds, int first_port, RingPlace place = {})
        : count_(count), first_port_(first_port), place_(std::move(place)), go_(static_cast<size_t>(count)) {
        for (int i = 0; i < count; ++i) {
            const auto work = [&] {
                Member member(i, count_, first_port_, place_);
                const bool good = steps(member, i, rounds);
                if (!good) {
                    fmt::print(stderr, "{}, {} of {}: waited for {}: {}\n", name_of(i), member.rounds(), rounds,
                               member.waits_for(), std::strerror(errno));
                    done_.say(4);  // nobody waits for it
                }
                return good;
            };
            pids_.push_back(start(i, work, [&] { return place_.enter(i); }));
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
    bool steps(Member& member, int number, int rounds) {
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
    RingPlace place_;
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

inline int next_ports() {
    static int first = 20'000;
    return std::exchange(first, first + 1000);
}

}  // namespace probevue::live
