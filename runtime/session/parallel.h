// A replay on several threads. Private to runtime/session.
//
// Each thread has a replay of its own over the same files and runs the clauses for its part of the packets: every
// so many in turn, or those of a hash where elements of tables have to stay together. All read the same stream, so they
// stop at the same packet without asking each other: where an interval is due, where the input ends, and every so many
// packets. There what they have given out is put into the order of the packets, and before intervals and at the end
// what they have gathered is merged into the first one, which alone runs BEGIN for all to see, intervals and END.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "runtime/session/part_sink.h"
#include "runtime/session/replay.h"

namespace probevue {

// Makes a replay whose output goes to the sink. Null: the problems are told.
using MakeReplay = std::function<std::unique_ptr<Replay>(Sink& sink, std::vector<Problem>& problems)>;

// The script is not serial. With SessionOptions::state_out for one thread as well: what is gathered is written down in
// place of what is merged at the end.
std::unique_ptr<Session> make_parallel(const Program& program, const SessionOptions& options, Sink& sink,
                                       const MakeReplay& make, std::vector<Problem>& problems);

}  // namespace probevue
