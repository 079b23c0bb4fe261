// Packets that are written byte by byte, and what the parser of layers makes of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/sources/layers.h"

namespace probevue {

using Bytes = std::vector<uint8_t>;

inline Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

// A packet of a raw link (IP first), of which `captured` bytes are there. They lie in a buffer that is just as long, so
// that sanitizers see a byte beyond it.
struct RawPacket {
    RawPacket(const Bytes& packet, size_t captured, size_t wire) : bytes(new uint8_t[captured]) {
        std::copy_n(packet.begin(), captured, bytes.get());
        const PacketView view{bytes.get(), static_cast<uint32_t>(captured), static_cast<uint32_t>(wire), 1, 0};
        parsed = parser.parse(LinkKind::raw, view, context);
    }
    uint64_t slot(PacketSlot which) const { return context.slots[static_cast<size_t>(which)]; }
    const uint8_t* layer(Layer which) const {
        return reinterpret_cast<const uint8_t*>(context.layers[static_cast<size_t>(which)]);
    }

    std::unique_ptr<uint8_t[]> bytes;
    LayerParser parser;
    EngineContext context;
    ParsedPacket parsed;
};

}  // namespace probevue
