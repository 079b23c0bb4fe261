// A run that prints nothing looks like one that does nothing: on a terminal it says what it waits for, how far a replay
// has come, and after five seconds without output what it does.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/kernel/network.h"
#include "runtime/session/session.h"
#include "runtime/sinks/output.h"

namespace probevue {

// What a run tells on standard error while it goes on. A line that tells of progress is drawn over by the next one,
// and taken away before anything else is written.
class RunTeller {
public:
    // Without `speaks` it says nothing.
    explicit RunTeller(bool speaks) : speaks_(speaks) {}

    // Steps a session until it is over.
    void run(Session& session);
    // This is about to be written, which may show on the same terminal.
    void output_comes(std::string_view text);

private:
    void tell_progress(Session& session, uint64_t now_ns);
    void take_away();

    bool speaks_;
    bool written_ = false;    // since it was last looked at
    bool line_open_ = false;  // what was written last did not end its line
    bool shown_ = false;
    uint64_t started_ns_ = 0;  // CLOCK_MONOTONIC, as is the next
    uint64_t due_ns_ = 0;      // when progress is told of next
};

// Tells of all that is written.
class WatchedOutput final : public Output {
public:
    // `teller` outlives the output.
    WatchedOutput(std::unique_ptr<Output> output, RunTeller& teller) : output_(std::move(output)), teller_(teller) {}
    void write(Stream stream, std::string_view text) override {
        teller_.output_comes(text);
        output_->write(stream, text);
    }
    Status status() const override { return output_->status(); }
    bool closed() const override { return output_->closed(); }
    bool joined() const override { return output_->joined(); }

private:
    std::unique_ptr<Output> output_;
    RunTeller& teller_;
};

// How a run ends besides Ctrl-C; 0: not so.
struct RunEnd {
    uint64_t after_ns = 0;
    uint64_t after_events = 0;
    std::string_view script = {};  // its text, which may call exit()
};

// What a live session waits for, and how it ends; a line for its start. Empty when nothing is waited for.
std::string start_text(const Program& program, const NetworkChoice& network, const RunEnd& end);

// What a session does while it prints nothing: "working: 12 packets seen, 3 matched".
std::string idle_text(const Statistics& statistics);

// What was seen until now, for SIGUSR1: by itself, and as a line of standard error.
std::string so_far(const Statistics& statistics);
std::string figures_text(const Statistics& statistics);

// How far a replay has come: "43 % of 1.2 GB, 1234567 packets, 2100000 a second, 12 s left". Without an end of line.
std::string progress_text(const FileProgress& progress, uint64_t packets, uint64_t elapsed_ns);

}  // namespace probevue
