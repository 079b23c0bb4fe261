// Program: all that passes from the compiler to the run time.
#pragma once

#include <linux/bpf.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "builtins/packet.h"
#include "builtins/probe.h"
#include "builtins/unknown.h"
#include "compiler/program/drop_reasons.h"
#include "compiler/program/filter.h"
#include "compiler/program/kernel_program.h"
#include "compiler/program/merge_plan.h"
#include "compiler/program/record.h"
#include "compiler/program/system_calls.h"
#include "compiler/program/table.h"

namespace probevue {

// What a tuple means, in the words of it that are the script's own; one structure a family of managers.
struct PacketProbe {
    std::vector<std::string> interfaces;  // Linux names; "any" is every interface
    Protocol protocol = Protocol::any;
    std::string filter;              // tcpdump expression
    SourcePosition filter_position;  // of the filter's first character
    bool interface_left_out = false;
};

struct IntervalProbe {
    uint64_t ms = 0;
    std::vector<uint32_t> cpus;  // empty: no CPU list
};

struct UserFunctionProbe {
    std::string program;  // its path; empty: the tuple names a process, or none
    std::string module;   // empty: all
    std::string name;     // or /ERE/
};

struct KernelFunctionProbe {
    std::string name;  // or pattern
};

struct SystemCallProbe {
    std::string name;               // "*": all
    std::vector<SystemCall> calls;  // the ways into the kernel that are meant; empty: all
};

struct TracepointProbe {
    std::string name;
};

struct ProcessProbe {
    std::string event;  // the last word: "exit"
};

// None: the kind says all.
using ProbeSubject = std::variant<std::monostate, PacketProbe, IntervalProbe, UserFunctionProbe, KernelFunctionProbe,
                                  SystemCallProbe, TracepointProbe, ProcessProbe, EventFilter>;

// One probe tuple of a clause, resolved as far as the compiler can without touching the system.
struct ProbeRequest {
    ProbeKind kind = ProbeKind::begin;
    const ProbePointRow* point = nullptr;  // the row of probe_points() that it matched
    std::string text;                      // as written, for get_probe()
    uint32_t site = 0;                     // of `text` in Program::sites: goes into EngineContext::probe
    SourcePosition position;
    std::optional<int64_t> pid;  // managers of processes; none: `*`
    ProbeSubject subject;

