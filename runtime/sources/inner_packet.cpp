#include "runtime/sources/inner_packet.h"

#include "runtime/sources/ip_headers.h"
#include "runtime/sources/link_headers.h"

namespace probevue {
namespace {

// What a header carries: of an EtherType, at an offset.
struct Carried {
    InnerKind kind;
    uint32_t number;
    uint16_t type;
    size_t at;
};
using Found = std::optional<Carried>;

// Behind tags, labels and the like.
Found typed(InnerKind kind, uint32_t number, uint16_t type, size_t at, PacketBytes& bytes) {
    Between between;
    if (!walk_to_network(type, at, between, bytes)) return {};
    return Carried{kind, number, type, at};
}

Found framed(InnerKind kind, uint32_t number, size_t at, PacketBytes& bytes) {
    constexpr size_t addresses = 12;
    const uint8_t* type = bytes.at(at + addresses, 2);
    return type == nullptr ? Found() : typed(kind, number, get16(type), at + addresses + 2, bytes);
}

// Of a header with a field for the type, which is never a length.
Found by_type(InnerKind kind, uint32_t number, uint16_t type, size_t at, PacketBytes& bytes) {
    constexpr uint16_t type_bridged = 0x6558;  // an Ethernet frame
    constexpr uint16_t least_type = 0x0600;    // IEEE 802.3
    if (type == type_bridged) return framed(kind, number, at, bytes);
    return type < least_type ? Found() : typed(kind, number, type, at, bytes);
}

// RFC 2784 and 2890: flags, type; then what the flags say: checksum, key, sequence number.
Found in_gre(size_t at, PacketBytes& bytes) {
    const uint8_t* head = bytes.at(at, 4);
    if (head == nullptr) return {};
    constexpr uint16_t has_checksum = 0x8000, has_route = 0x4000, has_key = 0x2000, has_sequence = 0x1000, version = 7;
    const uint16_t flags = get16(head);
    if ((flags & (has_route | version)) != 0) return {};
    const uint16_t type = get16(head + 2);
    at += (flags & has_checksum) != 0 ? 8 : 4;
    uint32_t number = 0;
    if ((flags & has_key) != 0) {
        const uint8_t* key = bytes.at(at, 4);
        if (key == nullptr) return {};
        number = get32(key);
        at += 4;
    }
    if ((flags & has_sequence) != 0) at += 4;
    return by_type(InnerKind::gre, number, type, at, bytes);
}

// RFC 7348: flags, of which one says that there is a VNI; an Ethernet frame.
Found in_vxlan(size_t at, PacketBytes& bytes) {
    const uint8_t* head = bytes.at(at, 8);
    constexpr uint8_t has_number = 0x08;
    if (head == nullptr || (head[0] & has_number) == 0) return {};
    return framed(InnerKind::vxlan, get32(head + 4) >> 8, at + 8, bytes);
}

// RFC 8926: version and length of the options in words, flags, type, VNI.
Found in_geneve(size_t at, PacketBytes& bytes) {
    const uint8_t* head = bytes.at(at, 8);
    if (head == nullptr || head[0] >> 6 != 0) return {};
    const size_t options = (head[0] & 0x3f) * size_t{4};
    return by_type(InnerKind::geneve, get32(head + 4) >> 8, get16(head + 2), at + 8 + options, bytes);
}

// The type of an IP packet by its version.
Found by_version(InnerKind kind, uint32_t number, size_t at, PacketBytes& bytes) {
    const uint8_t* first = bytes.at(at, 1);
    if (first == nullptr) return {};
    return Carried{kind, number, *first >> 4 == 4 ? type_ip4 : type_ip6, at};
}

// 3GPP TS 29.281: flags, type of the message, length of what follows the eight bytes, tunnel; with one of three flags
// four bytes more, the last of which is the type of an extension header, if its flag says so.
Found in_gtpu(size_t at, PacketBytes& bytes) {
    const uint8_t* head = bytes.at(at, 8);
    constexpr uint8_t version_mask = 0xf0, version_1 = 0x30, user_data = 255;
    if (head == nullptr || (head[0] & version_mask) != version_1 || head[1] != user_data) return {};
    constexpr uint8_t has_more = 0x07, has_extensions = 0x04;
    const uint32_t tunnel = get32(head + 4);
    bytes.limit(at + 8 + get16(head + 2));
    const uint8_t flags = head[0];
    at += 8;
    if ((flags & has_more) == 0) return by_version(InnerKind::gtpu, tunnel, at, bytes);
    const uint8_t* next = bytes.at(at + 3, 1);
    if (next == nullptr) return {};
    at += 4;
    // Each has its length in words first, and the type of the next one last.
    for (uint8_t type = (flags & has_extensions) != 0 ? *next : 0; type != 0; type = *next) {
        const uint8_t* words = bytes.at(at, 1);
        if (words == nullptr || *words == 0) return {};
        at += *words * size_t{4};
        next = bytes.at(at - 1, 1);
        if (next == nullptr) return {};
    }
    return by_version(InnerKind::gtpu, tunnel, at, bytes);
}

Found in_udp(uint8_t version, size_t at, PacketBytes& bytes) {
    constexpr size_t header_size = 8;
    const uint8_t* head = bytes.at(at, header_size);
    if (head == nullptr) return {};
    const uint16_t length = get16(head + 4);
    const bool jumbo = length == 0 && version == 6;  // RFC 2675
    if (length < header_size && !jumbo) return {};
    if (!jumbo) bytes.limit(at + length);
    enum Port : uint16_t { gtpu = 2152, vxlan = 4789, geneve = 6081 };
    switch (get16(head + 2)) {
        case gtpu:
            return in_gtpu(at + header_size, bytes);
        case vxlan:
            return in_vxlan(at + header_size, bytes);
        case geneve:
            return in_geneve(at + header_size, bytes);
        default:
            return {};
    }
}

// Behind a quotation there may be more (RFC 4884), and then the message tells its length, in words of four bytes in
// ICMP, of eight in ICMPv6; 128 bytes at the least.
void end_quotation(size_t at, size_t length, PacketBytes& bytes) {
    constexpr size_t least = 128;
    if (length >= least) bytes.limit(at + length);
}

Found quoted4(size_t at, PacketBytes& bytes) {
    const uint8_t* head = bytes.at(at, 8);
    if (head == nullptr) return {};
    enum Type : uint8_t { unreachable = 3, quench = 4, redirect = 5, exceeded = 11, parameter = 12 };
    switch (head[0]) {
        case unreachable:
        case exceeded:
        case parameter:
            end_quotation(at + 8, head[5] * size_t{4}, bytes);
            break;
        case quench:
        case redirect:
            break;
        default:
            return {};
    }
    return Carried{InnerKind::quoted, 0, type_ip4, at + 8};
}

Found quoted6(size_t at, PacketBytes& bytes) {
    const uint8_t* head = bytes.at(at, 8);
    if (head == nullptr) return {};
    enum Type : uint8_t { unreachable = 1, too_big = 2, exceeded = 3, parameter = 4 };
    switch (head[0]) {
        case unreachable:
        case exceeded:
            end_quotation(at + 8, head[4] * size_t{8}, bytes);
            break;
        case too_big:
        case parameter:
            break;
        default:
            return {};
    }
    return Carried{InnerKind::quoted, 0, type_ip6, at + 8};
}

Found carried_by(const IpPayload& outer, PacketBytes& bytes) {
    switch (outer.protocol) {
        case ip4_in_ip:
            return Carried{InnerKind::ipip, 0, type_ip4, outer.at};
        case ip6_in_ip:
            return Carried{InnerKind::ipip, 0, type_ip6, outer.at};
        case gre:
            return in_gre(outer.at, bytes);
        case udp:
            return in_udp(outer.version, outer.at, bytes);
        case icmp4:
            return outer.version == 4 ? quoted4(outer.at, bytes) : Found();
        case icmp6:
            return outer.version == 6 ? quoted6(outer.at, bytes) : Found();
        default:
            return {};
    }
}

// Bytes of a packet whose header says nothing of them.
uint64_t rest_of(const Carried& from, const PacketBytes& bytes) {
    return from.kind == InnerKind::quoted ? 0 : bytes.wire_end() - from.at;
}

// False when it is none.
bool take4(const Carried& from, InnerPacket& packet, PacketBytes& bytes) {
    constexpr size_t least = 20;
    const uint8_t* first = bytes.at(from.at, 1);
    const size_t header_size = first == nullptr ? 0 : (*first & 0xfu) * size_t{4};
    if (header_size < least || *first >> 4 != 4) return false;
    if (const uint8_t* total = bytes.at(from.at + 2, 2)) {
        const size_t length = get16(total);
        if (length != 0 && length < header_size) return false;
        packet.length = length == 0 ? rest_of(from, bytes) : length;
        if (length != 0) bytes.limit(from.at + length);
    }
    const uint8_t* fragment_word = bytes.at(from.at + 6, 2);
    const uint8_t* protocol = bytes.at(from.at + 9, 1);
    if (protocol == nullptr) return true;
    packet.payload = {4, *protocol, from.at + header_size};
    if ((get16(fragment_word) & fragment_offset_mask) != 0) return true;
    packet.reached = ExtensionWalk(bytes).over_authentication(packet.payload.protocol, packet.payload.at);
    return true;
}

bool take6(const Carried& from, InnerPacket& packet, PacketBytes& bytes) {
    constexpr size_t header_size = 40;
    const uint8_t* first = bytes.at(from.at, 1);
    if (first == nullptr || *first >> 4 != 6) return false;
    const uint8_t* length = bytes.at(from.at + 4, 2);
    const uint8_t* next = bytes.at(from.at + 6, 1);
    if (length != nullptr && get16(length) != 0) {
        packet.length = header_size + get16(length);
        bytes.limit(from.at + packet.length);
    } else if (next != nullptr) {
        const bool unsaid = *next != no_next && from.kind != InnerKind::quoted;  // as in RFC 2675
        packet.length = unsaid ? rest_of(from, bytes) : header_size;
    }
    if (next == nullptr) return true;
    packet.payload = {6, *next, from.at + header_size};
    packet.reached = ExtensionWalk(bytes).over(packet.payload.protocol, packet.payload.at);
    return true;
}

}  // namespace

// Each level begins behind the one before: the packet's end is an end, too.
InnerPacket innermost_packet(IpPayload outer, PacketBytes& bytes) {
    InnerPacket found;
    for (int level = 0; level < most_inner_levels; ++level) {
        const Found carried = carried_by(outer, bytes);
        if (!carried) break;
        InnerPacket packet;
        packet.kind = carried->kind;
        packet.number = carried->number;
        packet.at = carried->at;
        packet.payload.version = carried->type == type_ip4 ? 4 : 6;
        const bool is_packet = carried->type == type_ip4   ? take4(*carried, packet, bytes)
                               : carried->type == type_ip6 ? take6(*carried, packet, bytes)
                                                           : false;
        if (!is_packet) break;
        found = packet;
        if (!packet.reached) break;
        outer = packet.payload;
    }
    return found;
}

}  // namespace probevue
