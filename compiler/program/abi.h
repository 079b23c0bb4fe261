// What compiled code for the engine finds behind r1: the one contract between lowering and engine besides helpers.def.
#pragma once

#include <cstddef>
#include <cstdint>

#include "builtins/packet.h"

namespace probevue {

// All addresses are of this process. Filled by the session for each event.
struct EngineContext {
    uint64_t time_ns = 0;      // of the event, CLOCK_REALTIME
    uint64_t packet = 0;       // address of the first byte of the link header; 0 when the event is no packet
    uint64_t captured = 0;     // bytes there
    uint64_t wire_length = 0;  // bytes on the wire
    uint64_t layers[static_cast<size_t>(Layer::count)] = {};      // address of each header, or of zeros
    uint64_t slots[static_cast<size_t>(PacketSlot::count)] = {};  // computed values
    uint64_t fields = 0;                                          // address of the event frame (builtins/event.h)
    uint64_t probe = 0;            // which tuple of the clause fired: index into Program::sites of its text
    uint64_t stack = 0;            // stack trace of the event (Engine::add_stack); 0 when it has none
    uint64_t captured_reads = 0;   // address of CapturedBytes (compiler/program/captured.h)
    uint64_t captured_number = 0;  // how many
};

// Bytes of zeros that absent layers point to.
inline constexpr size_t zero_layer_size = 64;

// Numbers of our own helper functions, far from the kernel's.
inline constexpr int32_t helper_base = 0x10000;

enum class Helper : int32_t {
    first_ = helper_base - 1,
#define HELPER(name, arguments, doc) name,
#include "compiler/program/helpers.def"
#undef HELPER
    end_
};

}  // namespace probevue
