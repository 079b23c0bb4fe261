// What live and replayed sessions share. Private to runtime/session.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "runtime/session/session.h"
#include "runtime/session/timers.h"

namespace probevue {

class LiveStates;
class RecordedAddresses;

// Tells a session of something that is wanted of it: a flag, and a descriptor that wakes those who wait.
class WakingFlag {
public:
    WakingFlag();
    WakingFlag(const WakingFlag&) = delete;
    WakingFlag& operator=(const WakingFlag&) = delete;
    ~WakingFlag();
    void raise() noexcept;
    void lower() noexcept;
    bool raised() const { return raised_.load(std::memory_order_relaxed); }
    int descriptor() const { return descriptor_; }

private:
    std::atomic<bool> raised_ = false;
    int descriptor_;
};

// The tuples of a program, numbered in text order.
std::vector<BoundProbe> bind_probes(const Program& program);

class SessionCore : public Session {
public:
    ExitStatus run() final;
    void request_stop() noexcept final { stop_.raise(); }
    void request_figures() noexcept final { figures_wanted_.raise(); }
    void give_figures() final;
    const Statistics& statistics() const final { return statistics_; }
    Statistics snapshot() final;
    Engine& engine() final { return *engine_; }
    uint64_t reached_ns() const final { return reached_ns_; }

protected:
    // `attachment` without its sources, which are the sessions' own affair.
    SessionCore(const Program& program, SessionOptions options, Sink& sink, SessionParts& parts,
                const Attachment& attachment, std::vector<BoundProbe> probes, std::vector<std::byte> own_frame);

    // The end has come by exit(), a stop, or a closed output.
    bool over() {
        if (dispatcher_.matched() == seen_matched_) return over_ || stop_.raised();
        return look_again() || stop_.raised();
    }
    // The end has come that was set, by a time or a number of events.
    bool at_set_end() const { return at_set_end_; }
    // As many events have been answered as were asked for, or as many files written.
    bool has_enough() const {
        return (options_.end_after_events != 0 && dispatcher_.answered() >= options_.end_after_events) ||
               (options_.tap != nullptr && options_.tap->has_enough());
    }
    void end_here() { over_ = at_set_end_ = true; }
    // Now on the time line that intervals are measured by.
    virtual uint64_t timers_now() const = 0;
    // The user wants the end, and what has happened until now; exit() and a closed output want nothing more.
    bool stopped_by_user() const { return stop_.raised() && !over_; }
    void fire_all(const std::vector<uint32_t>& tuples, uint64_t time_ns);
    // END clauses and all that follows.
    ExitStatus conclude(uint64_t time_ns);
    void flush();
    // The session's clock goes ahead with what is shown, and back only where the system's was set back.
    void reach(uint64_t time_ns) { reached_ns_ = std::max(reached_ns_, time_ns); }
    void reach_back(uint64_t time_ns) { reached_ns_ = std::min(reached_ns_, time_ns); }
    // Of a packet or event that shows, before it is reached: is it after later ones?
    bool is_out_of_order(uint64_t time_ns) const { return time_ns < reached_ns_; }
    void note_order(bool late) { statistics_.out_of_order += late ? 1 : 0; }
    void fire_interval(uint64_t time_ns);
    void report(const Error& error);
    void report(const std::vector<Problem>& problems, MessageKind kind);
    // Tuples whose filter is refused do not fire; the others go on.
    void report(const FilterProblems& problems);

    // Losses of sources, gathered at the end.
    virtual void add_losses(Statistics& statistics) = 0;
    // The same by source and at any time, for who records.
    virtual std::vector<SessionTap::SourceEnd> source_ends() = 0;

    const Program& program_;
    SessionOptions options_;
    Sink& sink_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Clock> clock_;
    WakingFlag stop_;
    WakingFlag figures_wanted_;
    std::vector<BoundProbe> probes_;
    std::vector<uint32_t> at_start_;
    std::vector<uint32_t> at_end_;
    Timers timers_;
    Router router_;
    Statistics statistics_;
    Dispatcher dispatcher_;
    ExitStatus status_ = ExitStatus::ok;
    uint64_t reached_ns_ = 0;  // CLOCK_REALTIME, of the latest that was handled

private:
    bool look_again();
    void flush_tap();
    void complete(Statistics& statistics);

    bool over_ = false;
    bool at_set_end_ = false;
    bool write_failed_ = false;
    bool tap_failed_ = false;
    uint64_t seen_matched_ = 0;
    uint64_t started_ns_;
    uint64_t started_cpu_ns_;
};

// Routes of the interfaces of one source, made when a packet of one first comes.
class SourceRoutes {
public:
    // Null: not made yet, or out of date.
    const Routes* find(uint32_t interface) const {
        return interface < routes_.size() && routes_[interface] ? routes_[interface].get() : nullptr;
    }
    const Routes& set(uint32_t interface, Routes routes);
    void clear() { routes_.clear(); }

private:
    std::vector<std::unique_ptr<Routes>> routes_;
};

// `owned`: a sink that goes with the session; null: `sink` is the caller's.
std::unique_ptr<Session> make_merged(const Program& program, SessionOptions options, Sink& sink,
                                     std::unique_ptr<Sink> owned, SessionParts parts, const Attachment& attachment,
                                     GivenStates given, std::vector<Problem>& problems);
// `states`: what is gathered goes there; null: the session answers.
std::unique_ptr<Session> make_live(const Program& program, SessionOptions options, Sink& sink, SessionParts parts,
                                   Attachment attachment, std::vector<BoundProbe> probes,
                                   std::unique_ptr<LiveStates> states);

}  // namespace probevue
