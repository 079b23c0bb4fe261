#include "runtime/testing/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <utility>

#include "runtime/engine/process.h"

namespace probevue {
namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t streams = 3;  // standard output, standard error, what it tells

struct Pipe {
    OwnedFd from;
    OwnedFd to;
};

Result<Pipe> make_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return fail(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
    return Pipe{OwnedFd(ends[0]), OwnedFd(ends[1])};
}

// In the new process. Others in its group are programs that it starts.
[[noreturn]] void become(const Job& job, int out, int err, int told) {
    setpgid(0, 0);
    // Nobody would read what it prints when we have been killed.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // A test that reads standard input finds it empty, and not the terminal.
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
        _exit(static_cast<int>(ExitStatus::run_time));
    int status = static_cast<int>(ExitStatus::run_time);
    try {
        status = job.work(told);
    } catch (const std::exception& problem) {
        fmt::print(stderr, "probevue: error: {}\n", problem.what());
    }
    std::fflush(stdout);
    std::fflush(stderr);
    _exit(status);
}

// A process that runs.
class Running {
public:
    static Result<std::unique_ptr<Running>> start(const Job& job, size_t number);

    size_t number() const { return number_; }
    Clock::time_point end() const { return end_; }
    // All streams have come to their end.
    bool ended() const {
        return std::none_of(ends_.begin(), ends_.end(), [](const OwnedFd& end) { return static_cast<bool>(end); });
    }
    int descriptor(size_t stream) const { return ends_[stream].get(); }
    void read_some(size_t stream);
    void stop(bool late) {
        (late ? outcome_.late : outcome_.endless) = true;
        // The group: programs that it has started hold the other ends of the pipes too.
        kill(-pid_, SIGKILL);
        for (OwnedFd& end : ends_) end = OwnedFd();
    }
    // Waits for the process.
    JobOutcome take();

private:
    Running(size_t number, pid_t pid, Clock::time_point end) : number_(number), pid_(pid), end_(end) {}

    size_t number_;
    pid_t pid_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point end_;
    std::array<OwnedFd, streams> ends_;
    JobOutcome outcome_;
};

Result<std::unique_ptr<Running>> Running::start(const Job& job, size_t number) {
    std::array<Pipe, streams> pipes;
    for (Pipe& pipe : pipes) {
        Result<Pipe> made = make_pipe();
        if (!made) return made.error();
        pipe = std::move(*made);
    }
    // What is written and not out yet is not to come twice.
    std::fflush(stdout);
    std::fflush(stderr);
    const pid_t pid = fork();
    if (pid < 0) return fail(fmt::format("cannot start a process: {}", std::strerror(errno)));
    if (pid == 0) become(job, pipes[0].to.get(), pipes[1].to.get(), pipes[2].to.get());
    setpgid(pid, pid);  // here too: whoever comes first
    std::unique_ptr<Running> running(new Running(number, pid, Clock::now() + job.limit));
    for (size_t i = 0; i < streams; ++i) running->ends_[i] = std::move(pipes[i].from);
    return running;
}

void Running::read_some(size_t stream) {
    std::string& to = stream == 0 ? outcome_.out : stream == 1 ? outcome_.err : outcome_.told;
    std::array<char, 65'536> bytes;
    const ssize_t got = read(ends_[stream].get(), bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) {
        ends_[stream] = OwnedFd();
        return;
    }
    to.append(bytes.data(), static_cast<size_t>(got));
    if (to.size() > most_output) stop(false);
}

JobOutcome Running::take() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    kill(-pid_, SIGKILL);  // what it has started and left behind
    outcome_.took = Clock::now() - start_;
    if (WIFSIGNALED(status) && !outcome_.late && !outcome_.endless) outcome_.signal = WTERMSIG(status);
    if (WIFEXITED(status)) outcome_.status = WEXITSTATUS(status);
    return std::move(outcome_);
}

// Reads what there is, and ends what takes too long.
void wait_for_some(std::vector<std::unique_ptr<Running>>& running) {
    std::vector<pollfd> waits;
    std::vector<std::pair<Running*, size_t>> of;
    Clock::time_point end = Clock::time_point::max();
    for (const std::unique_ptr<Running>& one : running) {
        end = std::min(end, one->end());
        for (size_t stream = 0; stream < streams; ++stream) {
            if (one->descriptor(stream) < 0) continue;
            waits.push_back({one->descriptor(stream), POLLIN, 0});
            of.emplace_back(one.get(), stream);
        }
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    const int ready = poll(waits.data(), waits.size(), static_cast<int>(std::clamp<int64_t>(left, 0, 60'000)));
    for (size_t i = 0; ready > 0 && i < waits.size(); ++i) {
        if (waits[i].revents != 0 && of[i].first->descriptor(of[i].second) >= 0) of[i].first->read_some(of[i].second);
    }
    for (const std::unique_ptr<Running>& one : running) {
        if (!one->ended() && Clock::now() >= one->end()) one->stop(true);
    }
}

}  // namespace

Status run_jobs(const std::vector<Job>& jobs, size_t at_once, const std::function<void(size_t, JobOutcome)>& done) {
    std::vector<std::unique_ptr<Running>> running;
    for (size_t next = 0; next < jobs.size() || !running.empty();) {
        while (next < jobs.size() && running.size() < at_once) {
            Result<std::unique_ptr<Running>> started = Running::start(jobs[next], next);
            if (!started) return started.error();
            running.push_back(std::move(*started));
            ++next;
        }
        wait_for_some(running);
        for (auto one = running.begin(); one != running.end();) {
            if (!(*one)->ended()) {
                ++one;
                continue;
            }
            done((*one)->number(), (*one)->take());
            one = running.erase(one);
        }
    }
    return {};
}

}  // namespace probevue
