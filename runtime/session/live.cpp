// A session on live sources, merged by time: an event waits until no other source can still come with an earlier one.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "runtime/session/core.h"
#include "runtime/session/live_states.h"

namespace probevue {
namespace {

constexpr uint64_t second_ns = 1'000'000'000;
constexpr uint64_t flush_every_ns = second_ns / 10;
// Events between two looks at the clock while there is no end of them.
constexpr int batch = 256;
// How long the end waits for events that are known of and do not come.
constexpr uint64_t most_behind_ns = 2 * second_ns;
// And how long the events of other sources wait for them, beyond the delay of their source, and how often it is looked.
constexpr uint64_t most_late_ns = second_ns / 10;
constexpr uint64_t look_again_after_ns = 1'000'000;
// By so much a clock is kept in step at a time; beyond it, it was set.
constexpr int64_t most_slewed_ns = 10'000'000;
// By so much an event may be stamped ahead of the clock: it waits that long.
constexpr uint64_t most_ahead_ns = second_ns / 10;

struct Live {
    std::unique_ptr<EventSource> source;
    SourceRoutes routes;
    SourceLosses losses;
    bool ready = false;
    bool ended = false;
};

class LiveSession final : public SessionCore {
public:
    LiveSession(const Program& program, SessionOptions options, Sink& sink, SessionParts parts, Attachment attachment,
                std::vector<BoundProbe> probes, std::unique_ptr<LiveStates> states)
        : SessionCore(program, std::move(options), sink, parts, attachment, std::move(probes), own_event_frame()),
          states_(std::move(states)) {
        std::vector<std::unique_ptr<EventSource>>& given = parts.sources.empty() ? attachment.sources : parts.sources;
        for (std::unique_ptr<EventSource>& source : given) sources_.emplace_back().source = std::move(source);
        owners_ = std::move(attachment.owners);
        dispatcher_.set_owners(owners_.get());
    }

    void start() override {
        const uint64_t now = clock_->realtime_ns();
        reach(now);
        sink_.set_start(now);
        if (options_.tap != nullptr) announce(now);
        fire_all(at_start_, now);
        if (states_ != nullptr) states_->begin(*engine_, now);
        if (!over()) enable_sources();
        look_at_clock();
        timers_.start(monotonic_);
        if (states_ != nullptr) begin_windows();
        engine_->started(clock_->realtime_ns());
        if (options_.tap != nullptr) options_.tap->timers(stamp_of(monotonic_));
        flush_now();
    }

    uint64_t enable() override {
        enable_sources();
        handle_after_ = clock_->realtime_ns();
        return handle_after_;
    }

    void drain(uint64_t until_ns) override {
        drain_rest(until_ns);
        flush();
    }

    bool step(uint64_t timeout_ns) override {
        const uint64_t now = clock_->monotonic_ns();
        const uint64_t until = timeout_ns > UINT64_MAX - now ? UINT64_MAX : now + timeout_ns;
        for (;;) {
            give_figures();
            look_at_clock();
            int handled = run_due(batch);
            if (over() || !alive()) return false;
            if (monotonic_ >= flush_due_) flush_now();
            if (handled < batch) look_at_clock();
            if (monotonic_ >= until) return true;
            if (handled == batch) continue;
            if (wait(until)) return true;
        }
    }

    ExitStatus finish() override {
        uint64_t end = clock_->realtime_ns();
        for (Live& live : sources_) live.source->disable();
        if (stopped_by_user()) drain_rest(end);
        engine_->take_back();
        // exit() ends the session at the time of what called it, however late we were to see that; so does an end that
        // was set.
        if (engine_->exit_requested() || at_set_end()) end = 0;
        reach(end);
        add_losses(statistics_);
        if (options_.tap != nullptr) options_.tap->end(reached_ns_, ends());
        sources_gone_ = true;
        sources_.clear();
        if (states_ != nullptr) {
            at_end_.clear();  // END is of who puts states together
            if (!broken_) write_state(true);
        }
        return conclude(reached_ns_);
    }

private:
    uint64_t timers_now() const override { return clock_->monotonic_ns(); }

    // When nothing is left that could ever happen, the session is over.
    bool alive() const {
        return !timers_.empty() ||
               std::any_of(sources_.begin(), sources_.end(), [](const Live& live) { return !live.ended; });
    }

