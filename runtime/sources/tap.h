// What a session shows to one who follows it: for recordings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/sources/event_source.h"
#include "runtime/sources/packet.h"

namespace probevue {

class SessionTap {
public:
    // What a source has lost; `interface` is null for one of events.
    struct SourceEnd {
        const PacketInterface* interface = nullptr;
        SourceLosses losses;
    };

    virtual ~SessionTap() = default;

    // Before anything happens: what will be seen. The references stay valid as long as the session.
    virtual void interface(const PacketInterface& /*interface*/) {}
    virtual void shape(const EventShape& /*shape*/) {}

    // BEGIN. `process`: the event frame of the process that the session is of.
    virtual void begin(uint64_t /*time_ns*/, const std::byte* /*process*/) {}
    // From here intervals count.
    virtual void timers(uint64_t /*time_ns*/) {}
    // An interval has fired; what follows may still be older.
    virtual void reached(uint64_t /*time_ns*/) {}
    // The system's clock was set.
    virtual void shifted(uint64_t /*time_ns*/, int64_t /*by_ns*/) {}

    // A packet that a tuple selected; once, however many did.
    virtual void packet(const PacketView& /*packet*/, const PacketInterface& /*interface*/) {}
    // An event that is no packet, with a shape; once, whatever the number of its tuples.
    virtual void event(const Event& /*event*/) {}

    // What sources have lost until now, for who asks in between; before begin(), and good until end().
    virtual void ask_losses(std::function<std::vector<SourceEnd>()> /*losses*/) {}
    // It wants no more: the session ends as at an end that was set.
    virtual bool has_enough() const { return false; }
    // Where it writes, if somebody reads there who may go away: an error of it (POLLERR) wakes the session, which
    // flushes. -1: nowhere.
    virtual int descriptor() const { return -1; }
    // Nobody reads any more, and that is no error: the session ends as when its output is closed.
    virtual bool closed() const { return false; }

    // END.
    virtual void end(uint64_t /*time_ns*/, std::span<const SourceEnd> /*sources*/) {}
    // Now and then. An error ends the session.
    virtual Status flush() { return {}; }
};

}  // namespace probevue
