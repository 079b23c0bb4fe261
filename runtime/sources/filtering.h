// Filters and interfaces: what a filter is compiled for, what is said when an interface cannot have it, and what of it
// the kernel can do.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "builtins/base/result.h"
#include "compiler/program/filter.h"
#include "compiler/program/program.h"
#include "runtime/sources/packet.h"

namespace probevue {

FilterTarget filter_target(const PacketInterface& interface);

// What is wrong with the filter of a tuple at an interface, and what to do. Status ok: nothing, it can only never match
// there.
Error filter_error(const FilterError& fault, const PacketInterface& interface);
// Where in the script the word stands that it is about, or the filter.
SourcePosition filter_place(const ProbeRequest& request, const FilterError& fault);

// What the kernel is to keep of the packets of a live interface so that none is missing that one of the `filters`
// matches, which are then to be applied again: the kernel sees packets without the VLAN tag that libpcap puts back, and
// on `any` without the header that libpcap puts before them. Empty: everything.
std::vector<sock_filter> kernel_filter(const std::vector<std::vector<sock_filter>>& filters,
                                       const PacketInterface& interface);

}  // namespace probevue
