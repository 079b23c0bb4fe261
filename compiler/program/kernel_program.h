// Programs for the kernel as the compiler hands them to the run time.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <string>
#include <vector>

#include "builtins/event.h"
#include "builtins/hooks.h"
#include "compiler/program/record.h"

namespace probevue {

// The maps that instructions of kernel programs refer to, by index into Program::kernel_maps (BPF_PSEUDO_MAP_FD as in
// program.h).
struct KernelMap {
    enum class Use : uint8_t {
        ring,         // records on their way to us; entries is chosen by the run time
        lost,         // one counter a processor: records that found the ring full
        episodes,     // which sockets are within an episode, and the like: forgets the least recently used
        executables,  // inode of the program's file, by index into Program::kernel_programs: filled by the run time
    };
    Use use = Use::ring;
    std::string name;         // for messages
    uint32_t key_size = 0;    // bytes
    uint32_t value_size = 0;  // bytes
    uint32_t entries = 0;
};

// Fixed places in Program::kernel_maps, when there are kernel programs at all.
inline constexpr uint32_t kernel_ring = 0;
inline constexpr uint32_t kernel_lost = 1;

// What a record of the ring begins with. Fields of the event follow, each as it lies in an event frame.
struct KernelRecord {
    uint64_t time_ns = 0;  // CLOCK_MONOTONIC
    uint32_t program = 0;  // index into Program::kernel_programs
    uint32_t cpu = 0;
    uint64_t tuples =
        0;  // bit i: tuple i of KernelProgram::tuples wants the event; the last bit stands for all from there on
};
inline constexpr uint32_t most_tuple_bits = 64;

// A field in a record.
struct CapturedField {
    EventField field;
    uint16_t offset = 0;    // bytes from the start of the record
    uint16_t size = 0;      // bytes
    bool numbered = false;  // the record has the number of the place that the program is attached to; the field is the
                            // text that goes with it
};

// Which tuple of the script: the clause, and the place among the clause's tuples.
struct TupleIndex {
    uint32_t clause = 0;
    uint32_t tuple = 0;
};

struct KernelProgram {
    const HookRow* hook = nullptr;
    uint32_t btf_id = 0;  // of the tracepoint or function; 0: attached by name
    std::vector<bpf_insn> code;
    std::vector<SourcePosition> lines;  // one an instruction
    std::vector<bpf_insn> entry_code;   // of a pair (kretprobe): keeps the arguments for the exit
    std::vector<CapturedField> fields;
    uint32_t record_size = 0;        // bytes, a multiple of 8
    std::vector<TupleIndex> tuples;  // in text order
};

// A tuple that no rung can serve.
struct KernelRefusal {
    TupleIndex tuple;
    std::string tried;  // rung by rung: what was missing
};

}  // namespace probevue
