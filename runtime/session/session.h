// A session: runs a Program on what its probes see, or on files.
//
// In order: BEGIN clauses, events of all sources merged by time and intervals between them, END clauses. A packet runs
// each clause once for every tuple that selects it, in text order. Live it ends with request_stop(), exit(), or when
// nothing more can happen (no interval, no source left); a replay ends with its files.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/program/program.h"
#include "runtime/engine/engine.h"
#include "runtime/probes/probe_manager.h"
#include "runtime/records/sink.h"
#include "runtime/session/clock.h"
#include "runtime/session/dispatcher.h"
#include "runtime/session/routes.h"
#include "runtime/session/statistics.h"
#include "runtime/sources/byte_stream.h"
#include "runtime/sources/shard.h"
#include "runtime/state/reader.h"
#include "runtime/state/streams.h"

namespace probevue {

// What a session does with a clause; for interactive ones, whose clauses come and go.
enum class ClauseUse : uint8_t {
    whole,
    begun,  // it has been there before: BEGIN does not fire again
    idle,   // it is checked, and nothing of it fires
};

struct SessionOptions {
    std::vector<std::string> replay;  // files, `-` is standard input; empty: live
    Shard shard;                      // replay: the part whose packets and events clauses run for
    ShardKey shard_key;               // by which the parts are made
    bool skip_bad = false;            // replay: files that cannot be read are left out, and make the status run_time
    EngineOptions engine;
    AttachOptions attach;
    uint32_t jobs = 1;  // replay: threads; more than 1 for scripts alone that are not serial
    // What is gathered goes into a state, END and intervals are left to who puts states together.
    struct StateOut {
        std::string path;       // `-` is standard output
        StateHead head;         // but for its `begin_ns`
        uint64_t every_ns = 0;  // live: so often, at multiples of it since the epoch; 0: at the end alone
    };
    std::optional<StateOut> state_out = {};
    // Of states that come on streams: END clauses run so often on what is known then, besides at the end; at multiples
    // of it since the epoch. 0: they do not.
    uint64_t answer_every_ns = 0;
    // And whether a state is of this program, with its arguments.
    std::function<Status(const StateText&)> is_same_program = {};
    uint32_t turn_packets = 1'024;  // of several jobs: so many packets are one's, then the next one's
    bool fail_on_loss = false;
    uint64_t end_after_events = 0;     // events and packets that clauses ran for, intervals apart; 0: no end is set
    uint64_t end_after_ns = 0;         // so long after probes are enabled, or after the first packet; 0: no end is set
    SessionTap* tap = nullptr;         // outlives the session
    bool tap_matched = false;          // replay: shown only what a predicate held for
    std::vector<ClauseUse> uses = {};  // by clause; those beyond the end are used whole
    int wake_descriptor = -1;          // live: step() returns when it is readable
    uint32_t step_packets = 4096;      // replay: packets at a step
    // Given what was seen until then, whenever request_figures() asks for it; called by who runs the session.
    std::function<void(const Statistics&)> show_figures = {};
    // Live: whether a tuple is for the packets of an interface; empty: by the names in the tuple.
    std::function<bool(const ProbeRequest&, const PacketInterface&)> wanted = {};
};

// What a session is made of besides its program. Tests put their own in; nullptr or empty takes the product's.
struct SessionParts {
    std::unique_ptr<Engine> engine;
    std::unique_ptr<Clock> clock;
    MakeFilter make_filter;
    // In place of what attaching (live) or opening files (replay) would give.
    std::vector<std::unique_ptr<EventSource>> sources;
};

// What a session on states is given.
struct GivenStates {
    std::vector<StateText> states;          // those that count: choose_states(); none with `streams`
    std::vector<StateText> older;           // of live sessions: their windows and lines count
    uint64_t lost_states = 0;               // that are not there
    std::vector<StateStreams::News> news;   // with `streams`: what has been read from them already
    std::unique_ptr<StateStreams> streams;  // by which states of live sessions come; null: all are there
};

class Session {
public:
    // Checks every probe, prepares the engine, attaches or opens files; no clause has run yet. `program` and `sink`
    // outlive the session. Null when there are problems: all of them are told, each with its place in the script (none
    // for files).
    static std::unique_ptr<Session> create(const Program& program, SessionOptions options, Sink& sink,
                                           std::vector<Problem>& problems, SessionParts parts = {});
    // A session on states in place of events: BEGIN clauses, then what the parts have gathered and printed, intervals
    // at the ends of their windows, END clauses. With SessionOptions::state_out all that is written down again. With
    // streams it goes on until they end, or is stopped; a window ends when all live sessions that are heard of have
    // told theirs.
    static std::unique_ptr<Session> create_merged(const Program& program, SessionOptions options, Sink& sink,
                                                  GivenStates given, std::vector<Problem>& problems);
    virtual ~Session() = default;

    // All of it: start(), step() until it is over, finish(). Problems on the way go to the sink as messages.
    virtual ExitStatus run() = 0;

    // The same in steps, for an interactive session.
    // BEGIN clauses, then the probes are enabled.
    virtual void start() = 0;
    // Works through what is there, and waits at most so long for more. False when the session is over. A replay works
    // through some thousand packets at a step.
    virtual bool step(uint64_t timeout_ns) = 0;
    // END clauses, then everything is written.
    virtual ExitStatus finish() = 0;

    // For a session that takes over from another one, without losing packets or seeing them twice:
    //     new.enable(); old.drain(that); old.engine().save(values); new.engine().restore(values); new.start();
    // Lets live sources deliver before start(); gives the time from which on this session handles what they deliver
    // (CLOCK_REALTIME).
    virtual uint64_t enable() { return 0; }
    // Handles what happened until then and no more; no END clauses run. The session is over.
    virtual void drain(uint64_t /*until_ns*/) {}
    virtual Engine& engine() = 0;

    // A replay that is shown as it goes: step() returns, and goes no further, before what happened at `time_ns`
    // (CLOCK_REALTIME) or later; UINT64_MAX: it goes on. What clauses do is the same. Nothing of it in a live session.
    virtual void hold_at(uint64_t /*time_ns*/) {}
    // The last step() ended there.
    virtual bool held() const { return false; }
    // The time of the latest that was handled, CLOCK_REALTIME; 0: nothing yet.
    virtual uint64_t reached_ns() const = 0;

    // Ends the session as the first Ctrl-C does. From any thread, or from a signal handler.
    virtual void request_stop() noexcept = 0;
    // SessionOptions::show_figures is called soon, and the session goes on. From any thread, or from a signal handler.
    virtual void request_figures() noexcept = 0;
    // Calls it now if it has been asked for: for who runs the session and has to wait for something else, such as the
    // reader of the output.
    virtual void give_figures() = 0;
    // Up to date once finish() has returned; while running, without times and losses.
    virtual const Statistics& statistics() const = 0;
    // With the losses of this moment.
    virtual Statistics snapshot() = 0;
    // How far it has come, for messages about what went wrong there: "after 12 packets and 3 other events".
    virtual std::string place() const;
    // Of a replay, over all its files; size 0 when that of any is unknown, or live.
    virtual FileProgress progress() const { return {}; }
};

}  // namespace probevue
