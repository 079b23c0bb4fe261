// What sessions and clauses do not get to see of the kernel, counted by its programs.
#pragma once

#include <cstdint>

namespace probevue {

// Entries of the map of counters (KernelMap::Use::lost).
enum class KernelLoss : uint32_t {
    ring_full,    // records that found the ring full
    calls,        // beginnings or ends of calls whose other end, or whose arguments, could not be seen
    calls_32bit,  // system calls in the convention of 32-bit programs, whose numbers and arguments are others
    filters,      // packets of which a filter looks at what the program cannot read, or what they do not have
    owners,       // sockets whose ends found no room: packets are nobody's, or their listener's
    packets,      // packets that had no number yet where they must have come by another place before
};
inline constexpr uint32_t kernel_loss_count = 6;

}  // namespace probevue
