// What --stats shows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/records/sink.h"
#include "runtime/state/state.h"

namespace probevue {

struct ClauseStatistics {
    std::string probe;     // the clause's first tuple as written
    uint64_t events = 0;   // that its tuples selected
    uint64_t matched = 0;  // and for which its predicate held
};

struct Statistics {
#define MEMBER_OF_session(member) uint64_t member = 0;
#define MEMBER_OF_engine(member)
#define FIGURE(owner, member, ...) MEMBER_OF_##owner(member)
#define LOSS(owner, member, ...) MEMBER_OF_##owner(member)
#include "runtime/session/statistics.def"
#undef MEMBER_OF_session
#undef MEMBER_OF_engine
#undef FIGURE
#undef LOSS
    EngineCounters engine;
    std::vector<ClauseStatistics> clauses;

    // Takes in what another session has counted. Clauses are left as they are: those of two scripts have nothing in
    // common.
    void add(const Statistics& other);
    // Takes in what a part of the same session has counted, with its clauses.
    void add_part(const Statistics& part);
    // A figure by the name that it is shown by; false: there is none.
    bool add_figure(std::string_view name, uint64_t value);
    // What --fail-on-loss looks at.
    uint64_t lost() const;
    // The same by stage, all of them.
    std::vector<Statistic> losses() const;
    // For Sink::statistics. Names of clauses are left out: they have no fixed set of keys.
    std::vector<Statistic> figures() const;
    // What is to be said at the end: a sentence for each stage that lost something, with what to do, and for what a
    // recording does not hold.
    std::vector<std::string> remarks() const;
};

// For a state, but for times and memory, which are of each session by itself.
StateFigures figures_of(const Statistics& statistics);

// For reading, a line a figure; figures that are zero are left out, except the first ones.
std::string to_text(const Statistics& statistics);

}  // namespace probevue
