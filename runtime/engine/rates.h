// rate(): what arrays gained by second since the last look at them.
#pragma once

#include <cstdint>
#include <memory>

#include "compiler/program/record.h"
#include "runtime/values/associative_array.h"

namespace probevue {

struct Machine;
struct MapMemory;

// What an array held when rate() printed it last. As many elements as the array has at the most.
struct RateLook {
    uint64_t time_ns = 0;                      // of the event, since the epoch
    std::unique_ptr<AssociativeArray> values;  // as the array's; null: not looked at yet
};

// Gives the sink each element with a double: its difference to the last look, or to the session's start, over the time
// between, in seconds. A warning and no output where no time has passed. `options.form` is `rates`.
void print_rates(Machine& machine, MapMemory& map, const ArrayPrintOptions& options);

}  // namespace probevue
