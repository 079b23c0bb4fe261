// The states of a live session (--state-out): what it has gathered, told again and again while it goes on. Private to
// runtime/session.
//
// Each holds what variables have had added since the session began, but for what intervals use: that is told window by
// window, and the windows and printed lines of a state are those since the state before. So one state that does not
// come costs its windows and its lines alone.
#pragma once

#include <cstdint>
#include <future>
#include <optional>
#include <unordered_set>
#include <vector>

#include "runtime/session/part_sink.h"
#include "runtime/session/session.h"
#include "runtime/state/writer.h"

namespace probevue {

class LiveStates {
public:
    // `sink` takes the messages; what clauses print goes into states. Both outlive this object.
    LiveStates(const Program& program, SessionOptions::StateOut out, Sink& sink);

    // Where the session prints to.
    Sink& sink() { return kept_; }

    // BEGIN clauses have run: what they have printed and added is of who puts states together.
    void begin(Engine& engine, uint64_t time_ns);
    // What has been printed until now is compressed; called now and then.
    void take_lines(Engine& engine);
    // Intervals are due: their window ends.
    void end_window(Engine& engine, std::vector<StateDue> due, uint64_t reached_ns);
    // Writes a state while the session goes on. Where the reader has not taken the one before yet, none is made: the
    // next one holds what it would have held. `last`: no other follows, and it waits until all is written. Error: a
    // state cannot be written, this one or the one before. False: their reader has gone away.
    Result<bool> write(Engine& engine, const Statistics& figures, uint64_t reached_ns, bool last);

private:
    StateWriter& begun();  // the state that comes next

    const Program& program_;
    SessionOptions::StateOut out_;
    Sink& messages_;
    PartSink kept_;
    std::unordered_set<std::string> said_;
    std::optional<StateWriter> writer_;
    std::future<Result<bool>> writing_;  // of the state before
    uint64_t window_ = 1;                // that goes on: the position of its lines
};

}  // namespace probevue
