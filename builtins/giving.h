// Which probe point gives which field of its events. Derived from the rows of hooks, and the one place that is asked:
// the checker for what a script may read, the writers of kernel programs for what they capture, listings for what they
// show. What is visible and what is given cannot differ.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/builtin.h"
#include "builtins/hooks.h"

namespace probevue {

enum class Giving : uint8_t {
    never,   // nothing there tells it: a script that reads it is refused
    absent,  // there is nobody whose it could be: always 0 or empty. A process at hooks that run in an interrupt and at
             // packets; the name of a function where there is none
    given,
};

// Of one hook.
Giving giving(const HookRow& hook, EventField field);
// Of all events of a probe point: on at least one rung of the ladder every part gives it.
Giving giving(const ProbePointRow& point, EventField field);

// One way to a field at a hook.
struct Reading {
    std::span<const HookField> rows;  // of several the next is read when the one before gave 0
    const Root* root = nullptr;       // the thing that they are read from, or that leads to it; null: from arguments
    const Lead* lead = nullptr;       // how it leads there; null: it is the thing itself

    // May there be nothing? A root may say so, and a pointer that is followed may be null: a packet need not have found
    // its socket.
    bool may_lack() const { return (root != nullptr && root->may_lack) || (lead != nullptr && !lead->path.empty()); }
};
// The ways to a field at a hook: its own rows, else those of the things that it hands over, else of what these lead to,
// else of the current thread. Behind one whose root may lack stands another, for when it does. Empty: from no row.
std::vector<Reading> readings(const HookRow& hook, EventField field);
// Is what the row reads a property of the current process?
bool is_of_process(const HookField& row);
// Is the field found out only by who reads the record, from what the program hands over?
bool is_looked_up(const HookRow& hook, EventField field);
// The numbers that the record has in its stead, if it is a name that goes with them.
std::vector<EventField> looked_up_from(EventField field);
// Does the hook give only the number of a place, with which the run time finds the field's text?
bool is_numbered(const HookRow& hook, EventField field);

// The packet buffer whose bytes go along with the events of a hook; null: it hands over none, or one that may lack.
const Root* packet_root(const HookRow& hook);
// Does the probe point show packets: those of its filter, or at a hook, on at least one rung of the ladder in every
// part?
bool gives_packet(const ProbePointRow& point);

// Is it an event whose tuple may have a filter of its packets as one more field?
bool takes_filter(const ProbePointRow& point);
// How its tuples are written, `@@net:skb:drop[:"<filter>"]`.
std::string whole_form(const ProbePointRow& point);

// Has the built-in a meaning at the probe point, and does the point give it? (Protocols of packets are not asked for.)
bool is_visible(const BuiltinRow& row, const ProbePointRow& point);
// Is it visible, but always 0 or empty?
bool is_nobodys(const BuiltinRow& row, const ProbePointRow& point);
// Is it worth asking for at any of the points: visible, and not nobody's?
bool has_value(const BuiltinRow& row, std::span<const ProbePointRow* const> points);
// The probe points that Linux has where the built-in is visible.
std::vector<const ProbePointRow*> points_of(const BuiltinRow& row);

}  // namespace probevue
