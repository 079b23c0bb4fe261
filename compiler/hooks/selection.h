// What of a tuple decides, before its predicate, whether an event is for it: the process, the system call, the filter
// of its packet. Private to compiler/hooks.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "compiler/hooks/hook.h"
#include "compiler/hooks/packet_filter.h"

namespace probevue {

struct Selection {
    std::optional<int64_t> pid;           // none: all
    std::vector<SystemCall> calls;        // empty: all
    const EventFilter* filter = nullptr;  // null: every packet

    bool selects() const { return pid.has_value() || !calls.empty() || filter != nullptr; }
    // Nothing but a filter, and the same one.
    bool filters_as(const Selection& other) const {
        return filter != nullptr && other.filter != nullptr && *filter == *other.filter && !pid && calls.empty();
    }
};

// What all tuples of the program go by. Rejects probevue's own system calls: printing them would cause more.
void prepare_selection(Hook& hook);

// Rejects calls of 32-bit programs, which no tuple is for, and counts them (KernelLoss::calls_32bit): those of the
// processes, or of all when there are none.
void reject_32bit_calls(Hook& hook, const std::set<int64_t>& processes);

// Jumps to `other` when the event is not for the tuple. `packet`: of a tuple with a filter.
void write_selection(Hook& hook, const Selection& selection, const std::optional<FilteredPacket>& packet,
                     ir::Label other);

}  // namespace probevue
