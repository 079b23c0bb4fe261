#include "runtime/sources/layers.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <optional>
#include <variant>
#include <vector>

#include "builtins/builtin.h"
#include "runtime/sources/groups.h"
#include "runtime/sources/inner_packet.h"
#include "runtime/sources/ip_headers.h"
#include "runtime/sources/link_headers.h"
#include "runtime/sources/packet_bytes.h"

namespace probevue {
namespace {

constexpr size_t layer_count = static_cast<size_t>(Layer::count);
alignas(64) constexpr uint8_t zeros[zero_layer_size] = {};

// The built-ins that lie in a header, for headers that are there in part.
std::vector<PacketField> fields_of(Layer layer) {
    std::vector<PacketField> fields;
    for (const BuiltinRow& row : builtin_rows()) {
        const auto* field = std::get_if<PacketField>(&row.from);
        if (field != nullptr && field->layer == layer) fields.push_back(*field);
        const auto* either = std::get_if<EitherVersion>(&row.from);
        if (either == nullptr) continue;
        for (const PacketField& one : {either->ip4, either->ip6}) {
            if (one.layer == layer) fields.push_back(one);
        }
    }
    return fields;
}

// Clears the bits of the fields of which only some bytes are among the first `there` of a header: half a field is no
// value.
void clear_halves(Layer layer, uint8_t* header, size_t there) {
    static const auto fields = [] {
        std::array<std::vector<PacketField>, layer_count> all;
        for (size_t i = 0; i < layer_count; i++) all[i] = fields_of(static_cast<Layer>(i));
        return all;
    }();
    for (const PacketField& field : fields[static_cast<size_t>(layer)]) {
        const size_t end = size_t{field.offset} + field.width;
        if (field.offset >= there || end <= there) continue;
        const bool integer = field.width <= sizeof(field.mask);
        const uint64_t bits = uint64_t{field.mask} << field.shift;
        for (size_t at = field.offset; at < there; at++) {
            const uint64_t of_byte = integer ? bits >> (end - 1 - at) * 8 : 0xff;
            header[at] = static_cast<uint8_t>(header[at] & ~of_byte);
        }
    }
}

// Messages of IGMP whose second word is a group: queries, reports and leaving of versions 1 and 2 (RFC 2236), multicast
// traceroute, and RGMP (RFC 3488). Others have something else there, or a count of records (RFC 3376).
bool names_group(uint8_t type) {
    constexpr uint8_t types[] = {0x11, 0x12, 0x16, 0x17, 0x1e, 0x1f, 0xfc, 0xfd, 0xfe, 0xff};
    return std::find(std::begin(types), std::end(types), type) != std::end(types);
}

// How many layers and slots come before those that lie deeper.
template <typename T>
constexpr size_t number_to(PacketDepth depth) {
    size_t number = 0;
    while (number < static_cast<size_t>(T::count) && depth_of(static_cast<T>(number)) <= depth) ++number;
    return number;
}

template <PacketDepth depth>
void clear(EngineContext& context) {
    constexpr size_t layers = number_to<Layer>(depth);
    constexpr size_t slots = number_to<PacketSlot>(depth);
    std::fill_n(context.layers, layers, reinterpret_cast<uintptr_t>(zeros));
    std::fill_n(context.slots, slots, 0);
}

}  // namespace

// One walk through one packet; with details or without.
template <bool details>
class LayerWalk {
public:
    LayerWalk(LayerParser& parser, const PacketView& packet, EngineContext& context)
        : parser_(parser), context_(context), bytes_(packet) {}

    void ethernet(size_t at) {
        layer(Layer::ether, at, addresses_size + 2);
        add(Protocol::ether);
        if (const uint8_t* type = bytes_.at(at + addresses_size, 2)) framed(get16(type), at + addresses_size + 2);
    }

    void link(LinkKind kind) {
        if (kind == LinkKind::ethernet) [[likely]]
            return ethernet(0);
        const LinkPayload payload = link_payload(kind, bytes_);
        switch (payload.what) {
            case LinkPayload::What::ethernet:
                return ethernet(payload.at);
            case LinkPayload::What::addresses:
                layer(Layer::ether, 0, addresses_size);
                add(Protocol::ether);
                if (payload.tag) tagged(*payload.tag);
                return framed(payload.type, payload.at);
            case LinkPayload::What::cooked:
                add(Protocol::ether);  // most of them are
                if (payload.tag) tagged(*payload.tag);
                return framed(payload.type, payload.at);
            case LinkPayload::What::typed:
                return typed(payload.type, payload.at);
            case LinkPayload::What::ip:
                return version(payload.at);
            case LinkPayload::What::nothing:
                return;
        }
    }

