// A run that prints nothing looks like one that does nothing: after five seconds on a terminal it says what it does.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/kernel/network.h"
#include "runtime/session/session.h"
#include "runtime/sinks/output.h"

namespace probevue {

// Remembers whether anything has been written.
class WatchedOutput final : public Output {
public:
    // `written` outlives the output.
    WatchedOutput(std::unique_ptr<Output> output, bool& written) : output_(std::move(output)), written_(written) {}
    void write(Stream stream, std::string_view text) override {
        written_ = true;
        output_->write(stream, text);
    }
    Status status() const override { return output_->status(); }
    bool closed() const override { return output_->closed(); }
    bool joined() const override { return output_->joined(); }

private:
    std::unique_ptr<Output> output_;
    bool& written_;
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

// Steps a session until it is over. When `announce`, idle_text goes to standard error once, after the first five
// seconds in a row without output.
void run_steps(Session& session, bool announce, bool& written);

}  // namespace probevue
