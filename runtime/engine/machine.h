// Machine: the memory that the clauses of a program share, and the event that is being handled. Helper functions work
// on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "builtins/event.h"
#include "compiler/program/abi.h"
#include "compiler/program/captured.h"
#include "compiler/program/program.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/indents.h"
#include "runtime/engine/process.h"
#include "runtime/engine/rates.h"
#include "runtime/engine/stack.h"
#include "runtime/values/associative_array.h"
#include "runtime/values/intern.h"
#include "runtime/values/range.h"
#include "runtime/values/summaries.h"
#include "runtime/values/thread_table.h"

namespace probevue {

// The memory of one map of the program; which member is used depends on its kind.
struct MapMemory {
    MapKind kind = MapKind::array;
    std::vector<uint64_t> block;              // globals, rodata: in words, for alignment
    std::unique_ptr<AssociativeArray> array;  // array
    const ArrayLayout* layout = nullptr;      // array
    RateLook look;                            // array: of rate()
    uint64_t emptied = 0;                     // array: times that all elements went at once

    std::byte* bytes() { return reinterpret_cast<std::byte*>(block.data()); }
    const std::byte* bytes() const { return reinterpret_cast<const std::byte*>(block.data()); }
};

// Not copied, not moved: code holds addresses into it. `program` and `sink` outlive it.
struct Machine {
    Machine(const Program& program, const EngineOptions& options, Sink& sink);
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    const Program& program;
    const EngineOptions options;
    Sink& sink;
    EngineCounters counters;

    std::vector<MapMemory> maps;  // as Program::maps
    ThreadTable threads;
    RangeTable ranges;
    Summaries summaries;
    InternTable<std::string> paths;
    InternTable<StackTrace> stacks;
    Indents indents;
    ArrayPrintOptions print_defaults;  // of set_aso_print_options()
    std::vector<bool> warned;          // by site
    ProcessReader processes;
    const std::unique_ptr<Symbolizer> symbolizer = std::make_unique<Symbolizer>();
    uint64_t started_ns = 0;  // when the session began to trace, on the time line of its events; 0: not yet
    bool exit_requested = false;
    std::optional<uint64_t> exit_after_ns;  // of exit_after(), until the session has taken note

    // The event, set by Engine::run.
    EngineContext* context = nullptr;
    const RecordOrigin* origin = nullptr;
    const ClauseCode* clause = nullptr;
    bool sections_open = false;  // the clause started a group or a tentative section

    // Map of an array's address, as code passes it; null when it is none.
    MapMemory* map_of(uint64_t array);
    // An integer of the event frame; 0 when the event has no frame.
    uint64_t event_word(EventField field) const;
    // The process of the event when it can be looked at: 0 in replay, and in events without one.
    int64_t live_process() const { return options.live ? static_cast<int64_t>(event_word(EventField::pid)) : 0; }
    // What was read for the clause when the event happened: bytes that begin at an address, or a descriptor. Null: it
    // was not read then.
    const CapturedBytes* captured(CapturedKind kind, uint64_t key, size_t size);
    const CapturedDescriptor* captured_descriptor(uint64_t number);
    KernelReader* kernel_reader() const { return options.live ? options.kernel_reader.get() : nullptr; }
    std::string_view site_text(uint64_t site) const;
    // The tuple that fired; null when the session did not say.
    const ProbeRequest* fired() const;
};

// Of a hash table whose keys come from the network.
uint64_t random_seed();

// The empty memory of an array, and of the thread-local variables of a program.
std::unique_ptr<AssociativeArray> empty_array(const ArrayLayout& layout, const EngineOptions& options);
ThreadTable empty_threads(const Program& program, const EngineOptions& options);

// Gives back what a handle of a value of this kind stands for; nothing to do for kinds without handles.
void release_handle(Machine& machine, FieldKind kind, uint64_t handle);
inline bool is_handle(FieldKind kind) {
    return kind == FieldKind::range || kind == FieldKind::dist || kind == FieldKind::distinct;
}

// A function that compiled code calls by number.
using HelperFunction = uint64_t (*)(Machine&, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

// Null when there is none with this number.
HelperFunction find_helper(int32_t number);

// --- for helper functions ---

inline std::byte* pointer(uint64_t address) { return reinterpret_cast<std::byte*>(address); }
inline uint64_t address_of(const void* p) { return reinterpret_cast<uint64_t>(p); }
// Text of at most `size` bytes, up to its first NUL.
std::string_view text_at(uint64_t address, uint64_t size);
// Fills `to_size` bytes with text, cut or padded with NULs.
void put_text(uint64_t to, uint64_t to_size, std::string_view text);

}  // namespace probevue
