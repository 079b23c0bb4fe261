#include "runtime/session/hosts.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

namespace probevue {
namespace {

constexpr uint64_t second_ns = 1'000'000'000;
// Synchronised clocks differ by milliseconds; a state is on its way for a moment too.
constexpr int64_t tolerated_clock_ns = 1'000'000'000;

// How long nothing is thought of it when nothing comes: two states may be on their way.
uint64_t patience(uint64_t period_ns) { return 2 * period_ns + second_ns; }

std::string clock_time(uint64_t time_ns) {
    const auto seconds = static_cast<time_t>(time_ns / second_ns);
    tm local{};
    localtime_r(&seconds, &local);
    return fmt::format("{:%H:%M:%S}", local);
}

}  // namespace

Hosts::Hosts(Sink& sink, const std::vector<std::string>& streams) : sink_(sink) {
    for (const std::string& name : streams) streams_.push_back({name});
}

Hosts::Take Hosts::take(const StateText& state, uint64_t reached_ns, size_t stream, bool chained, const HereNow& now) {
    const StatePart& part = state.head.parts.front();
    const auto [at, added] = hosts_.try_emplace(part.run);
    Host& host = at->second;
    if (added) {
        host.name = part.host;
        host.sequence = UINT64_MAX;  // the one before the first
    } else if (part.sequence <= host.sequence) {
        return Take::late;
    }
    if (const uint64_t skipped = part.sequence - host.sequence - 1; skipped != 0 && chained) {
        lost_states_ += skipped;
        sink_.message(
            MessageKind::warning,
            fmt::format("{}: {} state{} before the one of {} did not come: what intervals and lines of {} held "
                        "is not counted",
                        host.name, skipped, skipped == 1 ? "" : "s", clock_time(reached_ns),
                        skipped == 1 ? "it" : "them"));
    }
    // Not by the first state of a host, which may have been written long ago.
    if (!added) look_at_clock(host, reached_ns, now);
    if (host.missing) {
        host.missing = false;
        sink_.message(MessageKind::note, fmt::format("{}: is there again", host.name));
    }
    streams_[stream].has_spoken = true;
    streams_[stream].missing = false;
    // From here on the others are waited for: before, nobody has told how often states come.
    if (first_heard_ns_ == 0) first_heard_ns_ = now.monotonic;
    host.stream = stream;
    host.sequence = part.sequence;
    host.reached_ns = reached_ns;
    host.heard_ns = now.monotonic;
    host.period_ns = state.figures.next_after_ns;
    return Take::counts;
}

// States that were written a while ago, or came in one piece, say nothing of the host's clock.
void Hosts::look_at_clock(Host& host, uint64_t reached_ns, const HereNow& now) {
    if (host.clock_told || now.monotonic - host.heard_ns < host.period_ns / 2) return;
    const auto behind = static_cast<int64_t>(now.realtime - reached_ns);
    if (std::abs(behind) <= tolerated_clock_ns) return;
    // Once is enough: it would be said with every state.
    host.clock_told = true;
    sink_.message(MessageKind::warning,
                  fmt::format("{}: its clock is {:.1f} s {} the one here: {}", host.name,
                              static_cast<double>(std::abs(behind)) / 1e9, behind > 0 ? "behind" : "ahead of",
                              behind > 0 ? "windows wait for it" : "its windows are those of other times here"));
}

void Hosts::miss(Host& host, std::string_view why) {
    host.missing = true;
    sink_.message(MessageKind::warning, fmt::format("{}: {}: what it has seen since {} is not counted", host.name, why,
                                                    clock_time(host.reached_ns)));
}

void Hosts::miss(Stream& stream, std::string_view why) {
    stream.missing = true;
    sink_.message(MessageKind::warning, fmt::format("{}: {}", stream.name, why));
}

void Hosts::stream_ended(size_t stream) {
    if (streams_[stream].is_awaited()) miss(streams_[stream], "no state has come from there");
    for (auto& [run, host] : hosts_) {
        if (host.stream == stream && !host.ended() && !host.missing)
            miss(host, "its session is gone without its last state");
    }
}

void Hosts::look(const HereNow& now) {
    for (auto& [run, host] : hosts_) {
        if (host.ended() || host.missing || now.monotonic - host.heard_ns <= patience(host.period_ns)) continue;
        miss(host, fmt::format("no state has come for {} s", (now.monotonic - host.heard_ns) / second_ns));
    }
    if (first_heard_ns_ == 0 || now.monotonic - first_heard_ns_ <= patience(longest_period())) return;
    for (Stream& stream : streams_) {
        if (stream.is_awaited()) miss(stream, "no state has come from there yet: answers are without it");
    }
}

uint64_t Hosts::complete_until() const {
    uint64_t out = UINT64_MAX;
    for (const Stream& stream : streams_) {
        // A host that has not spoken may still tell of any time.
        if (stream.is_awaited()) return 0;
    }
    for (const auto& [run, host] : hosts_) {
        if (!host.ended() && !host.missing) out = std::min(out, host.reached_ns);
    }
    return out;
}

uint64_t Hosts::longest_period() const {
    uint64_t out = 0;
    for (const auto& [run, host] : hosts_) out = std::max(out, host.period_ns);
    return out;
}

uint64_t Hosts::missing() const {
    const auto hosts = std::count_if(hosts_.begin(), hosts_.end(), [](const auto& one) { return one.second.missing; });
    const auto streams = std::count_if(streams_.begin(), streams_.end(),
                                       // A stream that has spoken is counted by its hosts.
                                       [](const Stream& one) { return one.missing && !one.has_spoken; });
    return static_cast<uint64_t>(hosts + streams);
}

}  // namespace probevue
