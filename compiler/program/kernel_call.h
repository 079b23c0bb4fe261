// A record of the ring that is of no event: a program in the kernel calls for the session, because its tallies grow
// (KernelMap::Use::tally) and it may hand over nothing else. It is a KernelRecord and nothing more.
#pragma once

#include <cstdint>

namespace probevue {

inline constexpr uint16_t kernel_call = 0x8000;  // KernelRecord::kind, beside those of KernelOutcome
// Elements that a program makes on a processor between two calls: few beside what a tally holds.
inline constexpr uint32_t elements_a_call = 256;

}  // namespace probevue
