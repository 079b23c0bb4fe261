// Merging: whether the events of a script may be split over threads, shards of captures or hosts so that what the parts
// keep, put together, is the answer of one process; and how it is put together.
//
// What counts is what clauses on events do with a variable. BEGIN runs in each part and in the process that puts them
// together; interval and END clauses run there alone, on the whole.
// - free: they only add to it (`+=`, `-=`, `++`, `--` of integers, append, add_dist, add_distinct, qrange) and nobody
//   asks what came out; or BEGIN alone sets it; or each clause that reads it has set it before; or they leave it alone.
// - window: free, but an interval clause uses it: parts are put together at each firing.
// - flow, pair: in each access the key holds both addresses and both ports, or both addresses, as they are in the
//   packet: all that happens to an element happens in one shard.
// - serial: all else.
// Where a part is all that happens on one host, variables of any class may be kept there: those that interval and END
// clauses use are free or window.
#pragma once

#include <string>

#include "compiler/program/merge_plan.h"
#include "compiler/sema/checked.h"
#include "compiler/source/source.h"

namespace probevue {

MergePlan plan_merging(const checked::Script& script, const Source& source);

// `-d merge`: a line a variable, and one for the script.
std::string dump_merging(const MergePlan& plan);

}  // namespace probevue
