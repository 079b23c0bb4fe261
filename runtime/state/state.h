// What a part of a session has gathered, written down: a state (docs/state-format.md). Lines of JSON, compressed by
// zstd. A head says of what script, which part of what stream, and by whom; then come, for each window, the values of
// the variables that can be put together and the lines that clauses have printed; an end holds the figures of the
// session, the number of lines and their hash, so that a state is whole or none.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "compiler/program/program.h"

namespace probevue {

inline constexpr uint64_t state_version = 1;

// The text that so many bytes of a file may make. States that probevue writes are 5 to 40 times smaller than their
// text; a few kilobytes that make gigabytes are made to fill memory.
constexpr uint64_t most_state_text(uint64_t written) {
    constexpr uint64_t always = uint64_t{16} << 20;
    constexpr uint64_t times = 200;
    constexpr uint64_t most = uint64_t{4} << 30;
    return written > (most - always) / times ? most : always + written * times;
}

// What a session has seen, and which state of it this is.
struct StatePart {
    std::string host;       // that it was gathered on
    std::string run;        // UUID of the session
    uint64_t sequence = 0;  // of several states of one session, each of which holds all since its beginning: from 0
    std::string stream;     // hash of the files of a replay; empty: live
    uint32_t shard = 1;     // from 1 to `shards`
    uint32_t shards = 1;

    bool operator==(const StatePart&) const = default;
};

// The first line.
struct StateHead {
    std::string program;  // hash of what the values mean: program_hash()
    std::string script;   // its name, for messages
    std::vector<std::string> arguments;
    std::vector<StatePart> parts;  // one, or those that were put together
    uint64_t begin_ns = 0;         // of the earliest stream, CLOCK_REALTIME

    // Of one live session, not put together from several.
    bool of_host() const { return parts.size() == 1 && parts.front().stream.empty(); }
};

// An interval clause that was due when a window ended.
struct StateDue {
    uint64_t time_ns = 0;
    uint32_t tuple = 0;  // of all tuples, in text order
};

// The end of a window, or of the state.
struct StateWindow {
    std::vector<StateDue> due;  // in their order; empty: the state ends here
    uint64_t position = 0;      // packets of the stream before it
    uint64_t reached_ns = 0;    // time of the stream, CLOCK_REALTIME
};

// The last line. Figures of --stats by name, and of each clause how often it ran and its predicate held.
struct StateFigures {
    std::vector<std::pair<std::string, uint64_t>> figures;
    std::vector<std::pair<uint64_t, uint64_t>> clauses;
    // Of a live session: the next state is due so long after this one (nanoseconds); 0: this is the last.
    uint64_t next_after_ns = 0;
    // The first time that is known, where the head's `begin_ns` is 0: rates count from it. 0: there is none, or the
    // head has it.
    uint64_t started_ns = 0;
};

// The same for programs whose values can be put together: of the script's text as it was compiled, and of the layout
// of its variables. Hexadecimal.
std::string program_hash(const Program& program, std::string_view text);

// Of a session, or a stream that is cut into files: random (RFC 9562, version 4).
std::string new_uuid();

// The hash of what files hold: their sizes and first and last bytes; a UUID when one of them cannot be read twice, and
// so is like no other.
std::string stream_hash(const std::vector<std::string>& paths);

}  // namespace probevue
