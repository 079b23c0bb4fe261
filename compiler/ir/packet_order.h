// Private to compiler/ir: which bytes of a structure from a packet become one integer of the host.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/sema/type.h"

namespace probevue::ir {

// Bytes of a structure that are converted together.
struct PacketRun {
    uint32_t begin = 0;
    uint32_t size = 0;
    TypeRef type = nullptr;  // of the member; null: bit-fields, whose bytes are reversed
    bool contains(uint32_t byte) const { return byte >= begin && byte < begin + size; }
};

// In order; each byte is in one of them at the most: of members that share bytes (unions) the first counts. Bit-fields
// are the integer of the storage unit that they share. A unit with other members in it (cc puts them into bytes that no
// bit-field uses) is as large as the bytes that its bit-fields use.
std::vector<PacketRun> packet_runs(const Type& structure);

}  // namespace probevue::ir
