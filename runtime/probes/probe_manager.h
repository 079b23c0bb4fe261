// Probe managers: who knows how a kind of probe is listed, checked and attached. They stand in one array
// (managers.cpp); nothing else tells kinds of probe apart.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "builtins/base/result.h"
#include "builtins/probe.h"
#include "compiler/program/program.h"
#include "runtime/sources/event_source.h"
#include "runtime/sources/packet_owners.h"

namespace probevue {

// One tuple of the script, with the number that events name it by.
struct BoundProbe {
    const ProbeRequest* request = nullptr;
    const ClauseCode* clause = nullptr;
    uint32_t index = 0;  // of all tuples, in text order
};

// An error about a place in the script.
struct Problem {
    SourcePosition position;
    Error error;
};

// A process that waits to become a program (-X).
struct StartedProgram {
    int64_t pid = 0;  // 0: there is none
    std::string program;
};

struct AttachOptions {
    uint32_t buffer_kb = 0;    // of each buffer between kernel and us; 0: the manager's own choice
    uint32_t read_ms = 0;      // how long the kernel may gather events; 0: the manager's own choice
    uint32_t snap_length = 0;  // bytes kept of each packet; 0: what the script needs
    StartedProgram started = {};
    int network = -1;  // network namespace whose interfaces are seen, the caller's descriptor; -1: this process' own
    const Program* program =
        nullptr;                // set by the session: for managers that attach what the compiler made for the kernel
    uint64_t max_elements = 0;  // so too: of an associative array that is kept in the kernel
};

struct Timer {
    uint32_t probe = 0;  // BoundProbe::index
    uint64_t period_ns = 0;
};

// What attaching gives. What is attached is owned by its sources: it is detached when they go.
struct Attachment {
    std::vector<uint32_t> at_start;  // tuples that fire once before all others (BoundProbe::index)
    std::vector<uint32_t> at_end;    // and once after
    std::vector<Timer> timers;
    std::vector<uint32_t> packets;  // tuples that each packet is held against
    std::vector<uint32_t> events;   // replay: tuples that recorded events are held against
    std::vector<std::unique_ptr<EventSource>> sources;
    std::unique_ptr<PacketOwners> owners;  // when clauses of packets read whose they are
};

// A line of `-l`.
struct ListedPoint {
    std::string point;  // as it stands in a script
    std::string doc;
    std::string hook;                         // what it would attach to here
    std::vector<std::string> arguments = {};  // what clauses there are handed, a line each: "__arg1 struct sock *sk"
};

class ProbeManager {
public:
    virtual ~ProbeManager() = default;
    // The kinds that are its own; no other manager has them.
    virtual ProbeSet kinds() const = 0;
    virtual std::vector<ListedPoint> list() const = 0;
    // The points that a form among those stands for, by their names; listed when a pattern asks for them.
    virtual std::vector<ListedPoint> list_named() const { return {}; }
    // Fills in their arguments, as far as they are known.
    virtual void add_arguments(std::vector<ListedPoint>&) const {}
    // Finds out whether the tuple can be had on this system, without attaching anything.
    virtual void check(const BoundProbe&, const AttachOptions&, std::vector<Problem>&) const {}
    // Attaches tuples of its kinds. Nothing is delivered before EventSource::enable().
    virtual void attach(std::span<const BoundProbe> probes, const AttachOptions& options, Attachment& attachment,
                        std::vector<Problem>& problems) const = 0;
    // The same for a replay: events come from files, so there is nothing to attach to, and every tuple that files can
    // serve is taken note of. Unless a manager says otherwise its tuples are served by recorded events.
    virtual void attach_replay(std::span<const BoundProbe> probes, Attachment& attachment,
                               std::vector<Problem>& problems) const;
};

std::span<const ProbeManager* const> probe_managers();
// Null when there is none.
const ProbeManager* find_manager(ProbeKind kind);

// Tuples that the compiler could not serve on this kernel (Program::kernel_refusals).
void report_refusals(std::span<const BoundProbe> probes, const Program& program, std::vector<Problem>& problems);

// What clauses of packets that read whose they are need of the kernel (Program::packet_owners), where none of its
// events is traced besides. `probes`: their tuples.
void attach_packet_owners(std::span<const BoundProbe> probes, const AttachOptions& options, Attachment& attachment,
                          std::vector<Problem>& problems);

// Rows of probe_points() of these kinds, for managers whose points do not depend on the system.
std::vector<ListedPoint> listed_points(ProbeSet kinds, std::string_view hook);

}  // namespace probevue