    // The innermost packet of what lies behind the IP header, once that is found.
    void inner() {
        if (!transport_at_) return;
        const InnerPacket packet =
            innermost_packet({static_cast<uint8_t>(slot(PacketSlot::ip_version)),
                              static_cast<uint8_t>(slot(PacketSlot::ip_protocol)), *transport_at_},
                             bytes_);
        if (packet.kind == InnerKind::none) return;
        slot(PacketSlot::inner_kind) = static_cast<uint64_t>(packet.kind);
        slot(PacketSlot::inner_number) = packet.number;
        slot(PacketSlot::inner_version) = packet.payload.version;
        slot(PacketSlot::inner_protocol) = packet.payload.protocol;
        slot(PacketSlot::inner_length) = packet.length;
        packet.payload.version == 4 ? layer(Layer::inner_ip4, packet.at, 20) : layer(Layer::inner_ip6, packet.at, 40);
        if (packet.reached && has_ports(packet.payload.protocol)) layer(Layer::inner_ports, packet.payload.at, 4);
    }

    ParsedPacket result() const { return {protocols_, bytes_.cut_off()}; }

private:
    static constexpr size_t addresses_size = 12;

    void add(Protocol protocol) {
        protocols_ = static_cast<ProtocolSet>(protocols_ | static_cast<ProtocolSet>(protocol));
    }
    uint64_t& slot(PacketSlot slot) { return context_.slots[static_cast<size_t>(slot)]; }
    void set(Layer layer, const uint8_t* header) {
        context_.layers[static_cast<size_t>(layer)] = reinterpret_cast<uintptr_t>(header);
    }

    // Lets the layer point to its header; to a copy with zeros behind it when it is there in part. Never null.
    const uint8_t* layer(Layer which, size_t at, size_t size) {
        const uint8_t* header = bytes_.at(at, size);
        if (header == nullptr) [[unlikely]] {
            const size_t end = bytes_.end();
            if (at >= end) return zeros;
            uint8_t* copy = blank(which);
            std::memcpy(copy, bytes_.data() + at, end - at);
            clear_halves(which, copy, end - at);
            header = copy;
        }
        set(which, header);
        return header;
    }

    uint8_t* blank(Layer which) {
        uint8_t* copy = parser_.copies_[static_cast<size_t>(which)];
        std::memset(copy, 0, zero_layer_size);
        return copy;
    }

    // Of frames with an Ethernet header, whose type shows.
    void framed(uint16_t type, size_t at) {
        if (type != type_ip4 && type != type_ip6 && !walk(type, at)) return;
        slot(PacketSlot::ether_type) = type;
        network(type, at);
    }

    void typed(uint16_t type, size_t at) {
        if (walk(type, at)) network(type, at);
    }

    bool walk(uint16_t& type, size_t& at) {
        const bool whole = walk_to_network(type, at, between_, bytes_);
        show_between();
        return whole;
    }

    void tagged(uint16_t control) {
        between_.tag(control);
        show_between();
    }

    void show_between() {
        slot(PacketSlot::vlan) = between_.vlan;
        slot(PacketSlot::vlan_inner) = between_.vlan_inner;
        slot(PacketSlot::vlan_priority) = between_.priority;
        slot(PacketSlot::vlan_tags) = between_.tags;
        slot(PacketSlot::encapsulation) = between_.encapsulations;
    }

    void version(size_t at) {
        const uint8_t* first = bytes_.at(at, 1);
        if (first == nullptr) return;
        if (*first >> 4 == 4) ip4(at);
        if (*first >> 4 == 6) ip6(at);
    }

    void network(uint16_t type, size_t at) {
        if (type == type_ip4) [[likely]] {
            ip4(at);
        } else if (type == type_ip6) {
            ip6(at);
        } else if (type == type_arp || type == type_rarp) {
            add(type == type_arp ? Protocol::arp : Protocol::rarp);
            arp(at);
        }
    }

