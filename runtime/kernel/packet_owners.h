// Whose packets are that packet sockets show: what programs in the kernel note of sockets' ends (KernelMap::Use::ends)
// is looked up when a packet is read.
#pragma once

#include <memory>

#include "runtime/kernel/programs.h"
#include "runtime/sources/packet_owners.h"

namespace probevue {

// Of the packets in a network namespace (a descriptor, which it duplicates; negative: that of this process). `programs`
// has the maps of ends. Errors: run_time, when the addresses of the namespace cannot be listened to.
Result<std::unique_ptr<PacketOwners>> packet_owners(const KernelPrograms& programs, int network);

}  // namespace probevue
