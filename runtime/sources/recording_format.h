// The custom blocks of a recording (docs/recording-format.md), as its writer and its reader share them.
#pragma once

#include <cstdint>
#include <string_view>

namespace probevue::recording {

// No Private Enterprise Number has been assigned to probevue: this is the one that RFC 5612 sets aside for examples.
// The magic number tells our blocks from others.
inline constexpr uint32_t enterprise = 32473;
inline constexpr uint32_t magic = 0x50567565;  // "PVue"; also says in which byte order the block is
inline constexpr uint8_t version = 1;

// Behind the enterprise number: magic (4 bytes), version (1), BlockType (1), zero (2), then:
//   shape  number (4), count of fields (2), length of kind (2), of target (2), skipped arguments (2), both texts,
//   padded
//          to 4 bytes together; each field: FieldType (1), zero (1), bytes (2), length of name (2), zero (2), name,
//          padded
//   event  number of its shape (4), processor (4), time (8), the values in the order of the shape's fields; then, if
//          something was read for clauses: count (4), each: CapturedKind (1), whether it ended (1), zero (2), size (4),
//          key (8), the bytes
//   clock  ClockMark (4), zero (4), time (8), shift (8)
//   end    time (8), lost events (8), packets lost in buffers (8), packets dropped by interfaces (8)
enum class BlockType : uint8_t { shape = 1, event = 2, clock = 3, end = 4 };
inline constexpr uint32_t head_size = 8;

enum class FieldType : uint8_t {
    absent,      // no bytes: always 0
    unsigned_,   // 1, 2, 4 or 8 bytes
    signed_,     // the same
    string,      // length (2), then so many bytes, of which there are at most as many as the shape says
    ip_address,  // 4 or 6 (1), then 4 or 16 bytes in network order
    hardware,    // 6 bytes
};

enum class ClockMark : uint32_t {
    timers = 1,   // intervals count from this time on
    reached = 2,  // the session's clock had come so far before it met what follows with an earlier time
    shifted = 3,  // the system's clock was set, by `shift` nanoseconds (signed)
};

// The kind of the shape that describes the process that records: its event is the beginning of the session.
inline constexpr const char* session_kind = "session";

// Whose a packet is stands in its option epb_processid_threadid, and who that process is in a custom block that
// Wireshark defines (wiretap/pcapng-wireshark-custom.c; https://wiki.wireshark.org/Development/PcapngCustom): behind
// the enterprise number type (4) and length (4) of an entry, process (4), and options; all of it little-endian.
namespace wireshark {
inline constexpr uint32_t enterprise = 32622;
inline constexpr uint32_t process_information = 3;
inline constexpr uint16_t process_name = 2;
inline constexpr uint16_t process_user_id = 6;
}  // namespace wireshark

// The option epb_packetid of a packet whose number is not the one that readers of the file count for it: the number
// that it had in its source, and above it the interface, as several may count from 1 and no id may stand for two
// packets.
inline constexpr unsigned packet_number_bits = 48;
inline constexpr uint64_t packet_id(uint32_t interface, uint64_t number) {
    return uint64_t{interface} << packet_number_bits | number;
}
inline constexpr uint64_t packet_number(uint64_t id) { return id & ((uint64_t{1} << packet_number_bits) - 1); }

// For Wireshark's eyes (Recorder, RecordForm::packets) events are packets of an interface of this name, whose link type
// is that of exported PDUs (Wireshark's epan/exported_pdu.h): tags, each number, length (2 bytes in network order) and
// value, name the dissector. Behind them stand a block that describes and one that is described, as in custom blocks.
namespace exported {
inline constexpr const char* interface_name = "probevue";
inline constexpr int link_type = 252;  // LINKTYPE_WIRESHARK_UPPER_PDU
inline constexpr std::string_view tags{"\0\14\0\10probevue\0\0\0\0", 16};
}  // namespace exported

// Larger ones are damage.
inline constexpr uint32_t most_shapes = 65'536;
inline constexpr uint32_t most_described = 8 << 20;  // bytes of memory for all shapes of a file
inline constexpr uint32_t most_fields = 1'024;
inline constexpr uint32_t most_reads = 4'096;

}  // namespace probevue::recording
