#include "runtime/cli/idle.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>
#include <vector>

#include "runtime/list/script_text.h"

namespace probevue {
namespace {

constexpr uint64_t idle_ns = 5'000'000'000;

uint64_t monotonic_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

// As --for takes it.
std::string time_text(uint64_t ns) {
    constexpr auto units = std::to_array<std::pair<std::string_view, uint64_t>>(
        {{"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000}});
    for (const auto& [unit, size] : units) {
        if (ns % size == 0) return fmt::format("{}{}", ns / size, unit);
    }
    return fmt::format("{}ms", ns / 1'000'000);
}

bool calls_exit(std::string_view script) {
    const std::vector<TextRun> runs = text_runs(script, {});
    return std::any_of(runs.begin(), runs.end(), [&](const TextRun& run) {
        return run.kind == TextKind::function && script.substr(run.begin, run.end - run.begin) == "exit";
    });
}

}  // namespace

std::string start_text(const Program& program, const NetworkChoice& network, const RunEnd& end) {
    ProbeSet kinds;
    std::vector<std::string> probes;
    for (const ClauseCode& clause : program.clauses) {
        for (const ProbeRequest& probe : clause.probes) {
            if (probe.kind == ProbeKind::begin || probe.kind == ProbeKind::end) continue;
            kinds = kinds | ProbeSet(probe.kind);
            probes.push_back(probe.text);
        }
    }
    if (probes.empty()) return {};
    std::vector<std::string> what;
    if (!(kinds & net_event_probes).empty()) what.push_back("events of " + network.events_text);
    if (contains(kinds, ProbeKind::bpf)) what.push_back("packets of " + network.packets_text);
    std::vector<std::string> ends = {"Ctrl-C ends"};
    if (end.after_ns != 0) ends.push_back(fmt::format("after {}", time_text(end.after_ns)));
    if (end.after_events != 0)
        ends.push_back(fmt::format("after {} event{}", end.after_events, end.after_events == 1 ? "" : "s"));
    if (calls_exit(end.script)) ends.emplace_back("at exit()");
    return fmt::format("probevue: tracing {}{}{}; {}\n",
                       probes.size() == 1 ? probes.front() : fmt::format("{} probes", probes.size()),
                       what.empty() ? "" : ", ", fmt::join(what, ", "), fmt::join(ends, ", or "));
}

std::string idle_text(const Statistics& statistics) {
    return fmt::format("probevue: working: {} packets and {} other events seen, {} matched; Ctrl-C ends\n",
                       statistics.packets, statistics.events, statistics.matched);
}

std::string so_far(const Statistics& statistics) {
    return fmt::format("so far: {} packets and {} other events seen, {} matched, {} lost", statistics.packets,
                       statistics.events, statistics.matched, statistics.lost());
}

std::string figures_text(const Statistics& statistics) { return fmt::format("probevue: {}\n", so_far(statistics)); }

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
