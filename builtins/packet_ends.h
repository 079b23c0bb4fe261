// Both ends of a packet, by the built-in variables that show them: packet_ends.def.
#pragma once

#include <cstdint>
#include <optional>

#include "builtins/builtin.h"
#include "builtins/packet.h"

namespace probevue {

// Where the two addresses come from; `none`: they do not count.
enum class AddressSource : uint8_t {
    none,
#define ADDRESS_ENDS(source, variable, from, to, doc) source,
#define PORT_ENDS(source, variable, from, to, doc)
#include "builtins/packet_ends.def"
#undef ADDRESS_ENDS
#undef PORT_ENDS
    count
};

// Where the two ports come from; `none`: they do not count.
enum class PortSource : uint8_t {
    none,
#define ADDRESS_ENDS(source, variable, from, to, doc)
#define PORT_ENDS(source, variable, from, to, doc) source,
#include "builtins/packet_ends.def"
#undef ADDRESS_ENDS
#undef PORT_ENDS
    count
};

// Where both stand in a packet; what is in one header alone is the same for both versions.
struct PacketEnds {
    EitherVersion from;
    EitherVersion to;
};

// Empty for `none`.
const std::optional<PacketEnds>& ends_of(AddressSource source);
const std::optional<PacketEnds>& ends_of(PortSource source);

// Where a built-in stands in a packet; empty: it is no field of a header.
std::optional<EitherVersion> place_of(const Extractor& from);

}  // namespace probevue
