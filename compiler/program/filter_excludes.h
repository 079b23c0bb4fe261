// What a tcpdump filter leaves for a clause: can a packet that it matches carry the clause's protocol?
#pragma once

#include <string>

#include "builtins/packet.h"

namespace probevue {

// Is it certain that no packet that the filter matches carries the protocol, on a link of any type? libpcap's optimizer
// is asked, so that "no" only means that it did not find out. A filter that libpcap does not compile excludes nothing.
bool excludes(const std::string& filter, const ProtocolRow& protocol);

}  // namespace probevue
