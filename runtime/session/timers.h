// Intervals on any time line: of the machine's clock, or of the packets in a replay.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "runtime/probes/probe_manager.h"

namespace probevue {

class Timers {
public:
    static constexpr uint64_t never = UINT64_MAX;
    // Of one interval in a replay: firings with nothing new since the one before that there may be in all, and so many
    // more for each packet and event. A million is eleven days of seconds; more of them come from time stamps that are
    // wrong, and a file of two packets would keep us busy for years.
    static constexpr uint64_t most_idle = 1'000'000;
    static constexpr uint64_t most_idle_a_packet = 100;

    explicit Timers(const std::vector<Timer>& timers);

    // What pop() gives at the end that end_after() has set: no tuple.
    static constexpr uint32_t the_end = UINT32_MAX;
    // A period that belongs to no tuple either, but to the session: of its states.
    static constexpr uint32_t the_state = UINT32_MAX - 1;

    bool empty() const { return timers_.empty() && end_after_ == never && end_ == never; }
    // Nothing is due at any time.
    bool idle() const { return timers_.empty() && end_ == never && end_after_ == never; }
    bool started() const { return started_; }
    // Every interval is due one period after `now`.
    void start(uint64_t now);
    // Every interval is due at the next multiple of its period on another clock, which is `ahead_ns` ahead of the one
    // that times are of, and stands `now` + `ahead_ns` after the epoch. The end is left as it is.
    void align(uint64_t now, int64_t ahead_ns);
    // From then on this one is there too, behind those of tuples.
    void add(Timer timer) { timers_.push_back({timer, never}); }
    // The earliest time at which one is due; never before start().
    uint64_t next_due() const { return std::min(next_due_, end_); }
    // Takes the one that is due at next_due(), in text order when there are several, the end last; returns its tuple.
    uint32_t pop();
    // The end is due so long after `now`, or before start() after that, unless it is due earlier.
    void end_after(uint64_t period_ns, uint64_t now);
    // The clock that times are of was set: what is due is due so much later.
    void shift(int64_t by_ns);
    // For a replay that comes to `now` after so many packets and events: where an interval would be due there oftener
    // than it may, it is due the first time, which shows what came before, and the last time. Returns how many firings
    // are left out.
    uint64_t skip_to(uint64_t now, uint64_t packets);
    // The same for intervals alone: it is the other clock of align() that was set.
    void shift_intervals(int64_t by_ns);

private:
    struct Running {
        Timer timer;
        uint64_t due = never;
        uint64_t left_out = 0;  // periods that pass at once behind the next firing
        uint64_t idle = 0;      // firings so far with nothing new before them
    };
    void find_next();

    std::vector<Running> timers_;
    uint64_t next_due_ = never;   // of an interval
    uint64_t end_ = never;        // when the end is due
    uint64_t end_after_ = never;  // not started: how long after that
    size_t next_ = 0;
    bool started_ = false;
};

}  // namespace probevue