    // Intervals are measured by one clock and stamped by the other. How far apart they are changes only when the
    // system's clock is set: what else shows comes from the time between two looks.
    void look_at_clock() {
        constexpr int64_t tolerated_ns = 100'000;
        constexpr int most_looks = 4;
        int64_t offset = 0;
        for (int look = 0; look < most_looks; ++look) {
            monotonic_ = clock_->monotonic_ns();
            realtime_ = clock_->realtime_ns();
            offset = static_cast<int64_t>(realtime_ - monotonic_);
            if (offset_known_ && std::abs(offset - offset_) <= tolerated_ns) return;
            if (clock_->monotonic_ns() - monotonic_ < tolerated_ns) break;
        }
        if (offset_known_ && options_.tap != nullptr) options_.tap->shifted(realtime_, offset - offset_);
        const int64_t moved = offset - offset_;
        if (offset_known_ && std::abs(moved) > most_slewed_ns) clock_was_set(moved);
        if (states_ != nullptr && offset_known_ && timers_.started()) {
            if (std::abs(moved) <= most_slewed_ns)
                timers_.shift_intervals(-moved);
            else
                timers_.align(monotonic_, offset);
        }
        offset_ = offset;
        offset_known_ = true;
    }

    void clock_was_set(int64_t by_ns) {
        sink_.message(MessageKind::note,
                      fmt::format("the clock of the system was set {:.3f} s {}: times of events follow it",
                                  static_cast<double>(std::abs(by_ns)) / second_ns, by_ns < 0 ? "back" : "ahead"));
        if (by_ns >= 0) return;
        reach_back(realtime_);
        handle_after_ = std::min(handle_after_, realtime_);
    }

    // What stamps events is never ahead of the clock. An event that is was stamped before the clock was set back.
    bool is_ahead(const Event& event) {
        if (event.time_ns <= realtime_ + most_ahead_ns) return false;
        look_at_clock();
        return event.time_ns > realtime_ + most_ahead_ns;
    }
    // When an event was, for its place among others: of a time before the clock was set back, before all of them.
    uint64_t order_of(const Event& event) { return is_ahead(event) ? 0 : event.time_ns; }

    // Windows of all hosts end at the same times.
    void begin_windows() {
        if (options_.state_out->every_ns != 0) timers_.add({Timers::the_state, options_.state_out->every_ns});
        timers_.align(monotonic_, offset_);
    }

    void interval(uint64_t time_ns) {
        if (states_ != nullptr)
            end_window(time_ns);
        else
            fire_interval(time_ns);
    }

    // All that is due at this time.
    void end_window(uint64_t time_ns) {
        reach(time_ns);
        std::vector<StateDue> due;
        bool states = false;
        while (stamp_of_due() == time_ns && !at_set_end()) {
            const uint32_t tuple = timers_.pop();
            if (tuple == Timers::the_end)
                end_here();
            else if (tuple == Timers::the_state)
                states = true;
            else
                due.push_back({time_ns, tuple});
        }
        if (!due.empty()) states_->end_window(*engine_, std::move(due), time_ns);
        if (states) write_state(false);
    }

    void write_state(bool last) {
        const Result<bool> written = states_->write(*engine_, snapshot(), reached_ns_, last);
        if (written && *written) return;
        broken_ = true;
        if (!written) report(written.error());
        end_here();
    }

    uint64_t stamp_of(uint64_t monotonic) const { return monotonic + static_cast<uint64_t>(offset_); }
    uint64_t stamp_of_due() const {
        const uint64_t due = timers_.next_due();
        return due == Timers::never ? Timers::never : stamp_of(due);
    }

    // What there will be to see.
    void announce(uint64_t now) {
        for (const Live& live : sources_) {
            if (const PacketInterface* interface = live.source->interface(0)) options_.tap->interface(*interface);
            for (const EventShape& shape : live.source->shapes()) options_.tap->shape(shape);
        }
        options_.tap->begin(now, dispatcher_.own_frame());
    }

    void look_at_losses() {
        for (Live& live : sources_) {
            if (!live.ended) live.losses = live.source->losses();
        }
    }

    // As they were when they were looked at last.
    std::vector<SessionTap::SourceEnd> ends() const {
        std::vector<SessionTap::SourceEnd> out;
        for (const Live& live : sources_) out.push_back({live.source->interface(0), live.losses});
        return out;
    }

    std::vector<SessionTap::SourceEnd> source_ends() override {
        look_at_losses();
        return ends();
    }

