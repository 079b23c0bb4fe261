#include "runtime/sources/layers.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <variant>
#include <vector>

#include "builtins/builtin.h"

namespace probevue {
namespace {

constexpr size_t layer_count = static_cast<size_t>(Layer::count);
alignas(64) constexpr uint8_t zeros[zero_layer_size] = {};

enum EtherType : uint16_t {
    type_ip4 = 0x0800,
    type_arp = 0x0806,
    type_rarp = 0x8035,
    type_vlan = 0x8100,
    type_ip6 = 0x86dd,
    type_provider_vlan = 0x88a8,  // IEEE 802.1ad
    type_old_vlan = 0x9100,       // QinQ before 802.1ad
};
enum IpProtocol : uint8_t {
    hop_by_hop = 0,
    icmp4 = 1,
    igmp = 2,
    tcp = 6,
    udp = 17,
    routing = 43,
    fragment = 44,
    authentication = 51,
    icmp6 = 58,
    destination_options = 60,
    mobility = 135,
    host_identity = 139,
    shim6 = 140,
};

// Bounds for what a packet can nest; real ones have two tags and four extension headers at the most.
constexpr int most_tags = 8;
constexpr int most_extensions = 16;

// The built-ins that lie in a header, for headers that are there in part.
std::vector<PacketField> fields_of(Layer layer) {
    std::vector<PacketField> fields;
    for (const BuiltinRow& row : builtin_rows()) {
        const auto* field = std::get_if<PacketField>(&row.from);
        if (field != nullptr && field->layer == layer) fields.push_back(*field);
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

uint16_t get16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }

}  // namespace

// One walk through one packet. Positions are offsets, so that headers beyond the end need no care.
class LayerWalk {
public:
    LayerWalk(LayerParser& parser, const PacketView& packet, EngineContext& context)
        : parser_(parser),
          context_(context),
          data_(packet.data),
          captured_(packet.captured),
          end_(packet.captured),
          short_(packet.captured < packet.wire_length) {}

    void ethernet() {
        layer(Layer::ether, 0, 14);
        add(Protocol::ether);
        if (const uint8_t* type = bytes(12, 2)) tagged(get16(type), 14);
    }

    void cooked(size_t type_at, size_t size) {
        const uint8_t* type = bytes(type_at, 2);
        if (type == nullptr) return;
        add(Protocol::ether);  // the kernel gives such headers to frames of any kind, most are Ethernet's
        tagged(get16(type), size);
    }

    // Behind four bytes of an address family, whose byte order (NULL) and number for IPv6 depend on the system that
    // captured: the version in the packet itself decides.
    void loopback() { raw(4); }

    void raw(size_t at) {
        const uint8_t* first = bytes(at, 1);
        if (first == nullptr) return;
        if (*first >> 4 == 4) network(type_ip4, at);
        if (*first >> 4 == 6) network(type_ip6, at);
    }

    ParsedPacket result() const { return {protocols_, cut_off_}; }

private:
    void add(Protocol protocol) {
        protocols_ = static_cast<ProtocolSet>(protocols_ | static_cast<ProtocolSet>(protocol));
    }
    uint64_t& slot(PacketSlot slot) { return context_.slots[static_cast<size_t>(slot)]; }
    void set(Layer layer, const uint8_t* header) {
        context_.layers[static_cast<size_t>(layer)] = reinterpret_cast<uintptr_t>(header);
    }

    // `size` bytes at an offset, or null.
    const uint8_t* bytes(size_t at, size_t size) {
        if (at + size <= end_) [[likely]]
            return data_ + at;
        cut_off_ |= short_ && at + size > captured_;
        return nullptr;
    }

