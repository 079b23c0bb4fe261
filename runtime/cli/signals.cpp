#include "runtime/cli/signals.h"

#include <unistd.h>

#include <atomic>
#include <csignal>

#include "runtime/session/session.h"

namespace probevue {
namespace {

// A handler has no argument: what it acts on must be reachable from nothing. This is the one place of the program where
// that is so.
std::atomic<Session*>& current_session() {
    static std::atomic<Session*> session{nullptr};
    return session;
}

void on_signal(int number) {
    Session* session = current_session().exchange(nullptr);
    if (session == nullptr) _exit(128 + number);  // the second one
    session->request_stop();
}

void set_handler(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaction(number, &action, nullptr);
}

}  // namespace

StopOnSignal::StopOnSignal(Session& session) {
    current_session().store(&session);
    set_handler(on_signal);
}

StopOnSignal::~StopOnSignal() {
    set_handler(SIG_DFL);
    current_session().store(nullptr);
}

}  // namespace probevue
