// Changes of devices, against what ip(8) says of them: on every rung of the ladder, in both homes.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/ranges.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/live/on_rungs.h"

extern char** environ;

namespace probevue::live {
namespace {

struct Done {
    pid_t pid = 0;
    int status = -1;
    std::string output;
};

// Runs `ip` in this network, so that its process is known.
Done ip(std::vector<std::string> words) {
    words.insert(words.begin(), "ip");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    Done out;
    CHECK(posix_spawnp(&out.pid, "ip", &actions, nullptr, arguments.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    std::array<char, 512> bytes{};
    for (ssize_t got = 0; (got = read(ends[0], bytes.data(), bytes.size())) > 0;)
        out.output.append(bytes.data(), static_cast<size_t>(got));
    close(ends[0]);
    waitpid(out.pid, &out.status, 0);
    return out;
}

// What `ip link show` has behind a word, "mtu" or "link/ether".
std::string shown(const std::string& device, const std::string& word) {
    std::istringstream in(ip({"-d", "-o", "link", "show", device}).output);
    for (std::string one, before; in >> one; before = one) {
        if (before == word) return one;
    }
    return {};
}

// What is to be told, gathered while it is done.
class Changes {
public:
    // Messages do not say who it was.
    explicit Changes(Rung rung) : knows_process_(rung != Rung::netlink) {}

    // "WHAT DEVICE MORE" by the process of `ip`, which does it.
    void tell(const std::string& what, const std::string& device, const std::string& more, const Done& by) {
        CHECK(by.status == 0);
        lines.push_back(
            fmt::format("{} {} {} {}", what, device, more, knows_process_ ? fmt::format("{} ip", by.pid) : "-1 "));
    }
    void set(const std::string& what, const std::string& more, const std::vector<std::string>& words) {
        std::vector<std::string> all = {"link", "set", "near"};
        all.insert(all.end(), words.begin(), words.end());
        tell(what, "near", more, ip(all));
    }
    // Nothing is to be told of it.
    static void refused(const std::vector<std::string>& words) {
        std::vector<std::string> all = {"link", "set", "near"};
        all.insert(all.end(), words.begin(), words.end());
        CHECK(ip(all).status != 0);
    }

    std::vector<std::string> lines;

private:
    bool knows_process_;
};

void change_some(Changes& changes) {
    const Done added = ip({"link", "add", "near", "type", "veth", "peer", "name", "far"});
    const std::string index = std::to_string(if_nametoindex("near"));
    changes.tell("register", "near", index, added);
    changes.tell("register", "far", std::to_string(if_nametoindex("far")), added);
    changes.set("open", index, {"up"});
    const std::string mtu = shown("near", "mtu");
    changes.set("change_mtu", mtu + " 1400", {"mtu", "1400"});
    CHECK(shown("near", "mtu") == "1400");
    Changes::refused({"mtu", "9999999"});
    const std::string mac = shown("near", "link/ether");
    changes.set("change_mac", mac + " 02:00:5e:00:53:7f 6", {"address", "02:00:5e:00:53:7f"});
    CHECK(shown("near", "link/ether") == "02:00:5e:00:53:7f");
    CHECK(ip({"link", "set", "near", "address", "02:00:5e:00:53:7f"}).status == 0);  // changes nothing
    Changes::refused({"address", "01:00:5e:00:53:7f"});                              // of a group
    changes.set("change_rx_flag", "100 1 0", {"promisc", "on"});
    changes.set("change_rx_flag", "100 0 1", {"promisc", "off"});
    changes.set("change_rx_flag", "200 1 0", {"allmulticast", "on"});
    changes.set("change_rx_flag", "200 0 1", {"allmulticast", "off"});
    changes.set("change_rx_flag", "1000 0 1", {"multicast", "off"});
    changes.set("change_rx_flag", "1000 1 0", {"multicast", "on"});
    changes.set("close", index, {"down"});
    changes.set("open", index, {"up"});
    const std::string far_index = std::to_string(if_nametoindex("far"));
    const Done removed = ip({"link", "delete", "near"});
    changes.tell("close", "near", index, removed);
    changes.tell("unregister", "near", index, removed);
    changes.tell("unregister", "far", far_index, removed);
}

constexpr const char* changes_script = R"(
@@net:netdev:register, @@net:netdev:unregister, @@net:netdev:open, @@net:netdev:close when (__netns == NETNS)
{ printf("%s %s %d %lld %s\n", get_probe(), __netdev->dev_name, __netdev->ifindex, __pid, __pname); }
@@net:netdev:change_mtu when (__netns == NETNS)
{ printf("%s %s %u %u %lld %s\n", get_probe(), __netdev->dev_name, __netdev->old_mtu, __netdev->new_mtu, __pid, __pname); }
@@net:netdev:change_mac when (__netns == NETNS)
{ printf("%s %s %M %M %u %lld %s\n", get_probe(), __netdev->dev_name, __netdev->old_mac, __netdev->new_mac,
         __netdev->mac_len, __pid, __pname); }
@@net:netdev:change_rx_flag when (__netns == NETNS)
{ printf("%s %s %x %d %d %lld %s\n", get_probe(), __netdev->dev_name, __netdev->flags, __netdev->enable,
         __netdev->disable, __pid, __pname); }
)";

std::vector<std::string> sorted(std::vector<std::string> lines) {
    for (std::string& line : lines) replace_all(line, "@@net:netdev:", "");
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::vector<Rung> rungs_of(ProbeKind kind) {
    std::vector<Rung> out;
    for (const RungRow& row : rungs()) {
        std::string tried;
        if (!choose_hooks({kind, {}}, running_kernel(), row.rung, tried).empty()) out.push_back(row.rung);
    }
    return out;
}

// Where no rung gives the event, that is said at attaching.
bool refused_here(ProbeKind kind, const std::string& event) {
    if (!rungs_of(kind).empty()) return false;
    const TracedRun run = trace("@@net:netdev:" + event + " { printf(\"\\n\"); }", [] {});
    CHECK(run.problem().find("@@net:netdev:" + event + " cannot be had on this kernel: ") == 0);
    return true;
}

}  // namespace

TEST_CASE("changes of devices: who makes them, and what was and is") {
    on_each_rung(ProbeKind::netdev_open, "netdev:changes", [](Rung rung) {
        Changes changes(rung);
        const TracedRun run = trace(
            changes_script, [&] { change_some(changes); }, rung);
        CHECK(run.statistics.lost() == 0);
        CHECK(sorted(run.in_order()) == sorted(changes.lines));
    });
}

TEST_CASE("changes of devices counted in the kernel, or where messages tell of them in the engine") {
    for (const Rung rung : rungs_of(ProbeKind::netdev_open)) {
        CAPTURE(std::string(rung_row(rung).name));
        Changes changes(rung);
        const bool at_home = rung != Rung::netlink;
        const TracedRun run = run_traced(
            R"(@@net:netdev:open, @@net:netdev:close, @@net:netdev:change_mtu, @@net:netdev:change_mac,
               @@net:netdev:change_rx_flag, @@net:netdev:register, @@net:netdev:unregister when (__netns == NETNS)
               { n[__netdev->dev_name]++; }
               @@END { print(n); })",
            [&] { change_some(changes); },
            {.home = at_home ? HomeChoice::kernel : HomeChoice::automatic, .rung = rung});
        CHECK(run.homes.front() == (at_home ? Home::kernel : Home::engine));
        CHECK(run.number("n[near]") == changes.lines.size() - 2);
        CHECK(run.number("n[far]") == 2);
    }
}

TEST_CASE("how many want all packets of a device") {
    CHECK(ip({"link", "add", "near", "type", "veth", "peer", "name", "far"}).status == 0);
    on_each_rung(ProbeKind::netdev_set_promiscuity, "netdev:set_promiscuity", [](Rung rung) {
        const auto listen = [](const Socket& socket, int what) {
            packet_mreq request{};
            request.mr_ifindex = static_cast<int>(if_nametoindex("near"));
            request.mr_type = PACKET_MR_PROMISC;
            CHECK(setsockopt(socket.get(), SOL_PACKET, what, &request, sizeof request) == 0);
        };
        const TracedRun run = trace(
            R"(@@net:netdev:set_promiscuity when (__netns == NETNS)
               { printf("%s %d %d %d\n", __netdev->dev_name, __netdev->inc, __netdev->enable, __netdev->disable); }
               @@net:netdev:change_rx_flag when (__netns == NETNS)
               { printf("%s %x %d\n", __netdev->dev_name, __netdev->flags, __netdev->enable); })",
            [&] {
                const Socket one(socket(AF_PACKET, SOCK_RAW, 0));
                const Socket other(socket(AF_PACKET, SOCK_RAW, 0));
                listen(one, PACKET_ADD_MEMBERSHIP);
                listen(other, PACKET_ADD_MEMBERSHIP);
                CHECK(shown("near", "promiscuity") == "2");
                listen(one, PACKET_DROP_MEMBERSHIP);
                listen(other, PACKET_DROP_MEMBERSHIP);
            },
            rung);
        // Two programs at one place: which of them runs first is the kernel's choice.
        CHECK(sorted(run.in_order()) ==
              sorted({"near 1 1 0", "near 100 1", "near 1 1 0", "near -1 0 1", "near -1 0 1", "near 100 0"}));
    });
    CHECK(ip({"link", "delete", "near"}).status == 0);
}

TEST_CASE("messages for which there is no room are counted, and what is left of the changes is told") {
    CHECK(ip({"link", "add", "near", "type", "veth", "peer", "name", "far"}).status == 0);
    constexpr int changes = 400;
    constexpr int last_mtu = 1'000 + changes;
    TraceSetup setup{.rung = Rung::netlink, .load_first = true};
    setup.session.attach.buffer_kb = 8;
    const TracedRun run =
        run_traced(R"(@@net:netdev:change_mtu { printf("%u %u\n", __netdev->old_mtu, __netdev->new_mtu); })",
                   [&] {
                       const Socket control(socket(AF_INET, SOCK_DGRAM, 0));
                       ifreq request{};
                       std::strcpy(request.ifr_name, "near");
                       for (int i = 1; i <= changes; ++i) {
                           request.ifr_mtu = 1'000 + i;
                           CHECK(ioctl(control.get(), SIOCSIFMTU, &request) == 0);
                       }
                   },
                   std::move(setup));
    CHECK(run.statistics.lost() > 0);
    CHECK(run.all() > 1);
    CHECK(run.all() < changes);
    // Nothing is told twice, and nothing that was not so: each begins where the one before ended.
    std::string mtu = "1500";
    for (const std::string& line : run.in_order()) {
        CHECK(line.substr(0, line.find(' ')) == mtu);
        mtu = line.substr(line.find(' ') + 1);
    }
    CHECK(mtu == std::to_string(last_mtu));
    CHECK(ip({"link", "delete", "near"}).status == 0);
}

TEST_CASE("counters of devices that are read") {
    if (refused_here(ProbeKind::netdev_get_stats, "get_stats")) return;
    on_each_rung(ProbeKind::netdev_get_stats, "netdev:get_stats", [](Rung rung) {
        constexpr int reads = 20;
        const TracedRun run = trace(
            "@@net:netdev:get_stats when (__netns == NETNS && __pid == PID) { printf(\"%s %d\\n\", "
            "__netdev->dev_name, __netdev->ifindex); }",
            [] {
                for (int i = 0; i < reads; ++i) {
                    std::ifstream file("/proc/thread-self/net/dev");
                    const std::string text(std::istreambuf_iterator<char>(file), {});
                    CHECK(text.find("lo:") != std::string::npos);
                }
            },
            rung);
        CHECK(run.of("lo 1") == reads);
    });
}

TEST_CASE("system calls about devices") {
    on_each_rung(ProbeKind::netdev_ioctl, "netdev:ioctl", [](Rung rung) {
        const auto of_device = [](const Socket& socket, unsigned long command) {
            ifreq request{};
            std::strcpy(request.ifr_name, "lo");
            return ioctl(socket.get(), command, &request);
        };
        const TracedRun run = trace(
            R"(@@net:netdev:ioctl when (__netns == NETNS && __pid == PID)
               { printf("%x %s %s %s\n", __netdev->cmd, __netdev->arg, __netdev->dev_name, __pname); })",
            [&] {
                const Socket internet(socket(AF_INET6, SOCK_DGRAM, 0));
                const Socket local(socket(AF_UNIX, SOCK_STREAM, 0));
                CHECK(of_device(internet, SIOCGIFINDEX) == 0);
                CHECK(of_device(local, SIOCGIFMTU) == 0);
                CHECK(of_device(internet, SIOCGIFFLAGS) == 0);
                ifreq named{};
                named.ifr_ifindex = 1;
                std::strcpy(named.ifr_name, "before");
                CHECK(ioctl(internet.get(), SIOCGIFNAME, &named) == 0);
                ifreq nobody{};
                std::strcpy(nobody.ifr_name, "fifteen_letters");
                CHECK(ioctl(internet.get(), SIOCGIFINDEX, &nobody) == -1);
                // None of these is about a device.
                ifconf all{};
                CHECK(ioctl(internet.get(), SIOCGIFCONF, &all) == 0);
                int waiting = 0;
                CHECK(ioctl(internet.get(), SIOCINQ, &waiting) == 0);
                const Socket file(open("/dev/null", O_RDONLY));
                CHECK(of_device(file, SIOCGIFINDEX) == -1);
                CHECK(of_device(Socket(-1), SIOCGIFINDEX) == -1);
            },
            rung);
        const std::string by = " " + own_name();
        CHECK(run.in_order() ==
              std::vector<std::string>{
                  fmt::format("{:x} lo lo{}", SIOCGIFINDEX, by), fmt::format("{:x} lo lo{}", SIOCGIFMTU, by),
                  fmt::format("{:x} lo lo{}", SIOCGIFFLAGS, by), fmt::format("{:x}  {}", SIOCGIFNAME, by),
                  fmt::format("{:x} fifteen_letters fifteen_letters{}", SIOCGIFINDEX, by)});
        CHECK(run.statistics.lost() == 0);
    });
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
