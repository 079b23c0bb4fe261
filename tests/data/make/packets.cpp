#include "make/packets.h"

namespace captures {

namespace {

uint32_t length(const Bytes& bytes) { return static_cast<uint32_t>(bytes.size()); }

Bytes address(const Ip6Address& words) {
    Bytes bytes;
    for (const uint16_t word : words) bytes.u16(word);
    return bytes;
}

Bytes pseudo_header(const Ip4& ip, uint32_t protocol, const Bytes& segment) {
    return Bytes().u32(ip.source).u32(ip.target).u16(protocol).u16(length(segment));
}

Bytes pseudo_header(const Ip6& ip, uint32_t protocol, const Bytes& segment) {
    return address(ip.source).add(address(ip.target)).u32(length(segment)).u32(protocol);
}

template <typename Ip>
Bytes sealed(const Ip& ip, uint32_t protocol, Bytes segment, size_t checksum_at) {
    const uint32_t checksum = internet_checksum(segment, internet_sum(pseudo_header(ip, protocol, segment)));
    // A UDP checksum of zero means that there is none; all ones is the same number.
    segment.set_u16(checksum_at, protocol == kUdp && checksum == 0 ? 0xffff : checksum);
    return segment;
}

template <typename Ip>
Bytes tcp_segment(const Ip& ip, const Tcp& fields, const Bytes& payload) {
    const uint32_t words = 5 + length(fields.options) / 4;
    Bytes segment;
    segment.u16(fields.source).u16(fields.target).u32(fields.seq).u32(fields.ack);
    segment.u16((words << 12) | fields.flags).u16(fields.window).u16(0).u16(fields.urgent);
    segment.add(fields.options).add(payload);
    return sealed(ip, kTcp, segment, 16);
}

template <typename Ip>
Bytes udp_datagram(const Ip& ip, const Udp& fields, const Bytes& payload) {
    Bytes datagram;
    datagram.u16(fields.source).u16(fields.target).u16(8 + length(payload)).u16(0).add(payload);
    return fields.checksum ? sealed(ip, kUdp, datagram, 6) : datagram;
}

Bytes summed(Bytes message) {
    message.set_u16(2, internet_checksum(message));
    return message;
}

}  // namespace

Bytes mac(uint64_t address) {
    return Bytes().u16(static_cast<uint32_t>(address >> 32)).u32(static_cast<uint32_t>(address));
}

Bytes ether(uint32_t type, const Bytes& payload, uint64_t source, uint64_t target) {
    return mac(target).add(mac(source)).u16(type).add(payload);
}

Bytes tag(uint32_t tci, uint32_t type, const Bytes& payload) { return Bytes().u16(tci).u16(type).add(payload); }

Bytes arp(const Arp& fields) {
    Bytes message;
    message.u16(fields.hardware).u16(kTypeIp4).u8(6).u8(4).u16(fields.operation);
    message.add(mac(fields.source_mac)).u32(fields.source_ip);
    return message.add(mac(fields.target_mac)).u32(fields.target_ip);
}

Bytes ip4(const Ip4& fields, uint32_t protocol, const Bytes& payload) {
    const uint32_t header = 20 + length(fields.options);
    Bytes packet;
    packet.u8(0x40 | (header / 4)).u8(fields.tos).u16(header + length(payload));
    packet.u16(fields.id).u16(fields.flags_offset).u8(fields.ttl).u8(protocol).u16(0);
    packet.u32(fields.source).u32(fields.target).add(fields.options);
    packet.set_u16(10, internet_checksum(packet));
    return packet.add(payload);
}

Bytes ip6(const Ip6& fields, uint32_t next_header, const Bytes& payload) {
    Bytes packet;
    packet.u32((6U << 28) | (fields.traffic_class << 20) | fields.flow_label);
    packet.u16(length(payload)).u8(next_header).u8(fields.hop_limit);
    return packet.add(address(fields.source)).add(address(fields.target)).add(payload);
}

Bytes extension(uint32_t next_header, const Bytes& body, const Bytes& payload) {
    return Bytes().u8(next_header).u8((2 + length(body)) / 8 - 1).add(body).add(payload);
}

Bytes fragment(uint32_t next_header, uint32_t offset, bool more, const Bytes& payload) {
    return Bytes().u8(next_header).u8(0).u16(offset | (more ? 1U : 0U)).u32(0xfade0001).add(payload);
}

Bytes auth(uint32_t next_header, const Bytes& payload) {
    Bytes header;
    header.u8(next_header).u8(4).u16(0).u32(0x100).u32(1).zeros(12);
    return header.add(payload);
}

Bytes tcp(const Ip4& ip, const Tcp& fields, const Bytes& payload) { return tcp_segment(ip, fields, payload); }
Bytes tcp(const Ip6& ip, const Tcp& fields, const Bytes& payload) { return tcp_segment(ip, fields, payload); }
Bytes udp(const Ip4& ip, const Udp& fields, const Bytes& payload) { return udp_datagram(ip, fields, payload); }
Bytes udp(const Ip6& ip, const Udp& fields, const Bytes& payload) { return udp_datagram(ip, fields, payload); }

Bytes icmp(uint32_t type, uint32_t code, const Bytes& rest) {
    return summed(Bytes().u8(type).u8(code).u16(0).add(rest));
}

Bytes icmp6(const Ip6& ip, uint32_t type, uint32_t code, const Bytes& rest) {
    return sealed(ip, kIcmp6, Bytes().u8(type).u8(code).u16(0).add(rest), 2);
}

Bytes igmp(uint32_t type, uint32_t code, const Bytes& rest) { return icmp(type, code, rest); }

Bytes tcp_packet(const Ip4& ip, const Tcp& fields, const Bytes& payload) {
    return ip4(ip, kTcp, tcp(ip, fields, payload));
}
Bytes tcp_packet(const Ip6& ip, const Tcp& fields, const Bytes& payload) {
    return ip6(ip, kTcp, tcp(ip, fields, payload));
}
Bytes udp_packet(const Ip4& ip, const Udp& fields, const Bytes& payload) {
    return ip4(ip, kUdp, udp(ip, fields, payload));
}
Bytes udp_packet(const Ip6& ip, const Udp& fields, const Bytes& payload) {
    return ip6(ip, kUdp, udp(ip, fields, payload));
}

}  // namespace captures