    void ip4(size_t at) {
        add(Protocol::ipv4);
        slot(PacketSlot::ip_version) = 4;
        slot(PacketSlot::ip4_start) = start_of(at);
        begin_network(at);
        const size_t start = at;
        const uint8_t* header = layer(Layer::ip4, at, 20);
        uint8_t protocol = header[9];
        begin_transport(protocol);
        const size_t total = get16(header + 2);
        // 0 in large segments that the device was to cut, and in those of more than 64 KiB.
        slot(PacketSlot::ip_len) = total != 0 || bytes_.end() < at + 4 ? total : bytes_.wire_end() - at;
        const size_t header_size = size_t{header[0] & 0xfu} * 4;
        if (header_size < 20) return;
        payload_behind(header_size);
        if (total >= header_size) bytes_.limit(at + total);
        at += header_size;
        if ((get16(header + 6) & fragment_offset_mask) != 0) return show_payload(at, start);
        if (!extensions_.over_authentication(protocol, at)) return;
        behind_ip(protocol, at, start);
        if (protocol == icmp4) {
            add(Protocol::icmp4);
            message4(layer(Layer::icmp4, at, 8), at);
        } else if (protocol == igmp) {
            add(Protocol::igmp);
            multicast(at);
        } else {
            transport(protocol, at);
        }
    }

    void ip6(size_t at) {
        add(Protocol::ipv6);
        slot(PacketSlot::ip_version) = 6;
        slot(PacketSlot::ip6_start) = start_of(at);
        begin_network(at);
        const uint8_t* header = layer(Layer::ip6, at, 40);
        const size_t payload = get16(header + 4);
        uint8_t next = header[6];
        // 0 in those of more than 64 KiB, too.
        const bool from_wire = payload == 0 && next != no_next && bytes_.end() >= at + 7;
        if (bytes_.end() >= at + 6) slot(PacketSlot::ip_len) = from_wire ? bytes_.wire_end() - at : payload + 40;
        if (payload != 0) bytes_.limit(at + 40 + payload);
        const size_t start = at;
        at += 40;
        const bool reached = extensions_.over(next, at);
        payload_behind(at - start);
        slot(PacketSlot::ip6_protocol) = next;
        begin_transport(next);
        if (!reached && extensions_.later_fragment()) return show_payload(at, start);
        if (!reached) return;
        behind_ip(next, at, start);
        if (next == icmp6) {
            add(Protocol::icmp6);
            message6(layer(Layer::icmp6, at, 8), at);
        } else {
            transport(next, at);
        }
    }

    void begin_network(size_t at) {
        if (details) slot(PacketSlot::network_start) = start_of(at);
    }
    void begin_transport(uint8_t protocol) {
        if (details) slot(PacketSlot::ip_protocol) = protocol;
    }

    uint64_t start_of(size_t at) const { return at < bytes_.end() ? context_.packet + at : 0; }

    // Of a packet with headers of so many bytes.
    void payload_behind(size_t headers) {
        const uint64_t all = slot(PacketSlot::ip_len);
        slot(PacketSlot::ip_payload) = all < headers ? 0 : all - headers;
    }

    // `at` is behind the headers of IP, of a packet that begins at `start`.
    void behind_ip(uint8_t protocol, size_t at, size_t start) {
        if (!details) return;
        begin_transport(protocol);
        transport_at_ = at;
        slot(PacketSlot::transport_start) = start_of(at);
        if (const std::optional<size_t> size = transport_size(protocol, at)) show_payload(at + *size, start);
        if (protocol != udp) return;
        // Its own length leaves out what a sender put behind it; of a fragment it is the whole datagram's.
        constexpr size_t header_size = 8;
        const uint8_t* length = bytes_.at(at + 4, 2);
        const size_t said = length == nullptr ? 0 : get16(length);
        uint64_t& there = slot(PacketSlot::payload_length);
        if (said >= header_size) there = std::min<uint64_t>(there, said - header_size);
    }

    void show_payload(size_t at, size_t start) {
        if (!details) return;
        slot(PacketSlot::payload_start) = start_of(at);
        const uint64_t end = start + slot(PacketSlot::ip_len);
        slot(PacketSlot::payload_length) = end > at ? end - at : 0;
    }

    // Bytes of the header; 0 of protocols whose header is not known, none where nobody can say.
    std::optional<size_t> transport_size(uint8_t protocol, size_t at) {
        switch (protocol) {
            case tcp: {
                const uint8_t* offset = bytes_.at(at + 12, 1);
                const size_t size = offset == nullptr ? 0 : (*offset >> 4) * size_t{4};
                return size < 20 ? std::nullopt : std::optional(size);
            }
            case dccp: {
                const uint8_t* offset = bytes_.at(at + 4, 1);
                const size_t size = offset == nullptr ? 0 : *offset * size_t{4};
                return size < 12 ? std::nullopt : std::optional(size);
            }
            case sctp:
                return 12;
            case udp:
            case udp_lite:
            case icmp4:
            case icmp6:
                return 8;
            default:
                return 0;
        }
    }

