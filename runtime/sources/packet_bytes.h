// The bytes of a packet, by offset from its first, with the ends that its headers give.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "builtins/packet.h"
#include "runtime/sources/packet.h"

namespace probevue {

// Big-endian, as on the wire.
inline uint16_t get16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }
inline uint32_t get32(const uint8_t* at) { return uint32_t{get16(at)} << 16 | get16(at + 2); }

// Positions are offsets, so that headers beyond the end need no care.
class PacketBytes {
public:
    explicit PacketBytes(const PacketView& packet)
        : data_(packet.data),
          captured_(packet.captured),
          end_(packet.captured),
          wire_end_(std::min(std::max(packet.captured, packet.wire_length), longest_packet)) {}

    // `size` bytes at an offset, or null.
    const uint8_t* at(size_t offset, size_t size) {
        if (offset + size <= end_) [[likely]]
            return data_ + offset;
        cut_off_ |= offset + size > captured_ && captured_ < wire_end_;
        return nullptr;
    }

    // What lies behind the end that a header gives is padding of the link.
    void limit(size_t end) {
        end_ = std::min(end_, end);
        wire_end_ = std::min(wire_end_, end);
    }

    const uint8_t* data() const { return data_; }
    // Where the bytes that are there end, and where the packet ended on the wire.
    size_t end() const { return end_; }
    size_t wire_end() const { return wire_end_; }
    // Something was asked for that a short capture does not have.
    bool cut_off() const { return cut_off_; }

private:
    const uint8_t* data_;
    size_t captured_;
    size_t end_;
    size_t wire_end_;
    bool cut_off_ = false;
};

}  // namespace probevue
