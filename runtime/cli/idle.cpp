#include "runtime/cli/idle.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "builtins/base/shown.h"
#include "runtime/list/script_text.h"
#include "runtime/screen/terminal_size.h"
#include "runtime/session/clock.h"

namespace probevue {
namespace {

constexpr uint64_t second_ns = 1'000'000'000;
constexpr uint64_t idle_ns = 5 * second_ns;
constexpr uint64_t progress_after_ns = 2 * second_ns;  // shorter replays need no patience
constexpr uint64_t progress_every_ns = second_ns / 2;

// As --for takes it.
std::string time_text(uint64_t ns) {
    constexpr auto units = std::to_array<std::pair<std::string_view, uint64_t>>(
        {{"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000}});
    for (const auto& [unit, size] : units) {
        if (ns % size == 0) return fmt::format("{}{}", ns / size, unit);
    }
    return fmt::format("{}ms", ns / 1'000'000);
}

bool calls(std::string_view script, std::string_view function) {
    const std::vector<TextRun> runs = text_runs(script, {});
    return std::any_of(runs.begin(), runs.end(), [&](const TextRun& run) {
        return run.kind == TextKind::function && script.substr(run.begin, run.end - run.begin) == function;
    });
}

// "1.2 GB", "340 kB": powers of 1,000, as disks are measured.
std::string bytes_text(uint64_t bytes) {
    constexpr auto units = std::to_array<std::pair<std::string_view, double>>({{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}});
    for (const auto& [unit, size] : units) {
        const double number = static_cast<double>(bytes) / size;
        if (number >= 1) return fmt::format("{:.{}f} {}", number, number < 10 ? 1 : 0, unit);
    }
    return fmt::format("{} bytes", bytes);
}

// Columns of the terminal behind standard error.
size_t terminal_width() { return terminal_size(STDERR_FILENO).columns; }

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
    if (calls(end.script, "exit")) ends.emplace_back("at exit()");
    if (calls(end.script, "exit_after")) ends.emplace_back("by exit_after()");
    return fmt::format("probevue: tracing {}{}{}; {}\n",
                       probes.size() == 1 ? shown(probes.front()) : fmt::format("{} probes", probes.size()),
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

std::string progress_text(const FileProgress& progress, uint64_t packets, uint64_t elapsed_ns) {
    const uint64_t size = std::max<uint64_t>(progress.size, 1);  // it may have grown since
    const double part = static_cast<double>(std::min(progress.read, size)) / static_cast<double>(size);
    const double seconds = static_cast<double>(elapsed_ns) / static_cast<double>(second_ns);
    const double left = part > 0 ? seconds / part - seconds : 0;
    return fmt::format("{:.0f} % of {}, {} packets, {:.0f} a second, {:.0f} s left", part * 100,
                       bytes_text(progress.size), packets, static_cast<double>(packets) / std::max(seconds, 1e-9),
                       left);
}

void RunTeller::output_comes(std::string_view text) {
    take_away();
    written_ = true;
    if (!text.empty()) line_open_ = text.back() != '\n';
}

void RunTeller::take_away() {
    if (!std::exchange(shown_, false)) return;
    fmt::print(stderr, "\r{}\r", std::string(terminal_width() - 1, ' '));
}

void RunTeller::tell_progress(Session& session, uint64_t now_ns) {
    due_ns_ = now_ns + progress_every_ns;
    const FileProgress progress = session.progress();
    if (progress.size == 0 || line_open_) return;
    take_away();
    std::string text =
        fmt::format("probevue: {}", progress_text(progress, session.statistics().packets, now_ns - started_ns_));
    text.resize(std::min(text.size(), terminal_width() - 1));
    fmt::print(stderr, "{}", text);
    shown_ = true;
}

void RunTeller::run(Session& session) {
    if (!speaks_) {
        while (session.step(UINT64_MAX)) {
        }
        return;
    }
    SystemClock clock;
    started_ns_ = clock.monotonic_ns();
    due_ns_ = started_ns_ + progress_after_ns;
    uint64_t quiet_since = started_ns_;
    bool told = false;  // what it does, once
    for (;;) {
        const uint64_t now = clock.monotonic_ns();
        if (std::exchange(written_, false)) quiet_since = now;
        if (now >= due_ns_) tell_progress(session, now);
        if (!told && !shown_ && now - quiet_since >= idle_ns) {
            fmt::print(stderr, "{}", idle_text(session.snapshot()));
            told = true;
        }
        const uint64_t until = told ? UINT64_MAX : quiet_since + idle_ns;
        if (!session.step(until > now ? until - now : 0)) break;
    }
    take_away();
}

}  // namespace probevue
