// The engine: runs compiled clauses in user space. One Machine holds the memory that they share; an Executor
// (interpreter or just-in-time compiler) runs their instructions.
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "builtins/base/address.h"
#include "builtins/base/result.h"
#include "compiler/program/abi.h"
#include "compiler/program/program.h"
#include "runtime/records/sink.h"
#include "runtime/values/associative_array.h"
#include "runtime/values/outside.h"

namespace probevue {

enum class EngineKind : uint8_t { interpreter, jit };

// Reads the kernel's memory at once, for what was not read when the event happened (runtime/kernel has one).
class KernelReader {
public:
    virtual ~KernelReader() = default;
    // All of it or nothing.
    virtual bool read(uint64_t address, std::byte* to, size_t size) = 0;
    // Up to a NUL; returns how many bytes there were, 0 when it cannot be read.
    virtual size_t read_text(uint64_t address, std::span<char> to) = 0;
};

// The addresses of the host whose events are handled: of this one, or of the one that recorded them.
class HostAddresses {
public:
    virtual ~HostAddresses() = default;
    // False: nobody knows them.
    virtual bool known() = 0;
    // Of the addresses that an interface of the host has or has had in this session; `address` is not a mapped one.
    virtual bool contains(const IpAddress& address) = 0;
};

struct EngineOptions {
    EngineKind kind = EngineKind::interpreter;
    uint64_t max_elements = 1'000'000;             // of one associative array
    uint64_t max_threads = 65'536;                 // with thread-local variables
    uint64_t max_summaries = uint64_t{256} << 20;  // bytes of all distributions and counts of different values
    bool live = false;  // processes of events are those of this system: helper functions may look at them
    std::shared_ptr<KernelReader> kernel_reader = nullptr;  // none: it is out of reach
    std::shared_ptr<HostAddresses> addresses = nullptr;     // none: nobody knows them
};

// Counted where it happens; shown by --stats.
struct EngineCounters {
    uint64_t array_full = 0;  // inserts that did not fit
    uint64_t threads_full = 0;
    uint64_t summaries_full = 0;  // values that found no room in a distribution or a count of different values
    uint64_t unreadable = 0;      // reads outside of the packet or of readable memory
    uint64_t unrecorded = 0;      // in a replay: of memory and descriptors at events, which the recording does not hold
    uint64_t unnamed = 0;         // in a replay: addresses of which symbol() could not tell the function
    uint64_t divisions_by_zero = 0;
    uint64_t array_indices = 0;  // outside of their C arrays

    void add(const EngineCounters& other) {
        array_full += other.array_full;
        threads_full += other.threads_full;
        summaries_full += other.summaries_full;
        unreadable += other.unreadable;
        unrecorded += other.unrecorded;
        unnamed += other.unnamed;
        divisions_by_zero += other.divisions_by_zero;
        array_indices += other.array_indices;
    }
    void add(Fault fault, uint64_t times) {
        if (fault == Fault::division_by_zero) divisions_by_zero += times;
        if (fault == Fault::array_index) array_indices += times;
    }
};

struct SavedValues;
struct Machine;

// Who is shown what variables hold at the moment. What is passed stays valid during the call only.
class ValueVisitor {
public:
    virtual ~ValueVisitor() = default;
    // A global variable; `value` is where its bytes begin, as `variable.value` says but for its offset.
    virtual void variable(const VariableDescription& variable, const std::byte* value) = 0;
    // `map`: index into Program::maps; `emptied`: as Engine::emptied().
    virtual void array(uint32_t map, const ArrayLayout& layout, const AssociativeArray& elements, uint64_t emptied) = 0;
};

class Engine {
public:
    // `program` and `sink` outlive the engine. Clauses whose home is the kernel are left out: run() gives false for
    // them.
    static Result<std::unique_ptr<Engine>> create(const Program& program, const EngineOptions& options, Sink& sink);
    virtual ~Engine() = default;

    // Runs one clause for an event. True when its predicate held. Ends the groups and tentative sections that it left
    // open.
    virtual bool run(size_t clause, EngineContext& context, const RecordOrigin& origin) = 0;

    // The session begins to trace at this time of its events' clock, in nanoseconds since the epoch: what rate() counts
    // from.
    virtual void started(uint64_t /*time_ns*/) {}

    // Variables of which a part is kept elsewhere: handed over before probes are enabled, until take_back().
    virtual void hand_over(OutsideValues& /*values*/) {}
    virtual void take_back() {}
    // Finishes what a clause did that ran elsewhere.
    virtual void finish(const Outcome& /*outcome*/, const RecordOrigin& /*origin*/) {}

    // exit() was called.
    virtual bool exit_requested() const = 0;
    // exit_after() was called since the last time this was asked: how long after, in nanoseconds.
    virtual std::optional<uint64_t> take_exit_after() { return std::nullopt; }
    virtual const EngineCounters& counters() const = 0;
    virtual Resolver& resolver() = 0;
    // Shows all global variables and associative arrays, in the order of their declarations, those that are kept in the
    // kernel as they are there now. Thread-local variables are left out.
    virtual void visit(ValueVisitor& /*visitor*/) {}
    // How many times an array has lost all its elements at once: by clear(), or delete() with ANY in each dimension.
    // 0 for what is no array.
    virtual uint64_t emptied(uint32_t /*map*/) const { return 0; }
    // Moves the values of all variables out, for an engine of another program; this one runs nothing until restore().
    virtual void save(SavedValues& /*values*/) {}
    // Takes the values of the variables that the program has, by name and type (runtime/engine/saved_values.h).
    virtual void restore(SavedValues& /*values*/) {}
    // Puts together what parts of a session have gathered, of the same program: runtime/engine/merge_values.h. Both
    // were made by create().
    virtual uint64_t merge(Engine& /*part*/) { return 0; }
    // For who writes values down and reads them (runtime/state); null: an engine without such memory.
    virtual Machine* machine() { return nullptr; }
    // What is kept elsewhere is brought up to date in the engine's memory.
    virtual void look_outside() {}
    // What events have added is forgotten: of variables of this class and beyond.
    virtual void forget_sums(MergeClass /*least*/ = MergeClass::free) {}
    // Keeps a stack trace and gives its identifier for EngineContext::stack: addresses from the innermost frame
    // outwards. 0 when there are too many different ones.
    virtual uint64_t add_stack(int64_t pid, std::span<const uint64_t> kernel, std::span<const uint64_t> user) = 0;
};

// Runs a classic BPF filter (libpcap's output) over packets, translated to eBPF for the engine.
class PacketFilter {
public:
    static Result<std::unique_ptr<PacketFilter>> create(std::span<const sock_filter> code, EngineKind kind);
    virtual ~PacketFilter() = default;
    // Bytes to keep as the filter says; 0: no match.
    virtual uint32_t run(const uint8_t* packet, uint32_t captured, uint32_t wire_length) const = 0;
};

}  // namespace probevue
