#include "runtime/sources/link_headers.h"

#include <pcap/pcap.h>

namespace probevue {
namespace {

using What = LinkPayload::What;

constexpr uint16_t largest_length = 1500;  // up to here the field behind Ethernet's addresses is a length (IEEE 802.3)

uint32_t get32_little(const uint8_t* at) {
    return uint32_t{at[0]} | uint32_t{at[1]} << 8 | uint32_t{at[2]} << 16 | uint32_t{at[3]} << 24;
}
size_t get16_little(const uint8_t* at) { return size_t{at[0]} | size_t{at[1]} << 8; }

LinkPayload typed(uint16_t type, size_t at) {
    return type <= largest_length ? LinkPayload{} : LinkPayload{What::typed, type, at};
}

// The type of an IP packet by its version; 0 when it is none.
uint16_t ip_type(size_t at, PacketBytes& bytes) {
    const uint8_t* first = bytes.at(at, 1);
    if (first == nullptr) return 0;
    return *first >> 4 == 4 ? type_ip4 : *first >> 4 == 6 ? type_ip6 : 0;
}

// IEEE 802.2, with SNAP (RFC 1042: EtherType behind an organisation of zeros; 802.1H: 00-00-f8) or with the number that
// IP has of its own (RFC 948).
LinkPayload llc(size_t at, PacketBytes& bytes) {
    const uint8_t* head = bytes.at(at, 3);
    constexpr uint8_t unnumbered = 0x03;
    if (head == nullptr || head[2] != unnumbered || head[0] != head[1]) return {};
    constexpr uint8_t sap_ip = 0x06;
    constexpr uint8_t sap_snap = 0xaa;
    if (head[0] == sap_ip) return typed(type_ip4, at + 3);
    if (head[0] != sap_snap) return {};
    const uint8_t* snap = bytes.at(at + 3, 5);
    if (snap == nullptr) return {};
    constexpr uint32_t bridge_tunnel = 0x0000f8;
    const uint32_t organisation = get32(snap) >> 8;
    if (organisation != 0 && organisation != bridge_tunnel) return {};
    return typed(get16(snap + 3), at + 8);
}

// The protocol field of PPP (RFC 1661), which may be compressed to one byte, and what follows.
LinkPayload ppp_protocol(size_t at, PacketBytes& bytes) {
    const uint8_t* first = bytes.at(at, 1);
    if (first == nullptr) return {};
    uint16_t protocol = *first;
    size_t size = 1;
    if ((protocol & 1) == 0) {
        const uint8_t* both = bytes.at(at, 2);
        if (both == nullptr) return {};
        protocol = get16(both);
        size = 2;
    }
    switch (protocol) {
        case 0x0021:
            return typed(type_ip4, at + size);
        case 0x0057:
            return typed(type_ip6, at + size);
        case 0x0281:
            return typed(type_mpls, at + size);
        case 0x0283:
            return typed(type_mpls_multicast, at + size);
        default:
            return {};
    }
}

// A session packet of PPPoE (RFC 2516): version and type, code, session, length.
LinkPayload pppoe(size_t at, PacketBytes& bytes) {
    const uint8_t* head = bytes.at(at, 6);
    if (head == nullptr || head[1] != 0) return {};
    bytes.limit(at + 6 + get16(head + 4));
    return ppp_protocol(at + 6, bytes);
}

// Cisco's HDLC: address, control, type. Its 0x8035 is keep-alives, not RARP.
LinkPayload hdlc(size_t at, PacketBytes& bytes) {
    const uint8_t* head = bytes.at(at, 4);
    if (head == nullptr || get16(head + 2) == type_rarp) return {};
    return typed(get16(head + 2), at + 4);
}

// PPP on a serial line: in HDLC's framing (RFC 1662) or without, where Cisco's shows by its address.
LinkPayload ppp(size_t at, PacketBytes& bytes) {
    const uint8_t* first = bytes.at(at, 2);
    if (first == nullptr) return {};
    constexpr uint8_t all_stations = 0xff;
    constexpr uint8_t cisco_unicast = 0x0f;
    constexpr uint8_t cisco_multicast = 0x8f;
    if (first[0] == cisco_unicast || first[0] == cisco_multicast) return hdlc(at, bytes);
    return ppp_protocol(first[0] == all_stations ? at + 2 : at, bytes);
}

// RFC 2427: an address of two to four bytes whose last has its lowest bit set, control, perhaps padding, NLPID.
LinkPayload frame_relay(size_t at, PacketBytes& bytes) {
    const size_t begin = at;
    for (;; at++) {
        const uint8_t* address = bytes.at(at, 1);
        constexpr size_t longest = 4;
        if (address == nullptr || at - begin == longest) return {};
        if ((*address & 1) != 0) break;
    }
    const uint8_t* control = bytes.at(at + 1, 2);
    if (control == nullptr || control[0] != 0x03) return {};
    at += 2;
    if (control[1] == 0) at++;
    const uint8_t* id = bytes.at(at, 1);
    if (id == nullptr) return {};
    switch (*id) {
        case 0xcc:
            return typed(type_ip4, at + 1);
        case 0x8e:
            return typed(type_ip6, at + 1);
        case 0xcf:
            return ppp_protocol(at + 1, bytes);
        case 0x80: {
            const uint8_t* snap = bytes.at(at + 1, 5);
            if (snap == nullptr || get32(snap) >> 8 != 0) return {};
            return typed(get16(snap + 3), at + 6);
        }
        default:
            return {};
    }
}

// Frame control (LLC frames only), two addresses, 802.2.
LinkPayload fddi(size_t at, PacketBytes& bytes) {
    const uint8_t* control = bytes.at(at, 1);
    constexpr uint8_t format = 0x30;
    constexpr uint8_t format_llc = 0x10;
    if (control == nullptr || (*control & format) != format_llc) return {};
    return llc(at + 13, bytes);
}

// IEEE 802.11: data frames that are not encrypted. Radios that put the payload on a boundary of four bytes say so
// (`padded`). Frames of several packets (A-MSDU) are left alone.
LinkPayload wifi_padded(size_t at, bool padded, PacketBytes& bytes) {
    const uint8_t* head = bytes.at(at, 2);
    if (head == nullptr) return {};
    constexpr uint8_t type_mask = 0x0c, type_data = 0x08, no_data = 0x40, quality = 0x80;
    constexpr uint8_t between_points = 0x03, encrypted = 0x40, ordered = 0x80;
    if ((head[0] & type_mask) != type_data || (head[0] & no_data) != 0 || (head[1] & encrypted) != 0) return {};
    size_t size = 24;
    if ((head[1] & between_points) == between_points) size += 6;
    if ((head[0] & quality) != 0) {
        const uint8_t* of_service = bytes.at(at + size, 2);
        constexpr uint8_t several = 0x80;
        if (of_service == nullptr || (of_service[0] & several) != 0) return {};
        size += 2;
        if ((head[1] & ordered) != 0) size += 4;
    }
    if (padded) size = (size + 3) & ~size_t{3};
    return llc(at + size, bytes);
}

LinkPayload wifi(size_t at, PacketBytes& bytes) { return wifi_padded(at, false, bytes); }

// What a radio tells (radiotap.org), then 802.11.
LinkPayload radiotap(size_t at, PacketBytes& bytes) {
    const uint8_t* head = bytes.at(at, 8);
    if (head == nullptr || head[0] != 0) return {};
    const size_t size = get16_little(head + 2);
    const uint32_t first_present = get32_little(head + 4);
    constexpr uint32_t has_time = 1, has_flags = 2, more = 1u << 31;
    bool padded = false;
    if ((first_present & has_flags) != 0) {
        size_t field = 4;  // behind the words that say what is there
        const uint8_t* word;
        do {
            word = bytes.at(at + field, 4);
            field += 4;
        } while (word != nullptr && (get32_little(word) & more) != 0 && field < size);
        if ((first_present & has_time) != 0) field = ((field + 7) & ~size_t{7}) + 8;
        const uint8_t* flags = bytes.at(at + field, 1);
        constexpr uint8_t data_padded = 0x20;
        padded = flags != nullptr && field < size && (*flags & data_padded) != 0;
    }
    return wifi_padded(at + size, padded, bytes);
}

LinkPayload payload_of(LinkKind kind, size_t at, PacketBytes& bytes);

// A header that names the link type of what it wraps; that is not wrapped again.
LinkPayload wrapped(uint32_t dlt, size_t at, PacketBytes& bytes) {
    const LinkKind kind = link_kind(link_type_of_file(dlt));
    if (kind == LinkKind::ppi || kind == LinkKind::pktap) return {};
    return payload_of(kind, at, bytes);
}

// Per-packet information of CACE: version, flags, length, link type, little-endian.
LinkPayload ppi(size_t at, PacketBytes& bytes) {
    const uint8_t* head = bytes.at(at, 8);
    return head == nullptr ? LinkPayload{} : wrapped(get32_little(head + 4), at + get16_little(head + 2), bytes);
}

// Apple's: length, type of record, link type, in the order of the machine that captured.
LinkPayload pktap(size_t at, PacketBytes& bytes) {
    const uint8_t* head = bytes.at(at, 12);
    constexpr uint32_t record_packet = 1;
    if (head == nullptr || get32_little(head + 4) != record_packet) return {};
    return wrapped(get32_little(head + 8), at + get32_little(head), bytes);
}

// Broadcom's tag of four bytes between the addresses and the type.
LinkPayload brcm(size_t at, PacketBytes& bytes) {
    const uint8_t* type = bytes.at(at + 16, 2);
    return type == nullptr ? LinkPayload{} : LinkPayload{What::addresses, get16(type), at + 18};
}

// Marvell's, where a frame with a VLAN tag gives its tag to it.
LinkPayload marvell(size_t tag_at, PacketBytes& bytes) {
    const uint8_t* tag = bytes.at(tag_at, 4);
    const uint8_t* type = bytes.at(tag_at + 4, 2);
    if (tag == nullptr || type == nullptr) return {};
    constexpr uint8_t tagged = 0x20;
    LinkPayload out{What::addresses, get16(type), tag_at + 6};
    if ((tag[0] & tagged) != 0) out.tag = get16(tag + 2);
    return out;
}

LinkPayload dsa(size_t at, PacketBytes& bytes) { return marvell(at + 12, bytes); }
// Behind a type of its own and two bytes that are reserved.
LinkPayload edsa(size_t at, PacketBytes& bytes) { return marvell(at + 16, bytes); }

LinkPayload ethernet(size_t at, PacketBytes&) { return {What::ethernet, 0, at}; }
LinkPayload ip(size_t at, PacketBytes&) { return {What::ip, 0, at}; }

// The header that Linux gives to frames of all kinds when several interfaces are captured at once.
LinkPayload cooked(size_t type_at, size_t at, PacketBytes& bytes) {
    const uint8_t* field = bytes.at(type_at, 2);
    if (field == nullptr) return {};
    constexpr uint16_t frame_802_2 = 4;  // Linux' numbers for frames without a type (linux/if_ether.h)
    const uint16_t type = get16(field);
    const LinkPayload inner = type == frame_802_2 ? llc(at, bytes) : typed(type, at);
    if (inner.what != What::typed) return {What::cooked, type, bytes.end()};
    // Kernels since 6.11 give the type that lies behind a tag which is still there (af_packet.c,
    // vlan_get_protocol_dgram).
    const uint8_t* tag = ip_type(at, bytes) == type ? nullptr : bytes.at(at, 4);
    if (tag != nullptr && get16(tag + 2) == type) return {What::cooked, type, at + 4, get16(tag)};
    return {What::cooked, inner.type, inner.at};
}

LinkPayload payload_of(LinkKind kind, size_t at, PacketBytes& bytes) {
    switch (kind) {
#define LINK_TYPE(name, title, dlt, header, offset) \
    case LinkKind::name:                            \
        return header(at + (offset), bytes);
#define ETHER_TYPED(name, title, dlt, type_at, payload) \
    case LinkKind::name:                                \
        return cooked(at + (type_at), at + (payload), bytes);
#include "runtime/sources/link_types.def"
#undef ETHER_TYPED
#undef LINK_TYPE
        case LinkKind::unsupported:
            break;
    }
    return {};
}

// One header of those that walk_to_network walks over.
enum class Step : uint8_t { reached, over, cut };

Step over_tag(uint16_t& type, size_t& at, Between& between, PacketBytes& bytes) {
    const uint8_t* tag = bytes.at(at, 2);
    if (tag == nullptr) return Step::cut;
    between.tag(get16(tag));
    const uint8_t* inner = bytes.at(at + 2, 2);
    if (inner == nullptr) return Step::cut;
    type = get16(inner);
    at += 4;
    return Step::over;
}

// RFC 3032: labels of four bytes, the last one marked. Nothing says what follows but its first bits.
Step over_labels(uint16_t& type, size_t& at, PacketBytes& bytes) {
    size_t behind = at;
    for (bool last = false; !last; behind += 4) {
        const uint8_t* label = bytes.at(behind, 4);
        if (label == nullptr) return Step::reached;
        last = (label[2] & 1) != 0;
    }
    const uint16_t inner = ip_type(behind, bytes);
    if (inner == 0) return Step::reached;
    type = inner;
    at = behind;
    return Step::over;
}

Step take(const LinkPayload& inner, uint16_t& type, size_t& at) {
    if (inner.what != What::typed) return Step::reached;
    type = inner.type;
    at = inner.at;
    return Step::over;
}

Step over_backbone(uint16_t& type, size_t& at, PacketBytes& bytes) {
    constexpr size_t service_tag = 4;
    constexpr size_t addresses = 12;
    const uint8_t* inner = bytes.at(at + service_tag + addresses, 2);
    if (inner == nullptr) return Step::reached;
    type = get16(inner);
    at += service_tag + addresses + 2;
    return Step::over;
}

}  // namespace

LinkPayload link_payload(LinkKind kind, PacketBytes& bytes) { return payload_of(kind, 0, bytes); }

PacketDirection cooked_direction(LinkKind kind, const PacketView& packet) {
    if (kind != LinkKind::cooked && kind != LinkKind::cooked2) return PacketDirection::unknown;
    const size_t at = kind == LinkKind::cooked ? 1 : 10;  // SLL has 16 bits for it
    if (packet.captured <= at) return PacketDirection::unknown;
    enum Type : uint8_t { host, broadcast, multicast, other_host, outgoing };
    switch (packet.data[at]) {
        case host:
        case broadcast:
        case multicast:
            return PacketDirection::in;
        case other_host:
            return PacketDirection::other;
        case outgoing:
            return PacketDirection::out;
        default:
            return PacketDirection::unknown;
    }
}

std::optional<uint32_t> cooked_interface(const PacketView& packet) {
    constexpr size_t at = 4;
    if (packet.captured < at + sizeof(uint32_t)) return std::nullopt;
    return get32(packet.data + at);
}

// Each step goes on by some bytes: the packet's end is the end.
bool walk_to_network(uint16_t& type, size_t& at, Between& between, PacketBytes& bytes) {
    const auto walked = [&](Step step, Encapsulation over) {
        if (step == Step::over) between.walked(over);
        return step;
    };
    for (Step step = Step::over; step == Step::over;) {
        switch (type) {
            case type_vlan:
            case type_provider_vlan:
            case type_old_vlan:
                step = over_tag(type, at, between, bytes);
                break;
            case type_mpls:
            case type_mpls_multicast:
                step = walked(over_labels(type, at, bytes), Encapsulation::mpls);
                break;
            case type_pppoe:
                step = walked(take(pppoe(at, bytes), type, at), Encapsulation::pppoe);
                break;
            case type_backbone:
                step = walked(over_backbone(type, at, bytes), Encapsulation::backbone);
                break;
            default:
                if (type > largest_length || at >= bytes.end()) return true;
                bytes.limit(at + type);
                step = walked(take(llc(at, bytes), type, at), Encapsulation::llc);
        }
        if (step == Step::cut) return false;
    }
    return true;
}

}  // namespace probevue
