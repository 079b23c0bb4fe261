// Networks of a test beside its own, joined to it by pairs of devices.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <sstream>
#include <string>
#include <thread>

#include "tests/live/ring.h"

namespace probevue::live {

// By bash: other shells may have an ip(8) of their own.
inline bool shell(const std::string& command) {
    const pid_t pid = fork();
    if (pid == 0) {
        execlp("bash", "bash", "-c", command.c_str(), nullptr);
        _exit(127);
    }
    int status = -1;
    return waitpid(pid, &status, 0) == pid && status == 0;
}

// One more network, which is gone with it.
class Space {
public:
    Space() {
        const Line ready;
        pid_ = fork();
        if (pid_ == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            const bool good = enter_own_network();
            ready.say();
            while (good) pause();
            _exit(1);
        }
        ready.hear();
        network_ = Socket(open(fmt::format("/proc/{}/ns/net", pid_).c_str(), O_RDONLY | O_CLOEXEC));
    }
    Space(const Space&) = delete;
    Space& operator=(const Space&) = delete;
    ~Space() {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    pid_t pid() const { return pid_; }
    bool enter() const { return setns(network_.get(), CLONE_NEWNET) == 0; }
    // In it.
    bool run(const std::string& command) const {
        return shell(fmt::format("nsenter --net=/proc/{}/ns/net {}", pid_, command));
    }

private:
    pid_t pid_ = 0;
    Socket network_{-1};
};

// Does it in a network, by a thread of its own. Null: this one.
inline void in_network(const Space* space, const std::function<void()>& work) {
    std::thread([&] {
        if (space == nullptr || space->enter()) work();
    }).join();
}

// Packets that a device of this network has received and sent, by the kernel's count.
struct Traffic {
    int received = 0;
    int sent = 0;
};
inline Traffic traffic_of(const std::string& device) {
    std::ifstream file("/proc/thread-self/net/dev");
    Traffic out;
    for (std::string line; std::getline(file, line);) {
        std::istringstream in(line);
        std::string name;
        in >> name;
        if (name != device + ":") continue;
        uint64_t value = 0;
        for (int column = 0; column < 10 && in >> value; ++column) {
            if (column == 1) out.received = static_cast<int>(value);
            if (column == 9) out.sent = static_cast<int>(value);
        }
    }
    return out;
}

// Is nothing under way between sockets of TCP any more, in the network of this thread?
inline bool connections_rest() {
    for (const char* const name : {"/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"}) {
        std::ifstream file(name);
        std::string line;
        std::getline(file, line);
        while (std::getline(file, line)) {
            std::istringstream in(line);
            std::string number, local, remote, state;
            in >> number >> local >> remote >> state;
            const bool rests = state == "0A" || state == "06";  // TCP_LISTEN, TCP_TIME_WAIT (include/net/tcp_states.h)
            if (!rests) return false;
        }
    }
    return true;
}

// Has each processor taken what devices have put into its backlog? Those of memory (lo, veth) count a packet by then,
// and a busy machine comes to it later. The twelfth number of a line is the length (softnet_seq_show() in
// net/core/net-procfs.c).
inline bool backlogs_rest() {
    std::ifstream file("/proc/net/softnet_stat");
    for (std::string line; std::getline(file, line);) {
        std::istringstream in(line);
        std::string number;
        for (int column = 0; column < 12 && in >> number; ++column) {
            if (column == 11 && std::stoul(number, nullptr, 16) != 0) return false;
        }
    }
    return true;
}

// What a load has sent arrives when its processes are gone, too. Null: this network.
inline void wait_for_rest(std::initializer_list<const Space*> spaces) {
    for (const Space* const space : spaces)
        in_network(space, [] { wait_for("the end of connections", connections_rest); });
    wait_for("the end of what processors have yet to receive", backlogs_rest);
}

// A pair of devices between this network and another one, without neighbour discovery.
inline bool make_pair(const std::string& near, const std::string& far, const Space& space, const std::string& net4,
                      const std::string& net6) {
    // A router asks for neighbours with an address of the link.
    const std::string quiet = "addrgenmode none";
    const auto set_up = [&](const std::string& device, const std::string& host) {
        return fmt::format(
            "bash -c 'ip link set {0} {1} && ip link set {0} up && ip address add {2}.{4}/24 dev {0} && "
            "ip address add {3}::{4}/64 dev {0} nodad && ip address add fe80::{4}/64 dev {0} nodad'",
            device, quiet, net4, net6, host);
    };
    return shell(fmt::format("ip link add {} type veth peer name {} netns {}", near, far, space.pid())) &&
           shell(set_up(near, "1")) && space.run(set_up(far, "2"));
}

// Two networks that this one routes between: `left` has 192.0.2.2 and 2001:db8:0:1::2 behind near1, `right` has
// 198.51.100.2 and 2001:db8:0:2::2 behind near2; this one is .1 and ::1 there.
struct Routed {
    Routed() {
        REQUIRE(make_pair("near1", "far1", left, "192.0.2", "2001:db8:0:1"));
        REQUIRE(make_pair("near2", "far2", right, "198.51.100", "2001:db8:0:2"));
        REQUIRE(left.run("ip route add 198.51.100.0/24 via 192.0.2.1"));
        REQUIRE(left.run("ip route add 2001:db8:0:2::/64 via 2001:db8:0:1::1"));
        REQUIRE(right.run("ip route add 192.0.2.0/24 via 198.51.100.1"));
        REQUIRE(right.run("ip route add 2001:db8:0:1::/64 via 2001:db8:0:2::1"));
    }
    Routed(const Routed&) = delete;
    Routed& operator=(const Routed&) = delete;
    ~Routed() { CHECK(shell("ip link delete near1 && ip link delete near2")); }

    Space left;
    Space right;

private:
    Setting forward4_{"net/ipv4/ip_forward", "1"};
    Setting forward6_{"net/ipv6/conf/all/forwarding", "1"};
};

// A ring with every other member in `far`, over a pair of devices with the networks 192.0.2 and 2001:db8:0:1.
inline RingPlace over_pair(const Space& far) {
    RingPlace place;
    place.address = [](int version, int number) {
        if (version == 0) return number % 2 == 0 ? "192.0.2.1" : "192.0.2.2";
        return number % 2 == 0 ? "2001:db8:0:1::1" : "2001:db8:0:1::2";
    };
    place.enter = [&far](int number) { return number % 2 == 0 || far.enter(); };
    return place;
}

}  // namespace probevue::live
