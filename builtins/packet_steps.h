// Where packets begin, go on and end: small programs note there which is which, so that `__pkt->id` is the same for one
// packet wherever it comes by. They are loaded only for scripts that read it (compiler/hooks/packet_ids.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "builtins/hooks.h"

namespace probevue {

enum class StepKind : uint8_t {
    queued,    // a device or a protocol has put the packet into the queue of those that arrive
    received,  // it is handed to the protocols
    sent,      // it is put into the queue of a device
    freed,     // its buffer is about to be freed: what runs there runs behind the programs of events
    leaves,    // its bytes are about to be copied to another place, or to get one of their own
    settles,   // they have been
};

// The first argument is the packet buffer.
struct PacketStep {
    HookPoint point;  // tracepoint, entry or exit
    std::string_view target;
    StepKind kind;
};

std::span<const PacketStep> packet_steps();
// Null: the tracepoint is none of them.
const PacketStep* step_at(std::string_view tracepoint);
// "tracepoint net_dev_queue"
std::string describe(const PacketStep& step);

}  // namespace probevue