    // Lets the layer point to its header; to a copy with zeros behind it when it is there in part. Never null.
    const uint8_t* layer(Layer which, size_t at, size_t size) {
        const uint8_t* header = bytes(at, size);
        if (header == nullptr) [[unlikely]] {
            if (at >= end_) return zeros;
            uint8_t* copy = blank(which);
            std::memcpy(copy, data_ + at, end_ - at);
            clear_halves(which, copy, end_ - at);
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

    void tagged(uint16_t type, size_t at) {
        for (int tags = 0; type == type_vlan || type == type_provider_vlan || type == type_old_vlan; tags++) {
            const uint8_t* tag = bytes(at, 2);
            if (tag == nullptr || tags == most_tags) return;
            if (tags == 0) slot(PacketSlot::vlan) = get16(tag) & 0xfff;
            const uint8_t* inner = bytes(at + 2, 2);
            if (inner == nullptr) return;
            type = get16(inner);
            at += 4;
        }
        slot(PacketSlot::ether_type) = type;
        network(type, at);
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

    // What lies behind the end that the IP header gives is padding of the link.
    void limit(size_t end) { end_ = std::min(end_, end); }

    void ip4(size_t at) {
        add(Protocol::ipv4);
        const uint8_t* header = layer(Layer::ip4, at, 20);
        size_t header_size = size_t{header[0] & 0xfu} * 4;
        if (header_size < 20) return;
        size_t total = get16(header + 2);
        if (total >= header_size) limit(at + total);  // 0 in large segments that the device was to cut
        constexpr uint16_t offset_mask = 0x1fff;
        if ((get16(header + 6) & offset_mask) != 0) return;
        at += header_size;
        if (header[9] == icmp4) {
            add(Protocol::icmp4);
            layer(Layer::icmp4, at, 8);
        } else if (header[9] == igmp) {
            add(Protocol::igmp);
            multicast(at);
        } else {
            transport(header[9], at);
        }
    }

    void ip6(size_t at) {
        add(Protocol::ipv6);
        const uint8_t* header = layer(Layer::ip6, at, 40);
        if (size_t payload = get16(header + 4); payload != 0) limit(at + 40 + payload);
        uint8_t next = header[6];
        at += 40;
        bool reached = extensions(next, at);
        slot(PacketSlot::ip6_protocol) = next;
        if (!reached) return;
        if (next == icmp6) {
            add(Protocol::icmp6);
            layer(Layer::icmp6, at, 8);
        } else {
            transport(next, at);
        }
    }

    // Walks over the extension headers (RFC 8200); false when the transport's header is not in this packet.
    bool extensions(uint8_t& next, size_t& at) {
        for (int headers = 0; headers < most_extensions; headers++) {
            size_t unit = 8;
            size_t extra = 1;
            switch (next) {
                case hop_by_hop:
                case routing:
                case destination_options:
                case mobility:
                case host_identity:
                case shim6:
                    break;
                case fragment:
                    unit = 0;  // eight bytes; its second byte is reserved
                    break;
                case authentication:
                    unit = 4;
                    extra = 2;
                    break;
                default:
                    return true;
            }
            const uint8_t* header = bytes(at, 8);
            if (header == nullptr) return false;
            bool later_fragment = next == fragment && get16(header + 2) >> 3 != 0;
            next = header[0];
            at += unit == 0 ? 8 : (header[1] + extra) * unit;
            if (later_fragment) return false;
        }
        return false;
    }

    void transport(uint8_t protocol, size_t at) {
        if (protocol == tcp) [[likely]] {
            add(Protocol::tcp);
            layer(Layer::tcp, at, 20);
        } else if (protocol == udp) {
            add(Protocol::udp);
            layer(Layer::udp, at, 8);
        }
    }

    // Version 3 reports have no group of their own in the second word, but a count of records (RFC 3376).
    void multicast(size_t at) {
        const uint8_t* header = layer(Layer::igmp, at, 8);
        constexpr uint8_t report_version_3 = 0x22;
        if (header[0] != report_version_3) return;
        uint8_t start[4];
        std::memcpy(start, header, sizeof start);
        uint8_t* copy = blank(Layer::igmp);
        std::memcpy(copy, start, sizeof start);
        set(Layer::igmp, copy);
    }

    // RFC 826: the sizes of both kinds of address are in the header; ours are 6 and 4.
    void arp(size_t at) {
        const uint8_t* header = layer(Layer::arp, at, 28);
        const size_t hardware = header[4];
        const size_t protocol = header[5];
        if ((hardware == 6 && protocol == 4) || header == zeros) return;
        uint8_t* copy = blank(Layer::arp);
        size_t from = at;
        auto take = [&](size_t to, size_t room, size_t size) {
            if (const uint8_t* source = bytes(from, std::min(size, room)))
                std::memcpy(copy + to, source, std::min(size, room));
            from += size;
        };
        cut_off_ = false;  // of the 28 bytes that it does not have
        take(0, 2, 2);
        take(2, 2, 2);
        take(4, 1, 1);
        take(5, 1, 1);
        take(6, 2, 2);
        take(8, 6, hardware);
        take(14, 4, protocol);
        take(18, 6, hardware);
        take(24, 4, protocol);
        set(Layer::arp, copy);
    }

    LayerParser& parser_;
    EngineContext& context_;
    const uint8_t* data_;
    size_t captured_;
    size_t end_;
    bool short_;
    bool cut_off_ = false;
    ProtocolSet protocols_ = static_cast<ProtocolSet>(Protocol::any);
};

const uint8_t* absent_layer() { return zeros; }

void clear_layers(EngineContext& context) {
    std::fill_n(context.layers, layer_count, reinterpret_cast<uintptr_t>(zeros));
    std::fill(std::begin(context.slots), std::end(context.slots), 0);
}

ParsedPacket LayerParser::parse(LinkKind link, const PacketView& packet, EngineContext& context) {
    context.time_ns = packet.time_ns;
    context.packet = reinterpret_cast<uintptr_t>(packet.data);
    context.captured = packet.captured;
    context.wire_length = packet.wire_length;
    clear_layers(context);
    LayerWalk walk(*this, packet, context);
    switch (link) {
        case LinkKind::ethernet:
            walk.ethernet();
            break;
        case LinkKind::null:
        case LinkKind::loop:
            walk.loopback();
            break;
        case LinkKind::raw:
            walk.raw(0);
            break;
        case LinkKind::cooked:
            walk.cooked(14, 16);
            break;
        case LinkKind::cooked2:
            walk.cooked(0, 20);
            break;
        case LinkKind::unsupported:
            break;
    }
    return walk.result();
}

}  // namespace probevue
