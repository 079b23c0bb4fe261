// Events of the kernel as a source: records of the ring, put into time order, as event frames.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/kernel/programs.h"
#include "runtime/sources/event_source.h"

namespace probevue {

// By program and tuple bit: what events name the tuple by (BoundProbe::index), or `no_tuple` where the session does not
// want it.
using TupleNumbers = std::vector<std::vector<uint32_t>>;
inline constexpr uint32_t no_tuple = UINT32_MAX;

// `program` outlives the source. Attaches when it is enabled.
Result<std::unique_ptr<EventSource>> kernel_events(const Program& program, std::unique_ptr<KernelPrograms> programs,
                                                   TupleNumbers numbers);

}  // namespace probevue
