// Output while the live screen has the terminal: it is kept, within bounds, and written when the screen has gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/sinks/output.h"

namespace probevue {

class KeptOutput final : public Output {
public:
    // What is kept at the most, in bytes: the latest.
    static constexpr size_t most_bytes = size_t{1} << 20;
    // And what the screen shows of it: the last lines of both streams.
    static constexpr size_t shown_lines = 16;

    // `to_terminal`: the data stream ends where the screen is; else it is written at once, and only messages are kept.
    KeptOutput(std::unique_ptr<Output> to, bool to_terminal) : to_(std::move(to)), to_terminal_(to_terminal) {}

    // From now on until release().
    void hold() { held_ = true; }
    // Writes what has been kept. Returns how many earlier lines are left out, for who tells of it: left_out_text().
    uint64_t release();

    void write(Stream stream, std::string_view text) override;
    Status status() const override { return to_->status(); }
    bool closed() const override { return to_->closed(); }
    bool joined() const override { return to_->joined(); }

    const std::deque<std::string>& last_lines() const { return last_; }
    uint64_t lines() const { return lines_; }

private:
    struct Piece {
        Stream stream = Stream::data;
        std::string text;  // a line, or the last one without its end
    };

    void show(std::string_view text);

    std::unique_ptr<Output> to_;
    bool to_terminal_;
    bool held_ = false;
    std::deque<Piece> kept_;
    size_t bytes_ = 0;
    uint64_t left_out_ = 0;
    std::deque<std::string> last_;
    bool open_ = false;  // the last line of last_ has no end yet
    uint64_t lines_ = 0;
};

// For a message; empty when none is left out.
std::string left_out_text(uint64_t lines);

}  // namespace probevue
