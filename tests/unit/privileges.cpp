// What a process keeps when it gives up the rest: as the kernel tells it of a copy of this one.
#include "runtime/privileges/privileges.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "runtime/privileges/call_filter.h"

using namespace probevue;

namespace {

struct Told {
    int status = 0;  // as waitpid() gives it
    std::string out;
    bool ended_with(int code) const { return WIFEXITED(status) && WEXITSTATUS(status) == code; }
};

// Runs it in a copy of the process, which ends with what it returns; what it writes to descriptor 2 is `out`.
Told in_copy(const std::function<int()>& work) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t copy = fork();
    REQUIRE(copy >= 0);
    if (copy == 0) {
        dup2(ends[1], STDERR_FILENO);
        _exit(work());
    }
    close(ends[1]);
    Told out;
    char text[4096];
    for (ssize_t got = 0; (got = read(ends[0], text, sizeof text)) > 0;) out.out.append(text, static_cast<size_t>(got));
    close(ends[0]);
    waitpid(copy, &out.status, 0);
    return out;
}

void say(const std::string& text) { static_cast<void>(!write(STDERR_FILENO, text.data(), text.size())); }

// A line of /proc/thread-self/status without its label.
std::string status_line(const std::string& label) {
    std::ifstream in("/proc/thread-self/status");
    for (std::string line; std::getline(in, line);) {
        const size_t value = line.find_first_not_of(" \t", label.size() + 1);
        if (line.starts_with(label + ":")) return value == std::string::npos ? "" : line.substr(value);
    }
    return "none";
}

// The same lines of a copy that has kept only what the needs keep, as a thread sees them that it starts.
std::string left_with(const Needs& needs, const std::string& labels) {
    const Told told = in_copy([&] {
        if (!keep_only(needs)) return 9;
        std::thread([&] {
            for (size_t begin = 0; begin < labels.size();) {
                const size_t end = std::min(labels.find(' ', begin), labels.size());
                say(status_line(labels.substr(begin, end - begin)) + "\n");
                begin = end + 1;
            }
        }).join();
        return 0;
    });
    CHECK(told.ended_with(0));
    return told.out;
}

// Filters stand in builds without sanitizers, on kernels with seccomp.
bool filters() {
    static const bool so = left_with({Need::running}, "Seccomp") == "2\n";
    return so;
}

std::string number(uint64_t set) {
    char text[32];
    snprintf(text, sizeof text, "%016llx\n", static_cast<unsigned long long>(set));
    return text;
}

// A copy that has kept what the needs keep, and then does this.
Told after(const Needs& needs, const std::function<int()>& work) {
    return in_copy([&] { return keep_only(needs) ? work() : 9; });
}

}  // namespace

TEST_CASE("what runs keeps no capability and gains none") {
    CHECK(left_with({Need::running}, "CapInh CapPrm CapEff CapAmb NoNewPrivs") ==
          number(0) + number(0) + number(0) + number(0) + "1\n");
    if (geteuid() == 0) CHECK(left_with({Need::running}, "CapBnd") == number(0));
}

