#include "runtime/cli/signals.h"

#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>

#include "runtime/session/session.h"

namespace probevue {
namespace {

constexpr uint64_t pair_ns = 500'000'000;
constexpr suseconds_t tick_us = 500'000;

// A handler has no argument: what it acts on must be reachable from nothing. This is the one place of the program where
// that is so.
struct Stopping {
    std::atomic<Session*> session{nullptr};
    std::atomic<uint64_t> since_ns{0};  // CLOCK_MONOTONIC of the first signal; 0: none has come
    std::atomic<bool> by_key{false};    // the first was sent by the terminal
    std::atomic<bool> asked{false};     // SIGUSR1 has come
};

Stopping& stopping() {
    static Stopping one;
    return one;
}

uint64_t monotonic_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

void on_stop(int number, siginfo_t* from, void*) {
    const int error = errno;
    Stopping& state = stopping();
    const uint64_t now = monotonic_ns();
    uint64_t before = 0;
    if (!state.since_ns.compare_exchange_strong(before, now)) {
        if (now - before > pair_ns) _exit(128 + number);
    } else {
        Session* session = state.session.load();
        if (session == nullptr) _exit(128 + number);
        state.by_key.store(number == SIGINT && from->si_code == SI_KERNEL);
        session->request_stop();
        const itimerval ticks{{0, tick_us}, {0, tick_us}};
        setitimer(ITIMER_REAL, &ticks, nullptr);
    }
    errno = error;
}

void on_question(int) {
    const int error = errno;
    stopping().asked.store(true);
    if (Session* session = stopping().session.load()) session->request_figures();
    errno = error;
}

// It is there to interrupt calls that wait.
void on_tick(int) {}

// Without SA_RESTART: who waits for a reader is to look around.
void set_handler(int number, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
}

void stop_at(int number) {
    struct sigaction action {};
    action.sa_sigaction = on_stop;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
}

}  // namespace

bool is_ignored(int number) {
    struct sigaction action {};
    sigaction(number, nullptr, &action);
    return action.sa_handler == SIG_IGN;
}

void let_figures_be_asked_for() { set_handler(SIGUSR1, on_question); }

StopOnSignal::StopOnSignal(Session& session) {
    stopping().since_ns.store(0);
    stopping().by_key.store(false);
    stopping().session.store(&session);
    set_handler(SIGALRM, on_tick);
    stop_at(SIGINT);
    stop_at(SIGTERM);
    if (!is_ignored(SIGHUP)) stop_at(SIGHUP);
}

StopOnSignal::~StopOnSignal() {
    stopping().session.store(nullptr);
    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
}

bool StopOnSignal::by_key() { return stopping().by_key.load(); }

bool StopOnSignal::take_question() { return stopping().asked.exchange(false); }

bool StopOnSignal::overdue() {
    const uint64_t since = stopping().since_ns.load();
    return since != 0 && monotonic_ns() - since >= pair_ns;
}

}  // namespace probevue
