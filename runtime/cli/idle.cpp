#include "runtime/cli/idle.h"

#include <fmt/format.h>

#include <ctime>

namespace probevue {
namespace {

constexpr uint64_t idle_ns = 5'000'000'000;

uint64_t monotonic_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

std::string idle_text(const Statistics& statistics) {
    return fmt::format("probevue: working: {} packets and {} other events seen, {} matched; Ctrl-C ends\n",
                       statistics.packets, statistics.events, statistics.matched);
}

void run_steps(Session& session, bool announce, bool& written) {
    if (!announce) {
        while (session.step(UINT64_MAX)) {
        }
        return;
    }
    uint64_t quiet_since = monotonic_ns();
    for (;;) {
        const uint64_t now = monotonic_ns();
        if (written) {
            written = false;
            quiet_since = now;
        } else if (now - quiet_since >= idle_ns) {
            fmt::print(stderr, "{}", idle_text(session.statistics()));
            return run_steps(session, false, written);
        }
        if (!session.step(quiet_since + idle_ns > now ? quiet_since + idle_ns - now : 0)) return;
    }
}

}  // namespace probevue
