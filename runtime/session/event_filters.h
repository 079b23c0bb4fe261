// Filters of events in a replay: what a program in the kernel would have asked is asked of the recorded packets.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>

#include "runtime/engine/engine.h"
#include "runtime/probes/probe_manager.h"
#include "runtime/sources/event_source.h"

namespace probevue {

class EventFilters {
public:
    // Of those `tuples` that have one, by BoundProbe::index in `probes`.
    EventFilters(std::span<const BoundProbe> probes, std::span<const uint32_t> tuples, EngineKind kind);

    // Does the event's packet, as far as it was recorded, match the tuple's filter? A tuple without one takes all.
    bool let_pass(uint32_t tuple, const Event& event);
    // Packets without the link header that a filter asks for.
    uint64_t untold() const { return untold_; }
    // A filter that the engine refuses; its tuple takes nothing.
    const std::vector<Problem>& problems() const { return problems_; }

private:
    struct Made {
        std::unique_ptr<PacketFilter> ethernet;
        std::unique_ptr<PacketFilter> raw;
    };
    std::map<uint32_t, Made> filters_;
    std::vector<Problem> problems_;
    uint64_t untold_ = 0;
};

}  // namespace probevue
