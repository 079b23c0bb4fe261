// Writes the program for one hook: whether the event happens, which tuples it is for, what clauses do in the kernel,
// and the record for those in the engine. Private to compiler/hooks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/unknown.h"
#include "compiler/hooks/hook.h"
#include "compiler/hooks/selection.h"

namespace probevue {

// A tuple that a program serves, with the clause it belongs to.
struct Served {
    TupleIndex index;
    const ir::Function* clause = nullptr;
    const ProbeRequest* request = nullptr;
    SourcePosition position;
    bool in_kernel = false;  // all of the clause runs in the program
    Selection selection;
    uint8_t skipped = 0;  // SystemCall::skipped, of all calls that are selected
};

// Under which name the program captures what a tuple means by the field.
EventField captured_as(EventField field, uint8_t skipped);

// Tuples that the same programs serve.
struct Group {
    HookRequest request;
    KernelTarget clock;               // of a clock: how it is attached
    std::optional<uint32_t> network;  // inode of the network namespace that sockets must be of; none: of any
    // In text order. A tuple whose calls differ in `skipped` stands here once for each sort of them.
    std::vector<Served> served;
};

struct HookProgram {
    ir::Function code;
    KernelProgram program;  // without its hook and target
    std::string missing;    // what the kernel lacks for it; empty: it can be loaded
};

struct HookWish {
    std::set<EventField> read;           // the fields that clauses in the engine read
    std::set<EventField> read_anywhere;  // and all clauses
    bool predicates = true;              // of theirs, decide which tuples the event is for
    bool record_all = false;             // all fields that are had cheaply besides
    uint32_t packet_bytes = 0;           // first bytes of the packet that goes along; 0: none

    bool wants(EventField field) const { return record_all || read_anywhere.contains(field); }
    // Do clauses read which packet it is?
    bool asks_packet() const { return read_anywhere.contains(EventField::packet_id); }
    // Do clauses read whose the socket is?
    bool asks_owner() const { return std::any_of(read_anywhere.begin(), read_anywhere.end(), is_of_owner); }
};

// `number` is the place of the program among those of the script.
HookProgram write_hook_program(const KernelFacts& facts, const HookRow& row, KernelMaps maps, const Group& group,
                               const Program& script, uint32_t number, const HookWish& wish);

// Does the program need another one, which sees the beginning of the call?
bool has_beginning(const HookRow& row, const HookWish& wish);

// That one: keeps for the end of the call what will not be there any more.
HookProgram write_entry_program(const KernelFacts& facts, const HookRow& row, KernelMaps maps, const Group& group);

}  // namespace probevue
