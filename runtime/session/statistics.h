// What --stats shows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/records/sink.h"

namespace probevue {

struct ClauseStatistics {
    std::string probe;     // the clause's first tuple as written
    uint64_t events = 0;   // that its tuples selected
    uint64_t matched = 0;  // and for which its predicate held
};

struct Statistics {
    uint64_t packets = 0;  // seen by the session
    uint64_t events = 0;   // seen that are no packets: intervals, BEGIN and END included
    uint64_t matched = 0;  // clause runs whose predicate held
    std::vector<ClauseStatistics> clauses;

    uint64_t buffer_full = 0;      // lost between kernel and us
    uint64_t interface_drops = 0;  // lost by devices
    uint64_t nested = 0;           // lost as they interrupted the program that was to see them
    uint64_t calls_32bit = 0;      // system calls of 32-bit programs: not shown to any clause
    uint64_t unreadable_link = 0;  // packets of a link type that cannot be read
    uint64_t sink_lost = 0;
    uint64_t recording_lost = 0;  // in a replay: while the recordings were made
    EngineCounters engine;
    uint64_t cut_off = 0;  // packets with a header cut off by a short capture: fields are zero, nothing is lost
    uint64_t without_ethernet = 0;  // packets for clauses that read an Ethernet header, on links without one

    uint64_t elapsed_ns = 0;
    uint64_t cpu_ns = 0;        // of this process
    uint64_t memory_bytes = 0;  // largest resident set

    // What --fail-on-loss looks at.
    uint64_t lost() const;
    // For Sink::statistics. Names of clauses are left out: they have no fixed set of keys.
    std::vector<Statistic> figures() const;
    // What is to be said at the end: a sentence for each stage that lost something, with what to do, and for what a
    // recording does not hold.
    std::vector<std::string> remarks() const;
};

// For reading, a line a figure; figures that are zero are left out, except the first ones.
std::string to_text(const Statistics& statistics);

}  // namespace probevue
