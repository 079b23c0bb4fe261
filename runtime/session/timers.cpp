#include "runtime/session/timers.h"

#include <utility>

namespace probevue {
namespace {

// Saturates: a time that cannot be reached is never.
uint64_t later(uint64_t time, uint64_t by) { return time > Timers::never - by ? Timers::never : time + by; }

}  // namespace

Timers::Timers(const std::vector<Timer>& timers) {
    for (const Timer& timer : timers) {
        if (timer.period_ns > 0) timers_.push_back({timer});
    }
}

void Timers::start(uint64_t now) {
    started_ = true;
    for (Running& running : timers_) running.due = later(now, running.timer.period_ns);
    if (end_after_ != never) end_ = later(now, std::exchange(end_after_, never));
    find_next();
}

void Timers::find_next() {
    next_due_ = never;
    for (size_t i = 0; i < timers_.size(); i++) {
        // Of several that are due the first in text order stays.
        if (timers_[i].due >= next_due_) continue;
        next_due_ = timers_[i].due;
        next_ = i;
    }
}

void Timers::end_after(uint64_t period_ns, uint64_t now) {
    if (started_)
        end_ = std::min(end_, later(now, period_ns));
    else
        end_after_ = std::min(end_after_, period_ns);
}

uint32_t Timers::pop() {
    // Intervals that are due with the end come before it.
    if (end_ < next_due_) {
        end_ = never;
        return the_end;
    }
    Running& running = timers_[next_];
    // From the time at which it was due, not from now: no interval drifts.
    running.due = later(running.due, running.timer.period_ns * (std::exchange(running.left_out, 0) + 1));
    uint32_t probe = running.timer.probe;
    find_next();
    return probe;
}

void Timers::align(uint64_t now, int64_t ahead_ns) {
    const uint64_t elsewhere = now + static_cast<uint64_t>(ahead_ns);
    for (Running& running : timers_) {
        const uint64_t period = running.timer.period_ns;
        // The multiple behind now, also when now is one itself.
        running.due = later(elsewhere, period - elsewhere % period);
        if (running.due != never) running.due -= static_cast<uint64_t>(ahead_ns);
    }
    find_next();
}

void Timers::shift_intervals(int64_t by_ns) {
    for (Running& running : timers_) {
        // Modulo 2^64: `by_ns` may be negative.
        if (running.due != never) running.due += static_cast<uint64_t>(by_ns);
    }
    if (started_) find_next();
}

void Timers::shift(int64_t by_ns) {
    shift_intervals(by_ns);
    if (end_ != never) end_ += static_cast<uint64_t>(by_ns);
}

uint64_t Timers::skip_to(uint64_t now, uint64_t packets) {
    now = std::min(now, end_);
    uint64_t all = 0;
    for (Running& running : timers_) {
        if (running.due >= now) continue;
        const uint64_t idle = (now - running.due) / running.timer.period_ns;
        // Never below 0: so much was allowed when `running.idle` grew, and packets only become more.
        if (idle <= most_idle + most_idle_a_packet * packets - running.idle) {
            running.idle += idle;
        } else {
            // Of the firings that are due the first takes place, pop() passes over these, and then comes the last.
            running.left_out = idle - 1;
            all += running.left_out;
        }
    }
    return all;
}

}  // namespace probevue
