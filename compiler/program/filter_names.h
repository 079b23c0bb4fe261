// Names of hosts in packet filters.
#pragma once

#include <string>

namespace probevue {

// The filter with the addresses of hosts in the place of their names, as they are now: each name is looked up once,
// while libpcap looks it up whenever it compiles. What is no name of a host, or has no address, stays as it is.
std::string with_addresses(const std::string& filter);

}  // namespace probevue
