// A stream of events: packets of an interface or a file, or what a probe in the kernel saw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"
#include "builtins/event.h"
#include "builtins/probe.h"
#include "compiler/program/captured.h"
#include "runtime/sources/packet.h"
#include "runtime/values/outside.h"

namespace probevue {

struct ProbeRequest;

// What events of one place have in common: which probe they are of, and the fields that their frames have.
struct EventShape {
    struct Field {
        EventField field;
        bool absent = false;  // the place has no such thing: always 0
    };
    ProbeKind kind = ProbeKind::begin;
    std::string
        target;  // which of its kind, see event_target(); empty: there is but one; `*`: the field `function` says
    // Arguments that the call has before the first one of the frame: 0, but in recordings made before tuples that count
    // arguments in different ways (SystemCall::skipped) shared their events.
    uint16_t skipped = 0;
    std::vector<Field> fields;
};

// What tells the events of a tuple from others of its kind: the name of a function, a system call, a tracepoint.
std::string event_target(const ProbeRequest& request);

// One event. Its bytes stay valid until the source moves on.
struct Event {
    uint64_t time_ns = 0;  // CLOCK_REALTIME
    bool is_packet = true;
    PacketView packet;                          // of a packet
    uint32_t probe = 0;                         // of any other event: the tuple that fired (BoundProbe::index)
    const std::byte* fields = nullptr;          // event frame (builtins/event.h)
    uint16_t skipped = 0;                       // arguments of the frame before the first one that the tuple counts
    uint64_t stack = 0;                         // Engine::add_stack, 0: none
    std::span<const CapturedBytes> reads = {};  // what was read for clauses when it happened, stacks too
    int64_t pid = 0;
    int64_t tid = 0;
    uint32_t cpu = 0;                   // that it happened on
    const EventShape* shape = nullptr;  // one of the source's shapes()
    bool again = false;                 // the event is that of the one before, for another tuple
    Outcome outcome;                    // of a clause that has run in the kernel; none: it is to be run
};

// What a clause that runs in the kernel has counted of itself; `probe` is BoundProbe::index.
struct KernelCount {
    uint32_t probe = 0;
    uint64_t events = 0;
    uint64_t matched = 0;
};

// Events that were lost before they could be read.
struct SourceLosses {
    uint64_t buffer_full = 0;      // between kernel and us
    uint64_t interface_drops = 0;  // by the device or its driver
    uint64_t nested = 0;           // passed over by the kernel: their program was at work on the same processor
    uint64_t calls = 0;            // calls of which one end was not seen
    uint64_t calls_32bit = 0;      // system calls of 32-bit programs, which no clause can be shown
    uint64_t filters = 0;          // packets that a filter could not be held against
    uint64_t owners = 0;           // uses and ends of sockets that could not be noted; no event is lost
    uint64_t packets = 0;          // packets that were numbered late; nothing is lost
};

// Events of one source stand in time order; the session merges the sources.
class EventSource {
public:
    enum class State : uint8_t { ready, waiting, ended };

    virtual ~EventSource() = default;
    // Starts to deliver. Nothing that happened before is seen.
    virtual Status enable() { return {}; }
    // Is there an event? Never waits. While it is ready, head() is the event, and stays until pop().
    virtual State peek() = 0;
    virtual const Event& head() const = 0;
    virtual void pop() = 0;

    // Becomes readable when there may be events; -1 when there is no such thing.
    virtual int descriptor() const { return -1; }
    // peek() must be called again within so long, even if the descriptor does not become readable.
    virtual uint64_t look_again_ns() const { return UINT64_MAX; }
    // An event shows here at most so long after it happened; for merging.
    virtual uint64_t delay_ns() const { return 0; }
    // Is there an event that is known to have happened and that peek() cannot show yet? A buffer that the kernel hands
    // over late holds such ones longer than delay_ns().
    virtual bool is_behind() { return false; }
    // After `ended`: why.
    virtual Status status() const { return {}; }
    virtual std::string_view name() const = 0;
    // The interface that packets name by number; null when there is none.
    virtual const PacketInterface* interface(uint32_t) const { return nullptr; }
    // Of all events that are no packets; valid as long as the source.
    virtual std::span<const EventShape> shapes() const { return {}; }
    virtual SourceLosses losses() { return {}; }

    // Ends delivery for good: what happened before can still be read.
    virtual void disable() {}
    // Variables of clauses that run where the events come from; null: there are none.
    virtual OutsideValues* values() { return nullptr; }
    virtual std::vector<KernelCount> counts() const { return {}; }
};

}  // namespace probevue
