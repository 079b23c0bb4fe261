// Register allocation: one scan over the live intervals (Poletto and Sarkar, "Linear scan register allocation", 1999).
// Jumps go forward only, so that an interval is from the first definition to the last use.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/ir/ir.h"

namespace probevue {

// eBPF registers by what the backend uses them for. r6 holds the context, r0 and r1 are scratch.
namespace machine {
inline constexpr uint8_t scratch = 0;         // also results of calls
inline constexpr uint8_t second_scratch = 1;  // also the first argument
inline constexpr uint8_t context = 6;
inline constexpr uint8_t frame_pointer = 10;
}  // namespace machine

// Where a virtual register lies.
struct RegisterLocation {
    enum class Kind : uint8_t {
        unused,
        reg,      // `index` is an eBPF register
        spilled,  // `index` counts 8-byte words of the spill area
        frame,    // the address of a frame slot: made again at each use (slot `index`, `offset`)
        map,      // a map: made again at each use
    } kind = Kind::unused;
    uint32_t index = 0;
    int32_t offset = 0;
};

struct Allocation {
    std::vector<RegisterLocation> locations;  // by virtual register
    uint32_t spill_words = 0;
};

// Never fails: what finds no register is spilled. The function has to be one that ir::verify() passes.
Allocation allocate(const ir::Function& function);

}  // namespace probevue
