// Threads that come on and go off a processor (@@sysproc:oncpu, offcpu): against the counts of switches in /proc, and
// against a witness, as some kernels run no program while a thread that they protect is on the processor.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "tests/live/traced_script.h"

namespace probevue::live {
namespace {

constexpr int times = 50;

// A child that sleeps on a pipe; a byte wakes it, and it answers with one before it sleeps again.
class Sleeper {
public:
    Sleeper() {
        REQUIRE(pipe(wake_) == 0);
        REQUIRE(pipe(answer_) == 0);
        pid_ = fork();
        if (pid_ != 0) return;
        close(wake_[1]);
        close(answer_[0]);
        char byte = 0;
        while (read(wake_[0], &byte, 1) == 1 && write(answer_[1], &byte, 1) == 1) continue;
        _exit(0);
    }
    Sleeper(const Sleeper&) = delete;
    Sleeper& operator=(const Sleeper&) = delete;
    ~Sleeper() {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        for (const int fd : {wake_[0], wake_[1], answer_[0], answer_[1]}) close(fd);
    }

    pid_t pid() const { return pid_; }
    void wake() {
        char byte = 'x';
        CHECK(write(wake_[1], &byte, 1) == 1);
        CHECK(read(answer_[0], &byte, 1) == 1);
    }
    // Until it sleeps: then nothing of it is under way on another processor.
    void wait_for_sleep() const {
        wait_for("a process that sleeps", [&] {
            std::ifstream file(fmt::format("/proc/{}/stat", pid_));
            std::string text;
            std::getline(file, text);
            const size_t name_end = text.rfind(')');
            return name_end != std::string::npos && text.compare(name_end, 4, ") S ", 4) == 0;
        });
    }
    uint64_t switches() const {
        std::ifstream file(fmt::format("/proc/{}/status", pid_));
        uint64_t sum = 0;
        for (std::string line; std::getline(file, line);) {
            if (line.find("_ctxt_switches:") != std::string::npos) sum += std::stoull(line.substr(line.find(':') + 1));
        }
        return sum;
    }

private:
    int wake_[2] = {};
    int answer_[2] = {};
    pid_t pid_ = -1;
};

}  // namespace

TEST_CASE("on and off processors, as /proc counts") {
    Sleeper sleeper;
    const std::string script = fmt::format(R"(
        int last;
        @@sysproc:offcpu:{0} {{ off++; if (last == 1) twice++; last = 1; other += __pid != {0}; }}
        @@sysproc:oncpu:{0} {{ on++; if (last == 2) twice++; last = 2; other += __pid != {0}; }}
        @@END {{ printf("off %d\non %d\ntwice %d\nother %d\n", off, on, twice, other); }})",
                                           sleeper.pid());
    uint64_t caused = 0;
    uint64_t seen_off = 0;
    uint64_t seen_on = 0;
    std::string problem;
    const TracedRun run = run_traced(script, [&] {
        sleeper.wait_for_sleep();
        const Witness witness = Witness::of_switches(sleeper.pid());
        problem = witness.problem();
        const uint64_t before = sleeper.switches();
        for (int i = 0; i < times; ++i) {
            sleeper.wake();
            sleeper.wait_for_sleep();
        }
        caused = sleeper.switches() - before;
        seen_off = witness.seen(0);
        seen_on = witness.seen(1);
    });
    const auto number = [&](const std::string& name) {
        for (const std::string& line : run.in_order()) {
            if (line.starts_with(name + " ")) return std::stoull(line.substr(name.size() + 1));
        }
        FAIL("nothing is said of " << name);
        return 0ULL;
    };
    CHECK(problem == "");
    // A process says that it sleeps a moment before it leaves its processor: woken in that moment, it never does.
    CHECK(caused > times / 2);
    const uint64_t nested = run.statistics.nested;
    const auto check = [&](const char* name, uint64_t seen) {
        CAPTURE(std::string(name));
        Visible visible;
        visible.caused = caused;
        visible.seen = seen;
        check_traced(number(name) + (number(name) < seen ? nested : 0), visible);
    };
    check("off", seen_off);
    check("on", seen_on);
    CHECK(number("other") == 0);
    if (seen_off == caused && seen_on == caused) CHECK(number("twice") == 0);
}

}  // namespace probevue::live

int main(int argc, char** argv) { return probevue::live::run_cases(argc, argv); }
