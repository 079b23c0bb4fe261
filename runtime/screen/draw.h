// Draws the live screen: a header, the tables by name, the rows of one of them, what has been printed, a line below.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "runtime/screen/grid.h"
#include "runtime/screen/table.h"
#include "runtime/screen/tables.h"

namespace probevue {

// What the header says of the session.
struct ScreenHead {
    std::string what;       // the script
    std::string mode;       // "live", "replay x2", "paused"
    uint64_t clock_ns = 0;  // CLOCK_REALTIME; of a replay, the time in the capture; 0: not known
    uint64_t ran_ns = 0;
    double events = 0;  // by second, packets among them
    uint64_t lost = 0;
};

struct ScreenView {
    ScreenHead head;
    const std::vector<ScreenTables::Shown*>* tables = nullptr;
    size_t chosen = 0;  // of the tables
    RowChoice rows;
    size_t most_rows = 0;                              // of a table; 0: as many as there is room for
    size_t scroll = 0;                                 // rows above the first that is shown
    const std::deque<std::string>* printed = nullptr;  // the last lines that clauses have printed
    uint64_t printed_lines = 0;                        // all of them
    std::string below;                                 // the last line
    bool below_is_loud = false;
    bool help = false;
    bool is_replay = false;
};

// Below this size the screen says only that it is too small.
inline constexpr size_t least_columns = 20;
inline constexpr size_t least_rows = 6;

// Rows of a table that a screen of this size shows, for scrolling.
size_t rows_of_table(const Grid& grid, const ScreenView& view);
void draw(Grid& grid, const ScreenView& view);

// `0:07`, `1:02:03`.
std::string duration_text(uint64_t ns);

}  // namespace probevue
