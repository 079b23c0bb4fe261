// What a session shows of itself: losses, events, processor time and memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/session/statistics.h"

namespace probevue {

// Every name that these and the reader of variables write by themselves: none is left for a variable.
std::span<const std::string_view> own_names();

struct OwnFigures {
    bool up = true;             // false: the session is over, and these are its last
    uint64_t memory_bytes = 0;  // resident
    uint64_t push_failures = 0;
};

// The head of the family that the reader of variables fills: `probevue_series_dropped`.
void append_dropped_head(std::string& to);
void append_own(std::string& to, const Statistics& statistics, const OwnFigures& figures);

// Resident memory of this process in bytes; 0: /proc does not tell.
uint64_t resident_memory();

}  // namespace probevue
