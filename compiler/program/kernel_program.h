// Programs for the kernel as the compiler hands them to the run time.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "builtins/event.h"
#include "builtins/hooks.h"
#include "builtins/owners.h"
#include "builtins/packet_steps.h"
#include "compiler/program/captured.h"
#include "compiler/program/record.h"

namespace probevue {

// The maps that instructions of kernel programs refer to, by index into Program::kernel_maps (BPF_PSEUDO_MAP_FD as in
// program.h).
struct KernelMap {
    enum class Use : uint8_t {
        ring,         // records on their way to us; entries is chosen by the run time
        lost,         // one counter a processor: records that found the ring full
        episodes,     // which sockets are within an episode, and the like: forgets the least recently used
        calls,        // what the beginning of a call keeps for its end
        executables,  // inode of the program's file, by index into Program::kernel_programs: filled by the run time
        work,         // a block of memory a processor for each program that clauses run in (KernelWork)
        shared,       // one block: KernelShared, then global variables as they lie in the engine's
        array,        // an associative array
        tally,        // what one program has added to an array since the session last looked: holds such a map; an
                      // array of distributions has an element for each bin (KernelBin)
        owners,   // who used a socket last: a KernelOwner that lies with the socket, and goes with it; where `ends` are
                  // kept too, a KernelSocket
        ends,     // whose packets with certain ends are: EndsOwner by SocketEnds, of sockets that are there
        ended,    // the same of sockets that have them no more: forgets the least recently used
        ports,    // one block: KnownPorts
        packets,  // packets on their way: KernelPacket by the address of their bytes; forgets the least recently used
    };
    Use use = Use::ring;
    std::string name;         // for messages
    uint32_t key_size = 0;    // bytes
    uint32_t value_size = 0;  // bytes
    uint32_t entries = 0;     // 0: the run time chooses
    uint32_t array = 0;       // array, tally: index into Program::maps
    uint32_t program = 0;     // calls: HookRow::index; tally: index into Program::kernel_programs
};

// What programs and session tell each other without records. The global variables follow.
struct KernelShared {
    int64_t realtime_offset = 0;  // ns from the kernel's monotonic clock to CLOCK_REALTIME
    uint64_t exited = 0;          // a clause called exit(): programs do nothing more
    int64_t session_pid = 0;
};

// A list in the kernel: zeros are an empty one. Both extremes are kept so that the larger unsigned number wins.
struct KernelList {
    uint64_t count = 0;
    uint64_t sum = 0;
    uint64_t low = 0;   // ~(smallest value ^ 1 << 63)
    uint64_t high = 0;  // largest value ^ 1 << 63
};

// Distributions are kept by bin: behind the key of the element stands the number of the bin, and the value is a
// KernelList of what fell into it. So no bin is ever apart from its share of the count, the sum and the extremes.
using KernelBin = int64_t;

// Where things lie in a program's block (KernelMap::Use::work), in bytes. Only the program itself writes there, and it
// never runs twice at the same time on a processor. Counters have 8 bytes.
struct KernelWork {
    static constexpr uint32_t array_full = 0;   // insertions that found an array full
    static constexpr uint32_t inserted = 8;     // elements made in tallies
    static constexpr uint32_t unreadable = 16;  // reads of the kernel's memory that failed
    static constexpr uint32_t first_free = 24;

    // Of a tuple whose clause runs in the kernel; index as in KernelProgram::tuples.
    struct Counters {
        uint32_t tuple = 0;
        uint32_t events = 0;
        uint32_t matched = 0;
    };
    struct Warning {
        uint32_t site = 0;  // index into Program::sites
        uint32_t count = 0;
    };
    // What the program has added to a global variable: an integer, or a KernelList.
    struct Tally {
        uint32_t variable = 0;  // index into MapDescription::variables
        uint32_t offset = 0;
        bool is_list = false;
    };
    std::vector<Counters> counters;
    std::vector<Warning> warnings;
    std::vector<Tally> tallies;
    uint32_t size = 0;  // bytes; 0: the program has no block
};

// Fixed places in Program::kernel_maps, when there are kernel programs at all.
inline constexpr uint32_t kernel_ring = 0;
inline constexpr uint32_t kernel_lost = 1;

// What a record of the ring begins with. Fields of the event follow, each as it lies in an event frame.
struct KernelRecord {
    uint64_t time_ns = 0;  // CLOCK_MONOTONIC
    uint32_t program = 0;  // index into Program::kernel_programs
    uint16_t cpu = 0;
    uint16_t kind = 0;  // 0: fields of an event; else KernelOutcome::Kind
    uint64_t tuples =
        0;  // bit i: tuple i of KernelProgram::tuples wants the event; the last bit stands for all from there on
};
inline constexpr uint32_t most_tuple_bits = 64;

// What a clause did that ran in the kernel; the payload of a printf follows.
struct KernelOutcome {
    enum class Kind : uint16_t { record = 1, warning, exit };

