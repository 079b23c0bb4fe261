// Clauses on every kind of event of the kernel in both homes: what they count must be the same, and what the load
// gives.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/live/traced_functions.h"
#include "tests/live/traced_script.h"

namespace probevue::live {
namespace {

// In each home the output is the expected one; in the kernel's, the first clause runs there.
void check_homes(const std::string& script, const std::function<void()>& load, const std::string& expected) {
    for (const HomeChoice home : {HomeChoice::engine, HomeChoice::kernel}) {
        const TracedRun run = run_traced(script, load, {.home = home});
        CAPTURE(run.compile_messages);
        CAPTURE(run.errors);
        REQUIRE(!run.homes.empty());
        CHECK(run.homes.front() == (home == HomeChoice::kernel ? Home::kernel : Home::engine));
        CHECK(run.output == expected);
        CHECK(run.statistics.lost() == 0);
    }
}

// What a session does itself is not shown to it: children make the calls.
void in_child(const std::function<void()>& work) {
    const pid_t child = fork();
    if (child == 0) {
        work();
        _exit(0);
    }
    CHECK(waitpid(child, nullptr, 0) == child);
}

void in_threads(int count, const std::function<void(int)>& work) {
    std::vector<std::thread> running;
    for (int i = 0; i < count; ++i) running.emplace_back(work, i);
    for (std::thread& one : running) one.join();
}

}  // namespace

TEST_CASE("a table of arrays that clauses of both homes keep") {
    const std::string script = R"(
        int close(int fd);
        @@syscallx:*:close:entry when (__ppid == PID and __arg1 >= 100000)
            { n[__arg1]++; append(twice[__arg1], 2); last[__arg1] = __arg1 - 100000; }
        @@syscallx:*:close:entry when (__ppid == PID and __arg1 >= 100001) { texts[__arg1] += atoi("7"); }
        @@END { print_table("%d %d %d %d %d\n", "FD N SUM LAST TEXTS", n, sum(twice), last, texts); })";
    for (const HomeChoice home : {HomeChoice::engine, HomeChoice::automatic}) {
        const TracedRun run = run_traced(script,
                                         [] {
                                             in_child([] {
                                                 for (const int fd : {100000, 100001, 100001, 100002}) close(fd);
                                             });
                                         },
                                         {.home = home});
        CAPTURE(run.compile_messages);
        CAPTURE(run.errors);
        REQUIRE(run.homes.size() == 3);
        CHECK(run.homes[0] == (home == HomeChoice::engine ? Home::engine : Home::kernel));
        CHECK(run.homes[1] == Home::engine);
        CHECK(run.output == "FD N SUM LAST TEXTS\n100001 2 4 1 14\n100000 1 2 0 0\n100002 1 2 2 7\n");
        CHECK(run.statistics.lost() == 0);
    }
}

TEST_CASE("networks and the order of addresses") {
    check_homes(R"(
        int close(int fd);
        @@syscallx:*:close:entry when (__ppid == PID and __arg1 >= 100000)
        {
            __auto ip_addr_t four, six;
            four = convert_ip4_addr(__arg1);
            six = "2001:db8:0:7::1";
            if (four > "10.1.2.3") six = "::ffff:10.1.2.9";
            nets[subnet(four, 31)]++;
            nets[subnet(six, 24, 48)]++;
            in += ip_in(four, "10.1.2.0/30") + ip_in(six, "2001:db8::/32") * 10 + is_private(six) * 100;
            if (four < "10.1.2.4" and four != six and six > four) less++;
        }
        @@END { print(nets, 0, SORT_BY_KEY | SORT_TYPE_ASCEND); printf("%d %d\n", in, less); })",
                [] {
                    in_child([] {
                        for (int last = 0; last < 6; ++last) close(0x0a010200 + last);
                    });
                },
                "nets[10.1.2.0/24] = 2\nnets[10.1.2.0/31] = 2\nnets[10.1.2.2/31] = 2\nnets[10.1.2.4/31] = 2\n"
                "nets[2001:db8::/48] = 4\n244 4\n");
}

