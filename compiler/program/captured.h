// What a program of the kernel has read for a clause at the moment of the event, when the clause itself runs later.
#pragma once

#include <cstddef>
#include <cstdint>

#include "builtins/base/address.h"

namespace probevue {

// Recordings hold these numbers.
enum class CapturedKind : uint8_t {
    user_memory,    // bytes of the process
    kernel_memory,  // bytes of the kernel
    user_text,      // up to its NUL, or all that was asked for
    kernel_text,
    descriptor,    // CapturedDescriptor of an open file of the process
    kernel_stack,  // addresses, innermost first
    user_stack,
    packet,  // its first bytes; key: bytes on the wire, and in the upper half the type of the link (LINKTYPE_*)
};

// Where a program puts what it reads: a CapturedHeader, then `capacity` bytes.
struct CapturedRead {
    CapturedKind kind = CapturedKind::user_memory;
    uint32_t offset = 0;    // bytes from the start of the record
    uint32_t capacity = 0;  // bytes, a multiple of 8
};

struct CapturedHeader {
    uint64_t key = 0;    // the address that was read from, or the number of the descriptor
    int32_t got = 0;     // bytes there; negative: the clause did not want the event, or nothing could be read
    uint32_t limit = 0;  // bytes that were asked for
};

// Of a packet, what stands between CapturedHeader and its bytes as the program hands them over. The bytes begin with
// the link header if the kernel knows where that is, else with the network header.
struct CapturedPacket {
    uint32_t wire_length = 0;    // bytes from there to the end of the packet
    uint32_t device_type = 0;    // ARPHRD_*; 0: not known
    uint32_t has_link = 0;       // 1: the link header's place is known
    int32_t network_offset = 0;  // of the network header in the bytes; not where the kernel has not yet looked for it
    int32_t data_offset = 0;     // where the kernel works: before it, headers have been taken off
    uint32_t has_tag = 0;        // not 0: a VLAN tag was taken out of the bytes (IEEE 802.1Q)
    uint32_t tag = 0;            // its TCI
    uint32_t tag_type = 0;       // its EtherType, network byte order as a 16-bit number lies in memory
};
static_assert(sizeof(CapturedPacket) == 32);

// Types of links in keys of CapturedKind::packet (https://www.tcpdump.org/linktypes.html).
inline constexpr uint32_t linktype_ethernet = 1;
inline constexpr uint32_t linktype_raw = 101;  // an IP packet

// Bytes of a packet that go along with an event: room for the headers, tags and extensions included; of a clause that
// looks into the packet (ClauseCode::packet_bytes) a frame of usual size.
inline constexpr uint32_t packet_head_bytes = 192;
inline constexpr uint32_t packet_frame_bytes = 1'536;

// The same as the engine sees it. The clause looks for what it reads by kind and key, and reads by itself what is not
// there.
struct CapturedBytes {
    CapturedKind kind = CapturedKind::user_memory;
    uint64_t key = 0;
    const std::byte* bytes = nullptr;
    size_t size = 0;
    bool ended = false;  // texts: the NUL was seen
};

// An open file; ports in host byte order.
struct CapturedDescriptor {
    uint64_t mode = 0;         // st_mode
    uint64_t inode = 0;        // st_ino
    uint64_t file_system = 0;  // f_type of statfs()
    int32_t local_port = 0;    // of an internet socket, else all that follows is 0
    int32_t remote_port = 0;
    IpAddress local_address;
    IpAddress remote_address;
    int64_t round_trip_us = -1;  // smoothed, of a TCP connection; -1: it is none
};
static_assert(sizeof(CapturedDescriptor) == 88);

}  // namespace probevue
