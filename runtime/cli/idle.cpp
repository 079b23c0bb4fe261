#include "runtime/cli/idle.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ctime>
#include <vector>

namespace probevue {
namespace {

constexpr uint64_t idle_ns = 5'000'000'000;

uint64_t monotonic_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

std::string start_text(const Program& program, const NetworkChoice& network) {
    const auto has = [&](ProbeSet kinds) {
        return std::any_of(program.clauses.begin(), program.clauses.end(), [&](const ClauseCode& clause) {
            return std::any_of(clause.probes.begin(), clause.probes.end(),
                               [&](const ProbeRequest& probe) { return contains(kinds, probe.kind); });
        });
    };
    std::vector<std::string> what;
    if (has(net_event_probes)) what.push_back("events of " + network.events_text);
    if (has(ProbeSet(ProbeKind::bpf))) what.push_back("packets of " + network.packets_text);
    return fmt::format("probevue: tracing{}{}; Ctrl-C ends\n", what.empty() ? "" : " ", fmt::join(what, ", "));
}

std::string idle_text(const Statistics& statistics) {
    return fmt::format("probevue: working: {} packets and {} other events seen, {} matched; Ctrl-C ends\n",
                       statistics.packets, statistics.events, statistics.matched);
}

std::string figures_text(const Statistics& statistics) {
    return fmt::format("probevue: so far: {} packets and {} other events seen, {} matched, {} lost\n",
                       statistics.packets, statistics.events, statistics.matched, statistics.lost());
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
            fmt::print(stderr, "{}", idle_text(session.snapshot()));
            return run_steps(session, false, written);
        }
        if (!session.step(quiet_since + idle_ns > now ? quiet_since + idle_ns - now : 0)) return;
    }
}

}  // namespace probevue