    void end(Live& live, const Error& error) {
        live.ended = true;
        report(error);
    }

    // Looks at every source; the one with the earliest event, or null. `when` is that event's place in the order.
    Live* earliest(uint64_t& when) {
        Live* first = nullptr;
        when = Timers::never;
        for (Live& live : sources_) {
            if (live.ended) continue;
            if (!live.ready) {
                EventSource::State state = live.source->peek();
                live.ready = state == EventSource::State::ready;
                if (state == EventSource::State::ended) {
                    live.losses = live.source->losses();
                    live.ended = true;
                    if (!live.source->status()) report(live.source->status().error());
                    continue;
                }
            }
            if (!live.ready) continue;
            const uint64_t order = order_of(live.source->head());
            if (first != nullptr && order >= when) continue;
            first = &live;
            when = order;
        }
        return first;
    }

    // When an event of this time may run: no source without an event at hand can still bring an earlier one.
    uint64_t release_time(uint64_t time_ns) const {
        uint64_t release = 0;
        for (const Live& live : sources_) {
            if (!live.ended && !live.ready) release = std::max(release, time_ns + live.source->delay_ns());
        }
        return release;
    }

    // Has a source events that it cannot show yet, although its delay is over? Asked once for each look at the clock.
    bool is_late() {
        if (late_asked_ != realtime_) late_ = is_behind();
        late_asked_ = realtime_;
        return late_;
    }

    // Runs what is due, at most so many events; returns how many.
    int run_due(int most) {
        int handled = 0;
        next_release_ = Timers::never;
        while (handled < most && !over()) {
            uint64_t when = 0;
            Live* first = earliest(when);
            uint64_t due = stamp_of_due();
            uint64_t time = std::min(when, due);
            if (time == Timers::never) break;
            const bool interval_first = due <= time;
            uint64_t release = std::max(release_time(time), interval_first ? due : 0);
            if (release > realtime_) {
                next_release_ = release;
                break;
            }
            if (realtime_ < release + most_late_ns && is_late()) {
                next_release_ = realtime_ + look_again_after_ns;
                break;
            }
            if (!interval_first)
                take(*first);
            else
                interval(time);
            handled++;
        }
        return handled;
    }

    // The event at hand. One that several tuples have comes once for each: the last of them ends a session that has
    // enough.
    void take(Live& live) {
        handle(live);
        live.source->pop();
        live.ready = false;
        if (!has_enough()) return;
        live.ready = live.source->peek() == EventSource::State::ready;
        if (!live.ready || !live.source->head().again) end_here();
    }

    void handle(Live& live) {
        const Event& event = live.source->head();
        if (event.time_ns <= handle_after_) return;
        if (!is_ahead(event)) {
            note_order(is_out_of_order(event.time_ns));
            reach(event.time_ns);
        }
        if (event.outcome.kind != Outcome::Kind::none) return dispatcher_.outcome(event);
        if (!event.is_packet) {
            dispatcher_.event(event);
            return;
        }
        const PacketInterface* interface = live.source->interface(event.packet.interface);
        if (interface == nullptr) return;
        const Routes* routes = live.routes.find(event.packet.interface);
        if (routes == nullptr) routes = &route(live, event.packet.interface, *interface);
        dispatcher_.packet(event.packet, *routes);
    }

    const Routes& route(Live& live, uint32_t number, const PacketInterface& interface) {
        // A tuple that lists `any` is served by that alone.
        auto wanted = [&](const ProbeRequest& request) {
            if (options_.wanted) return options_.wanted(request, interface);
            return names_interface(request, "any") ? interface.name == "any" : names_interface(request, interface.name);
        };
        FilterProblems problems;
        const Routes& routes = live.routes.set(number, router_.routes(interface, wanted, problems));
        report(problems);
        return routes;
    }

    void flush_now() {
        if (states_ != nullptr) states_->take_lines(*engine_);
        flush();
        flush_due_ = clock_->monotonic_ns() + flush_every_ns;
    }

    void enable_sources() {
        if (enabled_) return;
        enabled_ = true;
        for (Live& live : sources_) {
            if (OutsideValues* values = live.source->values()) engine_->hand_over(*values);
            if (Status enabled = live.source->enable(); !enabled) end(live, enabled.error());
        }
    }

