// What session tests are made of: an engine that writes down what runs, a clock that they turn, sources that they fill.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/session/session.h"
#include "runtime/sinks/capture_sink.h"

namespace probevue::session_tests {

class NoResolver final : public Resolver {
public:
    std::string_view host_name(const std::byte*) override { return {}; }
    std::string path(uint64_t) override { return {}; }
    std::string stack(uint64_t, bool) override { return {}; }
    std::string folded_stack(uint64_t) override { return {}; }
    std::vector<RangeSlotView> range_slots(uint64_t) override { return {}; }
    const Distribution* distribution(uint64_t) override { return nullptr; }
    uint64_t distinct(uint64_t) override { return 0; }
};

// `log` gets a line a run: tuple and time. Outlives the session.
struct EngineLog {
    std::vector<std::string> log;
    std::vector<EngineContext> contexts;
    std::map<size_t, int> exit_at;         // clause: at which of its runs it calls exit()
    std::function<void(size_t)> when_run;  // called with the clause
};

class LogEngine final : public Engine {
public:
    explicit LogEngine(EngineLog& log) : log_(log) {}
    bool run(size_t clause, EngineContext& context, const RecordOrigin& origin) override {
        log_.log.push_back(fmt::format("{} {}", origin.probe, origin.time_ns));
        log_.contexts.push_back(context);
        if (log_.when_run) log_.when_run(clause);
        if (auto at = log_.exit_at.find(clause); at != log_.exit_at.end() && --at->second == 0) exit_ = true;
        return true;
    }
    bool exit_requested() const override { return exit_; }
    const EngineCounters& counters() const override { return counters_; }
    Resolver& resolver() override { return resolver_; }
    uint64_t add_stack(int64_t, std::span<const uint64_t>, std::span<const uint64_t>) override { return 0; }

private:
    EngineLog& log_;
    NoResolver resolver_;
    EngineCounters counters_;
    bool exit_ = false;
};

// Both clocks in one: monotonic time is real time less `boot`, until the clock is set.
struct Time {
    static constexpr uint64_t boot = 1'000;
    uint64_t now = 1'000'000'000;
    int64_t set = 0;  // by so much real time was set ahead of `now`
    std::function<void()> when_waiting;
    std::vector<uint64_t> waits;
};

class TestClock final : public Clock {
public:
    explicit TestClock(Time& time) : time_(time) {}
    uint64_t realtime_ns() override { return time_.now + static_cast<uint64_t>(time_.set); }
    uint64_t monotonic_ns() override { return time_.now - Time::boot; }
    void wait(std::span<pollfd>, uint64_t timeout_ns) override {
        time_.waits.push_back(timeout_ns);
        time_.now += timeout_ns;
        if (time_.when_waiting) time_.when_waiting();
    }

private:
    Time& time_;
};

// Events that show some time after they happened.
class TestSource final : public EventSource {
public:
    struct Shown {
        uint64_t at;
        Event event;
    };
    TestSource(Time& time, std::string name, uint64_t delay_ns, std::deque<Shown> events)
        : time_(time), delay_ns_(delay_ns), events_(std::move(events)) {
        interface_.name = std::move(name);
        interface_.link_type = 1;
        interface_.kind = LinkKind::ethernet;
    }
    Status enable() override {
        enabled_ = true;
        return {};
    }
    State peek() override {
        if (!enabled_) return State::waiting;
        if (!events_.empty() && events_.front().at <= time_.now) return State::ready;
        return events_.empty() && ends_ ? State::ended : State::waiting;
    }
    const Event& head() const override { return events_.front().event; }
    void pop() override { events_.pop_front(); }
    uint64_t delay_ns() const override { return delay_ns_; }
    uint64_t look_again_ns() const override { return look_again_ns_; }
    void look_again_within(uint64_t ns) { look_again_ns_ = ns; }
    bool is_behind() override {
        return counts_ && enabled_ && !events_.empty() && events_.front().event.time_ns <= time_.now;
    }
    // Knows of events before it can show them.
    void counts_them() { counts_ = true; }
    std::string_view name() const override { return interface_.name; }
    const PacketInterface* interface(uint32_t) const override { return &interface_; }
    SourceLosses losses() override { return {3, 4}; }
    Status status() const override { return failure_.empty() ? Status() : Status(fail(failure_)); }
    void end_with(std::string failure) {
        ends_ = true;
        failure_ = std::move(failure);
    }

private:
    Time& time_;
    uint64_t delay_ns_;
    uint64_t look_again_ns_ = UINT64_MAX;
    std::deque<Shown> events_;
    PacketInterface interface_;
    std::string failure_;
    bool enabled_ = false;
    bool ends_ = false;
    bool counts_ = false;
};

inline ProbeRequest request(ProbeKind kind, std::string text) {
    ProbeRequest request;
    request.kind = kind;
    request.text = std::move(text);
    return request;
}
inline ProbeRequest begin() { return request(ProbeKind::begin, "BEGIN"); }
inline ProbeRequest end() { return request(ProbeKind::end, "END"); }
inline ProbeRequest every(uint64_t ms) {
    ProbeRequest interval = request(ProbeKind::interval, fmt::format("every{}", ms));
    interval.fill<IntervalProbe>().ms = ms;
    return interval;
}
inline ProbeRequest packets(std::vector<std::string> interfaces, std::string text, std::string filter = {},
                            Protocol protocol = Protocol::any) {
    ProbeRequest bpf = request(ProbeKind::bpf, std::move(text));
    bpf.subject = PacketProbe{std::move(interfaces), protocol, std::move(filter), {}};
    return bpf;
}

// Each row is a clause with its tuples.
inline Program program(std::vector<std::vector<ProbeRequest>> clauses) {
    Program program;
    program.script_name = "test.e";
    uint32_t line = 1;
    for (std::vector<ProbeRequest>& probes : clauses) {
        ClauseCode& clause = program.clauses.emplace_back();
        clause.probes = std::move(probes);
        for (ProbeRequest& probe : clause.probes) {
            probe.site = static_cast<uint32_t>(program.sites.size());
            probe.position = {line, 1};
            program.sites.push_back({probe.text, probe.position});
        }
        line++;
    }
    return program;
}

// The protocol of the test's own language: "even" and "odd" look at the packet's first byte, "bad" is refused.
class ParityFilter final : public PacketFilter {
public:
    explicit ParityFilter(int parity) : parity_(parity) {}
    uint32_t run(const uint8_t* packet, uint32_t captured, uint32_t) const override {
        return captured > 0 && packet[0] % 2 == parity_ ? 1 : 0;
    }

private:
    int parity_;
};
inline Result<std::unique_ptr<PacketFilter>> make_filter(const std::string& expression, const FilterTarget&,
                                                         FilterError&) {
    if (expression.empty()) return std::unique_ptr<PacketFilter>();
    if (expression == "bad") return fail("no such thing");
    return std::unique_ptr<PacketFilter>(std::make_unique<ParityFilter>(expression == "odd" ? 1 : 0));
}

struct Bench {
    EngineLog engine;
    Time time;
    CaptureSink sink;
    std::vector<Problem> problems;

    SessionParts parts() {
        SessionParts parts;
        parts.engine = std::make_unique<LogEngine>(engine);
        parts.clock = std::make_unique<TestClock>(time);
        parts.make_filter = make_filter;
        return parts;
    }
    std::string log() const { return fmt::format("{}", fmt::join(engine.log, "; ")); }
};

}  // namespace probevue::session_tests
