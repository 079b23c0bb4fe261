// Filters of tcpdump in a hook's program: the packet is looked at as a capture would show it, its link header first if
// that is one of Ethernet, with the VLAN tag that the device took out. Private to compiler/hooks.
#pragma once

#include "compiler/hooks/hook.h"
#include "compiler/program/filter.h"

namespace probevue {

// The packet of the event, found out once for all filters.
class FilteredPacket {
public:
    // Writes what finds its beginning and its first bytes.
    FilteredPacket(Hook& hook, KernelPointer packet);

    // Jumps to `other` unless the packet matches. What cannot be told is counted (KernelLoss::filters), and does not
    // match: what the filter looks at lies in a page and not in the first piece, or in a link header that is not there.
    void write(const EventFilter& filter, ir::Label other) const;

private:
    void find_begin(KernelPointer packet);
    void take_first_bytes(KernelPointer packet);

    Hook& hook_;
    KernelCode& code_;
    ir::Reg ethernet_;  // not 0: it begins with an Ethernet header, else with that of IP
    ir::Reg begin_;     // address
    ir::Reg at_hand_;   // bytes in its first piece, those of the tag included
    ir::Reg length_;    // bytes of all of it
    ir::Reg put_in_;    // bytes of the tag
    ir::Slot head_;     // its first bytes, the tag among them
    ir::Slot scratch_;
};

}  // namespace probevue