    // What only some messages have (RFC 792, 950, 1191).
    void message4(const uint8_t* header, size_t at) {
        if (header == zeros || !details) return;
        enum Type : uint8_t {
            echo_reply = 0,
            unreachable = 3,
            redirect = 5,
            echo = 8,
            timestamp = 13,
            mask_reply = 18
        };
        constexpr uint8_t fragment_needed = 4;
        const uint8_t type = header[0];
        if (type == echo_reply || type == echo || (type >= timestamp && type <= mask_reply))
            layer(Layer::icmp4_echo, at, 8);
        if (type == unreachable && header[1] == fragment_needed) layer(Layer::icmp4_unfragmented, at, 8);
        if (type == redirect) layer(Layer::icmp4_redirect, at, 8);
    }

    // The same of ICMPv6 (RFC 4443, 4861).
    void message6(const uint8_t* header, size_t at) {
        if (header == zeros || !details) return;
        enum Type : uint8_t { too_big = 2, echo = 128, echo_reply = 129, solicitation = 135, redirect = 137 };
        const uint8_t type = header[0];
        if (type == echo || type == echo_reply) layer(Layer::icmp6_echo, at, 8);
        if (type == too_big) layer(Layer::icmp6_too_big, at, 8);
        if (type >= solicitation && type <= redirect) layer(Layer::icmp6_target, at, 24);
        show_groups(multicast_message6(type, length_from(at)), at);
    }

    void transport(uint8_t protocol, size_t at) {
        if (protocol == tcp) [[likely]] {
            add(Protocol::tcp);
            const uint8_t* header = layer(Layer::tcp, at, 20);
            set(Layer::ports, header);
            if (details) options(header, at);
        } else if (protocol == udp) {
            add(Protocol::udp);
            set(Layer::ports, layer(Layer::udp, at, 8));
        } else if (has_ports(protocol)) {
            layer(Layer::ports, at, 4);
        }
    }

    // Those that are as long as they should be; of several of a kind the first (RFC 9293, 3.1).
    void options(const uint8_t* header, size_t at) {
        constexpr size_t fixed = 20;
        const size_t size = (header[12] >> 4) * size_t{4};
        if (size <= fixed) return;
        slot(PacketSlot::tcp_options_length) = size - fixed;
        if (parser_.depth_ < PacketDepth::options) return;
        enum Kind : uint8_t {
            end = 0,
            nothing = 1,
            mss = 2,
            window_scale = 3,
            sack_allowed = 4,
            sack = 5,
            timestamps = 8
        };
        const size_t behind = at + size;
        for (at += fixed; at < behind;) {
            const uint8_t* kind = bytes_.at(at, 1);
            if (kind == nullptr || *kind == end) return;
            if (*kind == nothing) {
                ++at;
                continue;
            }
            const uint8_t* length = bytes_.at(at + 1, 1);
            if (length == nullptr || *length < 2 || at + *length > behind) return;
            const size_t bytes = *length;
            if (*kind == mss && bytes == 4) option(Layer::tcp_mss, at, bytes);
            if (*kind == window_scale && bytes == 3) option(Layer::tcp_window_scale, at, bytes);
            if (*kind == sack_allowed && bytes == 2) option(Layer::tcp_sack_allowed, at, bytes);
            if (*kind == sack && bytes % 8 == 2) option(Layer::tcp_sack, at, bytes);
            if (*kind == timestamps && bytes == 10) option(Layer::tcp_timestamps, at, bytes);
            at += bytes;
        }
    }

    void option(Layer which, size_t at, size_t size) {
        if (context_.layers[static_cast<size_t>(which)] == reinterpret_cast<uintptr_t>(zeros)) layer(which, at, size);
    }

    void multicast(size_t at) {
        const uint8_t* header = layer(Layer::igmp, at, 8);
        if (header == zeros) return;
        // Half a header has zeros for the time to respond that it does not have.
        if (details && bytes_.at(at, 2) != nullptr)
            show_groups(multicast_message4(header[0], header[1], length_from(at)), at);
        if (names_group(header[0])) return;
        uint8_t start[4];
        std::memcpy(start, header, sizeof start);
        uint8_t* copy = blank(Layer::igmp);
        std::memcpy(copy, start, sizeof start);
        set(Layer::igmp, copy);
    }

    // Bytes of the message that begins there, as the header of IP says, whether they were captured or not.
    size_t length_from(size_t at) const { return bytes_.wire_end() - std::min(at, bytes_.wire_end()); }

