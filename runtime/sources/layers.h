// Finds the headers of a packet: fills what compiled code reads (EngineContext::layers and slots).
#pragma once

#include <cstdint>

#include "builtins/packet.h"
#include "compiler/program/abi.h"
#include "runtime/sources/packet.h"

namespace probevue {

struct ParsedPacket {
    ProtocolSet protocols = 0;  // what the packet carries; `any` always
    bool cut_off = false;       // a header is not there whole because the capture is short
};

// Where absent layers point to: zero_layer_size bytes of zeros.
const uint8_t* absent_layer();
// All layers absent, all slots zero: for events that are no packets.
void clear_layers(EngineContext& context);

// Fills `context` for a packet: bytes, layers, slots and time. Headers that are there in part, and those that
// builtins/packet.h wants normalised, are copied into the parser, hence valid until its next packet.
class LayerParser {
public:
    // What lies deeper keeps what it had before. Everything is found unless said.
    void parse_to(PacketDepth depth) { depth_ = depth; }
    ParsedPacket parse(LinkKind link, const PacketView& packet, EngineContext& context);

private:
    template <bool details>
    friend class LayerWalk;
    template <bool details>
    ParsedPacket walk(LinkKind link, const PacketView& packet, EngineContext& context);

    PacketDepth depth_ = PacketDepth::inner;
    uint8_t copies_[static_cast<size_t>(Layer::count)][zero_layer_size];
};

}  // namespace probevue
