// What clauses do with the variables that outlive them, read from the checked tree: each access with its place, with
// what is sure to have been set before it, and with what its key says of the packet.
//
// Placement (compiler/kernel/uses.h) asks the same of the instructions of a clause, where places and keys are gone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "compiler/program/shard_key.h"
#include "compiler/sema/checked.h"

namespace probevue::merge {

enum class SubjectKind : uint8_t { variable, list, range, array };

struct Subject {
    SubjectKind kind = SubjectKind::variable;
    uint32_t id = 0;  // checked::VariableId and its kin

    auto operator<=>(const Subject&) const = default;
};

// When a clause runs.
enum class Moment : uint8_t { begin, events, interval, end };

// The ends of a packet that a key holds, and by which variables it has them.
struct Ends {
    bool from = false;  // source, or the local end of an event
    bool to = false;
    AddressSource source = AddressSource::none;
    bool mixed = false;  // by different variables
};
struct Ports {
    bool from = false;
    bool to = false;
    PortSource source = PortSource::none;
    bool mixed = false;
};

struct Access {
    enum class Kind : uint8_t {
        read,    // its value, or one element
        whole,   // all elements, or any (ANY)
        assign,  // of one value or element
        add,     // what comes out does not depend on what was there, and is not used
        erase,   // one element
        empty,   // all, or any
    } kind = Kind::read;
    Moment moment = Moment::events;
    Span span;
    bool set_before = false;  // the clause has assigned the variable on every way to here
    Ends addresses{};         // of the key
    Ports ports{};
    const char* why_no_sum = nullptr;  // of what looks like an addition, and is a read and an assignment here
};

// A call that means something for the session as a whole.
struct SessionCall {
    FunctionId function;
    Moment moment = Moment::events;
    Span span;
};

struct Accesses {
    std::map<Subject, std::vector<Access>> of;  // in text order
    std::vector<SessionCall> calls;
    bool prints = false;  // clauses on events
};

// A clause on several kinds of moment is told once for each.
Accesses find_accesses(const checked::Script& script);

}  // namespace probevue::merge