    // Null: the tuple is of another family.
    template <class Subject>
    const Subject* as() const {
        return std::get_if<Subject>(&subject);
    }
    // For who reads the words of a tuple.
    template <class Subject>
    Subject& fill() {
        Subject* known = std::get_if<Subject>(&subject);
        return known != nullptr ? *known : subject.emplace<Subject>();
    }
    // Of a tuple on packets.
    const PacketProbe& packets() const { return std::get<PacketProbe>(subject); }
    // The last word that is the script's own: of a function, a system call, a tracepoint, a process' event; else empty.
    const std::string& name() const;
    // Of a system call; none: all, or the tuple is of another family.
    const std::vector<SystemCall>& calls() const;
    // 0: no interval.
    uint64_t interval_ms() const;
};

// A variable of the kernel that the script reads. Its address stands in rodata; 0 as long as it is not known.
struct KernelSymbol {
    std::string name;
    uint32_t offset = 0;  // bytes
};

enum class Home : uint8_t { engine, kernel };

// The maps that instructions refer to. A 64-bit immediate load with src_reg BPF_PSEUDO_MAP_FD and the map's index gives
// the map, with BPF_PSEUDO_MAP_VALUE the address of its memory (globals, rodata) plus the second half's immediate.
enum class MapKind : uint8_t {
    globals,  // one block of memory, zero at first: global variables, lists
    rodata,   // one block of constant memory: string literals and the like
    threads,  // thread id -> block of thread-local variables
    array,    // an associative array; `layout` says more
};

// A variable with its name, as it lies in the block of its map (globals, threads).
struct VariableDescription {
    std::string name;
    std::string type;          // as in messages: "String[20]"
    RecordField value;         // offset in the block
    uint32_t size = 8;         // bytes in the block
    uint32_t flag_offset = 0;  // threads: the byte that says that the thread has the variable
    Home home = Home::engine;
    bool only_added_to = false;  // as in MapDescription
    VariableFacts facts = {};
};

struct MapDescription {
    MapKind kind = MapKind::array;
    uint32_t key_size = 0;
    uint32_t value_size = 0;                          // globals, rodata: size of the block
    std::vector<uint8_t> contents;                    // rodata
    ArrayLayout layout;                               // array
    std::vector<VariableDescription> variables = {};  // globals, threads: in the order of their declarations
    // Kernel: clauses use it that run there. The engine has what its own clauses see of it.
    Home home = Home::engine;
    // Those clauses only add to it: the kernel keeps what was added since the engine last looked, for each program and
    // processor by itself.
    bool only_added_to = false;
};

// A range variable. What its slots are is said at run time by set_range and add_range.
struct RangeDescription {
    std::string name;
};

// Text of a warning or of an identifier that code refers to by index.
// What goes wrong while a clause runs and ends nothing: warned of once a site, and counted.
enum class Fault : uint8_t { none, division_by_zero, array_index };

struct Site {
    std::string text;
    SourcePosition position;
    Fault fault = Fault::none;
};

// A field of events that a clause reads, and where.
struct FieldRead {
    EventField field;
    SourcePosition position;
};

struct ClauseCode {
    std::vector<ProbeRequest> probes;
    Home home = Home::engine;
    std::string home_reason;            // one sentence for `-d place`
    std::vector<uint32_t> looks_at;     // in the engine: maps that clauses in the kernel write, and this one uses
    std::vector<bpf_insn> code;         // for its home; returns 1 when the predicate held, else 0
    std::vector<SourcePosition> lines;  // one an instruction
    uint32_t frame_size = 512;          // bytes below r10
    uint32_t packet_bytes = 0;          // bytes of a packet that it may look at; ~0u: all
    bool reads_packet = false;          // headers, values computed from them, or bytes
    PacketDepth depth = PacketDepth::headers;        // how far packets have to be parsed for it
    std::vector<FieldRead> reads;                    // each field once, where it is read first
    std::optional<SourcePosition> reads_ethernet;    // where it first reads an address of the Ethernet header
    std::optional<SourcePosition> reads_ether_type;  // where it first reads the type there
    SourcePosition position;
};

// Does the clause read any of the fields that are `of_kind`?
inline bool reads_any(const ClauseCode& clause, bool (*of_kind)(EventField)) {
    return std::any_of(clause.reads.begin(), clause.reads.end(),
                       [&](const FieldRead& read) { return of_kind(read.field); });
}

// Does the clause read the process whose a socket or a packet is (`__owner`)?
inline bool reads_owner(const ClauseCode& clause) { return reads_any(clause, is_of_owner); }

// Events that need no program in the kernel, which sends messages of them (HookPoint::message).
struct KernelMessages {
    const HookRow* hook = nullptr;
    std::vector<TupleIndex> tuples;  // that want them, in text order
};

struct Program {
    std::string script_name;
    std::vector<ClauseCode> clauses;   // in text order
    std::vector<MapDescription> maps;  // 0 is globals, 1 rodata, 2 threads; associative arrays follow
    std::vector<RangeDescription> ranges;
    std::vector<RecordLayout> records;
    std::vector<ArrayPrintOptions> print_options;
    std::vector<TableLayout> tables;
    std::vector<Site> sites;  // warnings (division by zero), tentative identifiers, date formats, probe texts

    MergePlan merge;
    std::vector<KernelSymbol> kernel_symbols;
    DropReasons drop_reasons;  // when a hook's program tells one

    // Empty when the program was compiled without facts about a kernel.
    std::vector<KernelProgram> kernel_programs;
    std::vector<KernelMap> kernel_maps;
    std::vector<OwnerProgram> owner_programs;  // none: no clause reads whose a socket is
    bool packet_owners = false;                // clauses of packets read whose they are: ends of sockets are kept
    std::vector<StepProgram> step_programs;    // none: no clause reads which packet it is
    std::vector<KernelMessages> kernel_messages;
    std::vector<KernelRefusal> kernel_refusals;  // tuples that cannot be attached here
    bool for_kernel = false;                     // compiled with facts
};

}  // namespace probevue