    // Idle: what has been written goes out first. True when the wake descriptor is readable.
    bool wait(uint64_t until) {
        flush_now();
        uint64_t timeout = until - monotonic_;
        if (next_release_ != Timers::never) {
            timeout = std::min(timeout, next_release_ > realtime_ ? next_release_ - realtime_ : 0);
        }
        std::vector<pollfd>& fds = descriptors_;
        fds.clear();
        fds.push_back({stop_.descriptor(), POLLIN, 0});
        fds.push_back({figures_wanted_.descriptor(), POLLIN, 0});
        for (const Live& live : sources_) {
            // One whose event has to wait would be readable all the time.
            if (live.ended || live.ready) continue;
            if (live.source->descriptor() >= 0) fds.push_back({live.source->descriptor(), POLLIN, 0});
            timeout = std::min(timeout, live.source->look_again_ns());
        }
        if (options_.tap != nullptr) fds.push_back({options_.tap->descriptor(), 0, 0});
        if (options_.wake_descriptor >= 0) fds.push_back({options_.wake_descriptor, POLLIN, 0});
        clock_->wait(fds, timeout);
        return options_.wake_descriptor >= 0 && fds.back().revents != 0;
    }

    bool is_behind() {
        return std::any_of(sources_.begin(), sources_.end(),
                           [](const Live& live) { return !live.ended && !live.ready && live.source->is_behind(); });
    }

    // Ctrl-C: what happened before it and has not shown yet still counts, intervals included.
    void drain_rest(uint64_t stopped) {
        look_at_clock();
        // Also for sources that have an event at hand: others wait behind it that cannot be seen yet.
        uint64_t delay = 0;
        for (const Live& live : sources_) delay = live.ended ? delay : std::max(delay, live.source->delay_ns());
        const uint64_t deadline = monotonic_ + delay;
        while (!engine_->exit_requested() && !sink_.closed() && !at_set_end()) {
            give_figures();
            // Before the look at the sources: what comes between the two is seen by the next look.
            const uint64_t now = clock_->monotonic_ns();
            const bool last_look = now >= deadline && (now >= deadline + most_behind_ns || !is_behind());
            uint64_t time = 0;
            Live* first = earliest(time);
            const uint64_t due = stamp_of_due();
            if (!last_look && (first == nullptr || is_behind())) {
                constexpr uint64_t nap_ns = 2'000'000;
                clock_->wait({}, nap_ns);
            } else if (due <= time && due <= stopped) {
                interval(due);
            } else if (first == nullptr) {
                return;
            } else if (time > stopped) {
                first->ended = true;  // the rest of it came later
                first->losses = first->source->losses();
            } else {
                take(*first);
            }
        }
    }

    void add_losses(Statistics& statistics) override {
        if (sources_gone_) return;
        look_at_losses();
        for (Live& live : sources_) {
            statistics.buffer_full += live.losses.buffer_full;
            statistics.interface_drops += live.losses.interface_drops;
            statistics.nested += live.losses.nested;
            statistics.calls += live.losses.calls;
            statistics.calls_32bit += live.losses.calls_32bit;
            statistics.unfiltered += live.losses.filters;
            statistics.owners += live.losses.owners;
            statistics.numbered_late += live.losses.packets;
            for (const KernelCount& count : live.source->counts()) dispatcher_.add(count, statistics);
        }
    }

    std::vector<Live> sources_;
    std::unique_ptr<PacketOwners> owners_;
    const std::unique_ptr<LiveStates> states_;  // null: END and intervals run here
    bool broken_ = false;                       // a state could not be written, or has no reader
    std::vector<pollfd> descriptors_;
    uint64_t monotonic_ = 0;
    uint64_t realtime_ = 0;
    int64_t offset_ = 0;  // what the second is ahead of the first
    bool offset_known_ = false;
    uint64_t next_release_ = Timers::never;
    uint64_t late_asked_ = 0;  // realtime_ then
    bool late_ = false;
    uint64_t flush_due_ = 0;
    bool sources_gone_ = false;
    bool enabled_ = false;
    uint64_t handle_after_ = 0;  // CLOCK_REALTIME; the session before has handled what is older
};

}  // namespace

std::unique_ptr<Session> make_live(const Program& program, SessionOptions options, Sink& sink, SessionParts parts,
                                   Attachment attachment, std::vector<BoundProbe> probes,
                                   std::unique_ptr<LiveStates> states) {
    return std::make_unique<LiveSession>(program, std::move(options), sink, std::move(parts), std::move(attachment),
                                         std::move(probes), std::move(states));
}

}  // namespace probevue