    KernelRecord head;    // `tuples`: the one that fired, index into KernelProgram::tuples
    uint64_t number = 0;  // record: index into Program::records; warning: into Program::sites
    int64_t pid = 0;
    int64_t tid = 0;
};

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

// Where a program is attached.
struct KernelTarget {
    std::string name;     // tracepoint or function
    uint32_t btf_id = 0;  // of it; 0: attached by name
    // A clock:
    std::optional<int64_t> pid;  // the process that it runs for; none: it runs for processors
    uint64_t period_ns = 0;
    std::vector<uint32_t> cpus;  // empty: all
};

struct KernelProgram {
    const HookRow* hook = nullptr;
    KernelTarget target;
    std::vector<bpf_insn> code;
    std::vector<SourcePosition> lines;  // one an instruction
    std::vector<bpf_insn> entry_code;   // of a pair: keeps what the exit needs, at the beginning of the call
    KernelTarget entry_target;          // where that is attached
    std::vector<CapturedField> fields;
    std::vector<EventField> looked_up;  // fields that the reader of the ring finds out: names of system calls, paths
    std::vector<CapturedRead> reads;    // what clauses read; one without capacity is not there
    uint32_t record_size = 0;           // bytes, a multiple of 8
    std::vector<TupleIndex> tuples;     // in text order
    KernelWork work;                    // when clauses run in it
};

// What is known of the process that used a socket last. It is begun anew with each use; a connection that comes of a
// listener begins with what is known of that one.
struct KernelOwner {
    uint32_t pid = 0;  // 0: several may have used it
    uint32_t uid = 0;
    char name[16] = {};
    uint64_t seeded = 0;  // 1: nobody has been seen to use it; the process had it open when the session began
};

// The ends of a socket, or of a packet that arrives: local is where it goes. Addresses of IPv4 are mapped ones
// (::ffff:192.0.2.1). Ends that are not there are 0: a socket without a remote end has no peer, one whose local address
// is :: (::ffff:0.0.0.0) has any.
struct SocketEnds {
    uint32_t network = 0;      // namespace (inode)
    uint16_t protocol = 0;     // IPPROTO_*
    uint16_t unused = 0;       // keys are compared byte by byte
    uint16_t local_port = 0;   // network byte order
    uint16_t remote_port = 0;  // likewise
    uint32_t unused_too = 0;
    uint8_t local[16] = {};
    uint8_t remote[16] = {};
};

// Whose packets are that have these ends.
struct EndsOwner {
    KernelOwner owner;      // pid 0: several processes have such a socket, or several may have used it
    uint64_t socket = 0;    // its address; of several, one of theirs
    uint64_t count = 0;     // sockets with these ends
    uint32_t device = 0;    // index of the one that its packets must come by; 0: any
    uint32_t six_only = 0;  // 1: IPv4 packets are not for it, though its address is ::
    uint64_t since_ns = 0;  // since when the socket has them (CLOCK_MONOTONIC)
    uint64_t ended_ns = 0;  // KernelMap::Use::ended: since when it has them no more
};

// By local port, as it lies in a packet: 1 where an entry for such ends has ever been written. It is never taken back,
// so programs write without a lock; most packets are spared look-ups that find nothing.
struct KnownPorts {
    uint8_t connected[65536] = {};    // ends with a remote port
    uint8_t own_address[65536] = {};  // ends without, of a socket that is bound to an address
};

// What lies with a socket where ends are kept.
struct KernelSocket {
    KernelOwner owner;
    SocketEnds ends;        // under which it is noted; local_port 0: under none
    uint64_t socket = 0;    // its own address: a connection begins with what lay with its listener
    uint32_t device = 0;    // as noted, see EndsOwner
    uint32_t six_only = 0;  // likewise
    uint64_t since_ns = 0;  // likewise
    uint64_t released = 0;  // 1: nobody has it open, and it is noted no more
};

// A packet on its way. While its bytes are copied to another place it is under the address of its buffer.
struct KernelPacket {
    uint64_t id = 0;
    uint64_t buffer = 0;  // address of the packet buffer that was seen first; 0: of one of several with the same bytes
    uint64_t step = 0;    // StepKind that it has come by last
};

// A program that notes which packet is which (KernelMap::Use::packets).
struct StepProgram {
    const PacketStep* step = nullptr;
    uint32_t btf_id = 0;  // of its tracepoint or function
    std::vector<bpf_insn> code;
};

// A program that notes who uses sockets (KernelMap::Use::owners), or what their ends are.
struct OwnerProgram {
    const SocketUse* use = nullptr;
    uint32_t btf_id = 0;  // of its tracepoint or function
    std::vector<bpf_insn> code;
};

// A tuple that no rung can serve.
struct KernelRefusal {
    TupleIndex tuple;
    std::string tried;  // rung by rung: what was missing
    std::string hint = {};
};

}  // namespace probevue