TEST_CASE("system calls, by their arguments, results and names of processes") {
    check_homes(R"(
        int close(int fd);
        __list fds;
        @@syscallx:*:close:entry when (__ppid == PID and __arg1 >= 100000) { n++; by[__arg1]++; append(fds, __arg1); }
        @@syscallx:*:close:exit when (__ppid == PID and __errno == 9) { failed[__errno][__rv]++; }
        @@END { printf("%d %d %d %d\n", n, count(fds), min(fds), max(fds)); print(failed);
                printf("%d\n", by[100003]); })",
                [] {
                    in_threads(2, [](int) {
                        in_child([] {
                            for (int i = 0; i < 2'000; ++i) syscall(SYS_close, 100'000 + i % 10);
                        });
                    });
                },
                "4000 4000 100000 100009\nfailed[9, -1] = 4000\n400\n");
}

TEST_CASE("several tuples on one system call, each selected for itself") {
    check_homes(R"(
        @@syscallx:*:getppid:entry when (__ppid == PID) { parents++; }
        @@syscallx:*:getpgrp:entry when (__ppid == PID) { groups++; }
        @@syscallx:1:getppid:entry { others++; }
        @@END { printf("%d %d %d\n", parents, groups, others); })",
                [] {
                    in_child([] {
                        for (int i = 0; i < 500; ++i) {
                            syscall(SYS_getppid);
                            if (i % 5 == 0) syscall(SYS_getpgrp);
                        }
                    });
                },
                "500 100 0\n");
}

TEST_CASE("more tuples on a system call than an event has bits for") {
    std::string script;
    std::string expected;
    for (int i = 0; i < 70; ++i) {
        script += fmt::format("@@syscallx:*:{}:entry when (__ppid == PID) {{ n[{}]++; }}\n",
                              i % 2 == 0 ? "getppid" : "getpgrp", i);
        expected += fmt::format("n[{}] = {}\n", i, i % 2 == 0 ? 30 : 10);
    }
    check_homes(
        script + "@@END { set_aso_print_options(0, SORT_BY_KEY | SORT_TYPE_ASCEND); print(n); }",
        [] {
            in_child([] {
                for (int i = 0; i < 30; ++i) {
                    syscall(SYS_getppid);
                    if (i % 3 == 0) syscall(SYS_getpgrp);
                }
            });
        },
        expected);
}

TEST_CASE("events of processes") {
    check_homes(R"(
        @@sysproc:exit:* when (__ppid == PID) { n++; by[__exitinfo->returnval]++; }
        @@END { printf("%d\n", n); print(by); })",
                [] {
                    for (int i = 0; i < 20; ++i) {
                        const pid_t child = fork();
                        if (child == 0) _exit(i % 4);
                        waitpid(child, nullptr, 0);
                    }
                },
                "20\nby[0] = 5\nby[1] = 5\nby[2] = 5\nby[3] = 5\n");
}

TEST_CASE("tracepoints") {
    check_homes(R"(
        @@systrace:PID:signal_deliver { n++; by[__arg1]++; }
        @@END { printf("%d\n", n); print(by); })",
                [] {
                    signal(SIGUSR1, [](int) {});
                    for (int i = 0; i < 300; ++i) raise(SIGUSR1);
                    signal(SIGUSR1, SIG_DFL);
                },
                fmt::format("300\nby[{}] = 300\n", SIGUSR1));
}

TEST_CASE("functions of programs, where no other thread can come between") {
    if (!RunningKernel().forbids_preemption()) {
        MESSAGE("left out: this kernel may let another thread come between (before 6.10)");
        return;
    }
    check_homes(R"(
        int traced_add(int a, int b);
        @@uft:PID:*:traced_add:entry { n++; added += __arg1; by[__arg2]++; }
        @@uft:PID:*:traced_add:exit { results += __rv; }
        @@END { printf("%d %d %d\n", n, added, results); print(by); })",
                [] {
                    in_threads(4, [](int thread) {
                        for (int i = 0; i < 1'000; ++i) traced_add(i, thread);
                    });
                },
                fmt::format("4000 {} {}\nby[0] = 1000\nby[1] = 1000\nby[2] = 1000\nby[3] = 1000\n", 4 * 499'500,
                            4 * 499'500 + 6'000));
}

TEST_CASE("lines of a system call come in their order from the kernel, too") {
    std::string expected;
    for (int i = 0; i < 50; ++i) expected += fmt::format("close {}\n", 200'000 + i);
    check_homes(R"(
        int close(int fd);
        @@syscallx:*:close:entry when (__ppid == PID and __arg1 >= 200000) { printf("close %d\n", __arg1); })",
                [] {
                    in_child([] {
                        for (int i = 0; i < 50; ++i) syscall(SYS_close, 200'000 + i);
                    });
                },
                expected);
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