TEST_CASE("root becomes nobody, or who is behind sudo; nobody has groups") {
    if (geteuid() != 0) return;
    const Told is_mapped = in_copy([] { return setresuid(65'534, 65'534, 65'534) == 0 ? 0 : 1; });
    if (!is_mapped.ended_with(0)) return;  // a user namespace with fewer users
    unsetenv("SUDO_UID");
    CHECK(left_with({Need::running}, "Uid Gid Groups") == "65534\t65534\t65534\t65534\n65534\t65534\t65534\t65534\n\n");
    setenv("SUDO_UID", "1234", 1);
    setenv("SUDO_GID", "4321", 1);
    CHECK(left_with({Need::running}, "Uid Gid") == "1234\t1234\t1234\t1234\n4321\t4321\t4321\t4321\n");
    CHECK(left_with({Need::running, Need::later_files}, "Uid Gid") == "0\t0\t0\t0\n0\t0\t0\t0\n");
    unsetenv("SUDO_UID");
    unsetenv("SUDO_GID");
}

TEST_CASE("each need keeps the capabilities of its row, as far as they were there") {
    if (geteuid() != 0) return;
    uint64_t all = 0;
    for (unsigned i = 0; i < 64; ++i) all |= uint64_t{prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1} << i;
    for (const NeedRow& row : need_rows()) {
        CAPTURE(row.name);
        const std::string kept = number(row.capabilities & all);
        Needs needs{row.need};
        if (row.filters_closed) needs.add(Need::running);
        CHECK(left_with(needs, "CapPrm CapEff CapInh CapAmb") == kept + kept + number(0) + number(0));
    }
    const uint64_t two = uint64_t{1} << CAP_SYS_PTRACE | uint64_t{1} << CAP_DAC_READ_SEARCH | uint64_t{1} << CAP_SYSLOG;
    CHECK(left_with({Need::running, Need::processes, Need::kernel_symbols}, "CapEff") == number(two & all));
    CHECK(capability_name(CAP_SYS_PTRACE) == "CAP_SYS_PTRACE");
    CHECK(capability_name(CAP_CHECKPOINT_RESTORE) == "CAP_CHECKPOINT_RESTORE");
    CHECK(capability_name(63) == "CAP_63");
}

TEST_CASE("what was given up once does not come back") {
    const Told told = in_copy([] {
        if (!keep_only({Need::running}) || !keep_only({Need::attaching, Need::files})) return 9;
        say(status_line("CapPrm") + "\n");
        return 0;
    });
    CHECK(told.out == number(0));
}

TEST_CASE("what is left is told with its reasons") {
    if (geteuid() != 0) return;
    const Needs needs{Need::running, Need::kernel_symbols};
    const Told told = after(needs, [&] {
        say(privileges_text(needs));
        return 0;
    });
    CHECK(told.out == "user 65534, capabilities: CAP_SYSLOG (names functions of the kernel)");
    const Told none = after({Need::running}, [] {
        say(privileges_text({Need::running}));
        return 0;
    });
    CHECK(none.out == "user 65534, capabilities: none");
}

TEST_CASE("a call that nothing needs ends the process with a message") {
    if (!filters()) return;
    const Told told = after({Need::running}, [] {
        execl("/bin/true", "true", nullptr);
        return 0;
    });
    CHECK(told.ended_with(1));
    CHECK(told.out == "probevue: error: the system call number " + std::to_string(SYS_execve) +
                          " was refused: nothing that probevue has to do from here on makes it\n"
                          "hint: `scmp_sys_resolver NUMBER` tells its name; it came from a library, or somebody has "
                          "taken over the process\n");
    const auto refused = [](const Needs& needs, const std::function<void()>& call) {
        return after(needs, [&] { return call(), 0; }).ended_with(1);
    };
    CHECK(refused({Need::running}, [] { listen(0, 1); }));
    CHECK(refused({Need::running}, [] { syscall(SYS_bpf, 1, nullptr, 0); }));
    CHECK(refused({Need::running, Need::live}, [] { syscall(SYS_bpf, 5, nullptr, 0); }));  // BPF_PROG_LOAD
    CHECK(refused({Need::running, Need::live}, [] { syscall(SYS_bpf, 0, nullptr, 0); }));  // BPF_MAP_CREATE
    CHECK_FALSE(refused({Need::running, Need::live}, [] { syscall(SYS_bpf, 1, nullptr, 0); }));
    CHECK(refused({Need::running, Need::live}, [] { syscall(SYS_perf_event_open, nullptr, 0, 0, 0, 0); }));
    CHECK(refused({Need::running, Need::processes}, [] { syscall(SYS_ptrace, 0, 0, 0, 0); }));
    CHECK(refused({Need::running, Need::processes},
                  [] { syscall(SYS_process_vm_writev, 1, nullptr, 0, nullptr, 0, 0); }));
    CHECK_FALSE(
        refused({Need::running, Need::processes}, [] { syscall(SYS_process_vm_readv, 1, nullptr, 0, nullptr, 0, 0); }));
    CHECK(refused({Need::running, Need::live}, [] { static_cast<void>(!setns(0, CLONE_NEWNET)); }));
    CHECK(refused({Need::running}, [] { static_cast<void>(!unshare(CLONE_NEWUSER)); }));
    CHECK(refused({Need::running}, [] { syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0); }));
    const char typed = 'x';
    CHECK(refused({Need::running}, [&] { ioctl(0, TIOCSTI, &typed); }));
    // Where clauses come later, programs are not run either.
    CHECK(refused({Need::files, Need::attaching}, [] { execl("/bin/true", "true", nullptr); }));
    CHECK(refused({Need::files}, [] { syscall(SYS_ptrace, 0, 0, 0, 0); }));
    CHECK_FALSE(refused({Need::files, Need::attaching}, [] { listen(0, 1); }));
    // Also on threads, and those that were there before.
    CHECK(after({Need::running}, [] {
              std::thread([] { listen(0, 1); }).join();
              return 0;
          }).ended_with(1));
}

TEST_CASE("files are opened for reading, and for writing where they are made later") {
    if (!filters()) return;
    const auto opens = [](const Needs& needs, int flags) {
        const Told told = after(needs, [&] { return open("/dev/null", flags) >= 0 ? 0 : errno; });
        return WEXITSTATUS(told.status);
    };
    CHECK(opens({Need::running}, O_RDONLY | O_CLOEXEC) == 0);
    CHECK(opens({Need::running}, O_WRONLY) == EACCES);
    CHECK(opens({Need::running}, O_RDWR) == EACCES);
    CHECK(opens({Need::running}, O_RDONLY | O_CREAT) == EACCES);
    CHECK(opens({Need::running}, O_RDONLY | O_TRUNC) == EACCES);
    CHECK(opens({Need::running, Need::later_files}, O_WRONLY) == 0);
    CHECK(opens({Need::running, Need::own_files}, O_WRONLY) == 0);
}

TEST_CASE("sockets are for who asks for names, serves metrics or is live") {
    if (!filters()) return;
    const auto makes = [](const Needs& needs) {
        const Told told = after(needs, [] { return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 0 : errno; });
        return WEXITSTATUS(told.status);
    };
    CHECK(makes({Need::running}) == EACCES);
    CHECK(makes({Need::running, Need::processes}) == EACCES);
    CHECK(makes({Need::running, Need::host_names}) == 0);
    CHECK(makes({Need::running, Need::metrics}) == 0);
    CHECK(makes({Need::running, Need::live}) == 0);
}

TEST_CASE("calls that a newer C library tries first fail as on an old kernel") {
    if (!filters()) return;
    const auto error = [](long call) {
        return WEXITSTATUS(after({Need::running}, [&] { return syscall(call, 0, 0, 0, 0) < 0 ? errno : 0; }).status);
    };
    CHECK(error(437) == ENOSYS);   // openat2
    CHECK(error(435) == ENOSYS);   // clone3
    CHECK(error(1000) == ENOSYS);  // one to come
}

TEST_CASE("the filter is small") { CHECK(call_filter({Need::running, Need::live, Need::metrics}).size() < 400); }
