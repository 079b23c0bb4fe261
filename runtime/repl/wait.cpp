#include "runtime/repl/wait.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace probevue {

WakeUp::WakeUp(int input) : input_(input), set_(epoll_create1(EPOLL_CLOEXEC)) {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH}) sigaddset(&wanted, number);
    // Blocked, they come by the descriptor alone, and never in the middle of something.
    sigprocmask(SIG_BLOCK, &wanted, &before_);
    signals_ = OwnedFd(signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = signals_.get();
    epoll_ctl(set_.get(), EPOLL_CTL_ADD, signals_.get(), &event);
    event.data.fd = input_;
    // Files cannot be waited for: they always have something.
    always_readable_ = epoll_ctl(set_.get(), EPOLL_CTL_ADD, input_, &event) != 0;
}

WakeUp::~WakeUp() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

Wake WakeUp::take_signal() {
    signalfd_siginfo info{};
    if (read(signals_.get(), &info, sizeof info) != sizeof info) return Wake::none;
    switch (info.ssi_signo) {
        case SIGINT:
            return Wake::interrupt;
        case SIGTSTP:
            return Wake::suspend;
        case SIGWINCH:
            return Wake::resize;
        default:
            return Wake::leave;
    }
}

Wake WakeUp::take(int timeout_ms) {
    pollfd set{.fd = set_.get(), .events = POLLIN, .revents = 0};
    const int ready = poll(&set, 1, always_readable_ ? 0 : timeout_ms);
    if (ready > 0) {
        // Before what was typed: Ctrl-C must not wait behind a paste.
        if (const Wake signal = take_signal(); signal != Wake::none) return signal;
        pollfd input{.fd = input_, .events = POLLIN, .revents = 0};
        if (poll(&input, 1, 0) > 0) return Wake::input;
    }
    return always_readable_ ? Wake::input : Wake::none;
}

}  // namespace probevue
