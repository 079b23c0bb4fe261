// The built-in variables: one row a scalar (`__pid`) or member (`__tcphdr->flags`), with all there is to know about it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "builtins/event.h"
#include "builtins/packet.h"
#include "builtins/probe.h"
#include "builtins/value_type.h"

namespace probevue {

// The address of the raw packet, link header first (`__mdata`).
struct PacketStart {};

// Seconds from one firing to the next of the interval that fired (`__interval`).
struct IntervalLength {};

// Where the value comes from, as data: both lowerings, recordings and listings read it.
using Extractor =
    std::variant<PacketField, PacketSlot, PacketStart, EventField, EitherVersion, ProtocolNameOf, IntervalLength>;

struct BuiltinRow {
    std::string_view name;    // "__tcphdr"
    std::string_view member;  // "flags"; empty for a scalar
    ValueType type;
    Extractor from;
    ProbeSet probes;            // kinds of probe where it has a meaning; builtins/giving.h tells where it can be had
    ProtocolSet protocols = 0;  // of packets: protocols that fill it; 0: it is not read from packets
    std::string_view doc;       // one line: meaning, unit
    std::string_view right =
        {};                  // set on a misprint of the AIX documents: the right spelling (accepted with a warning)
    bool extension = false;  // not on AIX
    // Why it can never be had on Linux; named in the error. A row of this sort with an empty member stands for all
    // members that have no row of their own.
    std::string_view unavailable = {};
    // Of @@sysproc: the events where it has a meaning, "exit|threadterminate"; empty: in all that give it.
    std::string_view events = {};
};

std::span<const BuiltinRow> builtin_rows();
// Null when there is none. A scalar has an empty member. Of names that are unavailable as a whole, any member gives
// their row.
const BuiltinRow* find_builtin(std::string_view name, std::string_view member);
// Is there any row with this name (a scalar, or members)?
bool is_builtin(std::string_view name);

}  // namespace probevue