    // What the message at an offset tells of groups. A clause of protocol `group` runs if it tells of any.
    void show_groups(const MulticastMessage& message, size_t at) {
        using What = MulticastMessage::What;
        if (message.version == 0) return;
        const bool six = message.of_ip6;
        constexpr size_t header_size = 8;
        slot(six ? PacketSlot::mld_version : PacketSlot::igmp_version) = message.version;
        if (six && message.what != What::records) layer(Layer::mld_group, at, header_size + 16);
        if (message.what == What::query) {
            if (six && message.version == 2) layer(Layer::mld_query, at, header_size + 20);
            if (!six && message.version == 3) layer(Layer::igmp_query, at, header_size + 4);
            return;
        }
        size_t group_at = at + header_size - (six ? 0 : 4);
        if (message.what == What::records) {
            const uint8_t* report = layer(six ? Layer::mld_report : Layer::igmp_report, at, header_size);
            slot(PacketSlot::group_records) = start_of(at + header_size);
            slot(PacketSlot::group_records_size) = length_from(at + header_size);
            if (get16(report + 6) == 0) return;
            group_at = at + header_size + GroupRecords::fixed_size;
        }
        const uint8_t* group = bytes_.at(group_at, six ? 16 : 4);
        if (group == nullptr) return;
        set(six ? Layer::group6 : Layer::group4, group);
        slot(PacketSlot::group_type) = static_cast<uint64_t>(message.type);
        if (message.what == What::records) GroupWalk(context_).next(context_);
        add(Protocol::group);
    }

    // RFC 826: the sizes of both kinds of address are in the header. Where they are not those of MAC and IPv4, the
    // addresses of that kind are zero.
    void arp(size_t at) {
        begin_network(at);
        const uint8_t* fixed = bytes_.at(at, 8);
        const size_t hardware = fixed == nullptr ? 6 : fixed[4];
        const size_t protocol = fixed == nullptr ? 4 : fixed[5];
        const bool ip = fixed == nullptr || (protocol == 4 && get16(fixed + 2) == type_ip4);
        if (hardware == 6 && ip) {
            layer(Layer::arp, at, 28);
            return;
        }
        uint8_t* copy = blank(Layer::arp);
        std::memcpy(copy, fixed, 8);
        set(Layer::arp, copy);
        size_t from = at + 8;
        auto take = [&](size_t to, size_t size, bool wanted) {
            const uint8_t* source = wanted ? bytes_.at(from, size) : nullptr;
            if (source != nullptr) std::memcpy(copy + to, source, size);
            from += size;
        };
        take(8, hardware, hardware == 6);
        take(14, protocol, ip);
        take(18, hardware, hardware == 6);
        take(24, protocol, ip);
    }

    LayerParser& parser_;
    EngineContext& context_;
    PacketBytes bytes_;
    Between between_;
    ExtensionWalk extensions_{bytes_};
    std::optional<size_t> transport_at_;  // where the headers of IP end, if that is known
    ProtocolSet protocols_ = static_cast<ProtocolSet>(Protocol::any);
};

const uint8_t* absent_layer() { return zeros; }

void clear_layers(EngineContext& context) { clear<PacketDepth::inner>(context); }

template <bool details>
ParsedPacket LayerParser::walk(LinkKind link, const PacketView& packet, EngineContext& context) {
    LayerWalk<details> walk(*this, packet, context);
    walk.link(link);
    if (details && depth_ == PacketDepth::inner) walk.inner();
    return walk.result();
}

ParsedPacket LayerParser::parse(LinkKind link, const PacketView& packet, EngineContext& context) {
    context.time_ns = packet.time_ns;
    context.packet = reinterpret_cast<uintptr_t>(packet.data);
    context.captured = packet.captured;
    context.wire_length = packet.wire_length;
    switch (depth_) {
        case PacketDepth::headers:
            clear<PacketDepth::headers>(context);
            break;
        case PacketDepth::details:
        case PacketDepth::options:
            clear<PacketDepth::options>(context);
            break;
        case PacketDepth::inner:
            clear<PacketDepth::inner>(context);
            break;
    }
    context.slots[static_cast<size_t>(PacketSlot::captured)] = packet.captured;
    context.slots[static_cast<size_t>(PacketSlot::wire_length)] = std::min(packet.wire_length, longest_packet);
    return depth_ == PacketDepth::headers ? walk<false>(link, packet, context) : walk<true>(link, packet, context);
}

}  // namespace probevue
