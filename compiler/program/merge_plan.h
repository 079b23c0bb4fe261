// How what a script keeps is put together from parts: from threads, from shards of a capture, from hosts. Found out by
// compiler/merge, part of the Program.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/program/record.h"
#include "compiler/program/shard_key.h"

namespace probevue {

// How the events of a script may be split so that the parts, put together, are the answer of one process. In the order
// of what they ask for: a script is of the last class of its variables.
enum class MergeClass : uint8_t {
    free,    // in any way
    window,  // in any way between two firings of an interval
    flow,    // by a hash of both addresses and both ports
    pair,    // by a hash of both addresses
    serial,  // not at all
};
std::string_view to_string(MergeClass of);

// What is done with the value that a part has.
enum class MergeRule : uint8_t {
    none,   // nothing: events leave nothing there that others use, or BEGIN alone sets it, which every part runs
    sum,    // what events have added is added up
    table,  // elements are put together; the same key in two parts would be an error
};

struct MergeVariable {
    std::string name;
    MergeClass merge_class = MergeClass::free;
    MergeRule rule = MergeRule::none;
    bool array = false;       // an associative array; else a global variable or list
    bool answered = false;    // interval or END clauses use it: they need what all parts have gathered
    std::string reason;       // one sentence
    SourcePosition position;  // of what makes it so
};

// What no variable has to do with: a call that only one process can answer.
struct MergeObstacle {
    MergeClass merge_class = MergeClass::serial;
    std::string reason;
    SourcePosition position;
    bool of_hosts = true;  // also where each part is all that happens on one host
};

struct MergePlan {
    std::vector<MergeVariable> variables;  // in the order of their declarations; arrays behind the others
    std::vector<MergeObstacle> obstacles;
    ShardKey key;         // what flow and pair are split by
    bool prints = false;  // clauses on events print

    const MergeVariable* find(std::string_view name, bool array) const;
    MergeClass merge_class() const;
    // What makes it so, with the place; none for a script that is free.
    MergeObstacle reason() const;
    // The same for parts that are hosts: each sees all of its own events, so that only what intervals and END use has
    // to be put together. Free, window or serial.
    MergeObstacle reason_of_hosts() const;
    // Has each state of a live session windows or printed lines of its own, beside what all have since the beginning?
    bool tells_in_pieces() const;
};

}  // namespace probevue
