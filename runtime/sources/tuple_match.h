// Which tuples an event is for, where no program in the kernel has told: in replays, and beyond the tuples that a
// record has bits for.
#pragma once

#include <cstdint>

#include "compiler/program/program.h"
#include "runtime/sources/event_source.h"

namespace probevue {

// Is an event of the tuple's kind and target (EventShape::target) for the tuple? Its process and its system call
// decide. `counts_apart`: only calls whose arguments the tuple counts as the event's shape does; the others have events
// of their own.
bool concerns(const ProbeRequest& request, const Event& event, bool counts_apart);

// Arguments of the event's frame before the one that the tuple calls __arg1; the event concerns the tuple.
uint16_t skipped_arguments(const ProbeRequest& request, const Event& event);

}  // namespace probevue
