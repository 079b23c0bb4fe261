// A session: runs a Program on what its probes see, or on files.
//
// In order: BEGIN clauses, events of all sources merged by time and intervals between them, END clauses. A packet runs
// each clause once for every tuple that selects it, in text order. Live it ends with request_stop(), exit(), or when
// nothing more can happen (no interval, no source left); a replay ends with its files.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "compiler/program/program.h"
#include "runtime/engine/engine.h"
#include "runtime/probes/probe_manager.h"
#include "runtime/session/clock.h"
#include "runtime/session/dispatcher.h"
#include "runtime/session/routes.h"
#include "runtime/session/statistics.h"
#include "runtime/sinks/sink.h"

namespace probevue {

struct SessionOptions {
    std::vector<std::string> replay;  // files, `-` is standard input; empty: live
    EngineOptions engine;
    AttachOptions attach;
    bool fail_on_loss = false;
    PacketTap* tap = nullptr;  // outlives the session
};

// What a session is made of besides its program. Tests put their own in; nullptr or empty takes the product's.
struct SessionParts {
    std::unique_ptr<Engine> engine;
    std::unique_ptr<Clock> clock;
    MakeFilter make_filter;
    // In place of what attaching (live) or opening files (replay) would give.
    std::vector<std::unique_ptr<EventSource>> sources;
};

class Session {
public:
    // Checks every probe, prepares the engine, attaches or opens files; no clause has run yet. `program` and `sink`
    // outlive the session. Null when there are problems: all of them are told, each with its place in the script (none
    // for files).
    static std::unique_ptr<Session> create(const Program& program, SessionOptions options, Sink& sink,
                                           std::vector<Problem>& problems, SessionParts parts = {});
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

    // Ends the session as the first Ctrl-C does. From any thread, or from a signal handler.
    virtual void request_stop() noexcept = 0;
    // Up to date once finish() has returned; while running, without times and losses.
    virtual const Statistics& statistics() const = 0;
};

}  // namespace probevue
