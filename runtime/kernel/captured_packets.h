// Packets as hooks hand them over, made into what a capture would have of them: the bytes begin with a header whose
// type is known, and VLAN tags stand where they stood on the wire.
#pragma once

#include <array>
#include <cstddef>

#include "compiler/program/captured.h"

namespace probevue {

class CapturedPackets {
public:
    // `read`: a CapturedPacket and bytes. What comes back has bytes alone, which stay valid until the next call or as
    // long as those of `read`, and the key of CapturedKind::packet.
    CapturedBytes restore(const CapturedBytes& read);

private:
    static constexpr size_t tag_size = 4;
    std::array<std::byte, packet_frame_bytes + tag_size> tagged_;
};

}  // namespace probevue
