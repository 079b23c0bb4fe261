// The live screen without a terminal: what it shows of a session, and what keys do. runtime/screen/run.h puts it on
// one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "runtime/screen/draw.h"
#include "runtime/screen/kept_output.h"
#include "runtime/screen/keys.h"
#include "runtime/screen/screen_sink.h"
#include "runtime/screen/tables.h"
#include "runtime/session/statistics.h"

namespace probevue {

struct LiveScreenOptions {
    std::string what;      // the script, for the header
    size_t most_rows = 0;  // of a table; 0: as many as there is room for
    bool is_replay = false;
    std::string chosen = {};                    // the table to begin with; empty: one that has something
    std::string folder = ".";                   // where pictures go
    std::string time_mark = {};                 // of their names; empty: the time of day
    std::function<uint64_t()> print_time = {};  // by the clock of set_time(), of what is printed; empty: that itself
};

class LiveScreen final : public PrintWatcher {
public:
    // `output`: whose last lines are shown; null: there is none. All outlive this.
    LiveScreen(const Program& program, Engine& engine, const KeptOutput* output, LiveScreenOptions options);

    // Of the moment, before anything is printed or drawn: `now_ns` by a clock that does not go back, of a replay that
    // of the capture.
    void set_time(uint64_t now_ns) { now_ns_ = now_ns; }
    // Reads values for a frame; none is read while the screen is paused.
    void frame(const Statistics& statistics, uint64_t clock_ns);
    // What goes on, for the header.
    void set_mode(std::string mode) { mode_ = std::move(mode); }

    enum class Wish : uint8_t { none, quit, faster, slower, to_end, repaint };
    Wish press(const KeyPress& key, const Grid& shown);
    bool paused() const { return paused_; }
    Grid picture(size_t columns, size_t rows, bool ascii);
    // Said in the last line until the next key.
    void say(std::string text, bool loud);

    void printed(const ArrayLayout& layout, std::span<const ElementView> elements) override;
    void printed(const TableLayout& layout, std::span<const std::byte* const> rows) override;

private:
    ScreenView view();
    size_t chosen() const;
    void choose(size_t table);
    Wish press_character(char32_t code, const Grid& shown);
    void type(const KeyPress& key);
    void sort_by(SortBy by);
    void next_figure();
    void scroll(const KeyPress& key, const Grid& shown);
    void save(const Grid& shown);
    std::string hint() const;

    LiveScreenOptions options_;
    const KeptOutput* output_;
    ScreenTables tables_;
    RowChoice rows_;
    std::string chosen_;  // name of the table that the user has chosen; empty: none yet
    size_t scroll_ = 0;
    bool paused_ = false;
    bool help_ = false;
    bool typing_ = false;  // the filter
    std::string said_;
    bool said_loud_ = false;
    std::string mode_ = "live";
    uint64_t now_ns_ = 0;
    uint64_t started_ns_ = 0;
    uint64_t frame_ns_ = 0;
    uint64_t events_ = 0;
    bool any_frame_ = false;
    ScreenHead head_;
};

}  // namespace probevue
