// Headers with correct lengths and checksums, from the link layer up to the transport.
#pragma once

#include <array>
#include <cstdint>

#include "make/bytes.h"

namespace captures {

using Ip6Address = std::array<uint16_t, 8>;

constexpr uint64_t kMacA = 0x02'42'ac'11'00'02;
constexpr uint64_t kMacB = 0x02'42'ac'11'00'03;
constexpr uint64_t kBroadcast = 0xff'ff'ff'ff'ff'ff;

constexpr uint32_t address4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    return (a << 24) | (b << 16) | (c << 8) | d;
}
constexpr uint32_t kHostA4 = address4(10, 10, 10, 12);
constexpr uint32_t kHostB4 = address4(10, 10, 18, 231);
constexpr Ip6Address kHostA6 = {0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xa};
constexpr Ip6Address kHostB6 = {0x2001, 0xdb8, 0xb, 0, 0, 0x1, 0, 0xb};

enum EtherType : uint32_t {
    kTypeIp4 = 0x0800,
    kTypeArp = 0x0806,
    kTypeVlan = 0x8100,
    kTypeRarp = 0x8035,
    kTypeIp6 = 0x86dd,
    kTypeQinq = 0x88a8,
    kTypeOldQinq = 0x9100,
};

enum Protocol : uint32_t {
    kHopByHop = 0,
    kIcmp = 1,
    kIgmp = 2,
    kIpInIp = 4,
    kTcp = 6,
    kUdp = 17,
    kIp6InIp = 41,
    kRouting = 43,
    kFragment = 44,
    kGre = 47,
    kEsp = 50,
    kAuth = 51,
    kIcmp6 = 58,
    kNoNext = 59,
    kDestOptions = 60,
};

enum TcpFlag : uint32_t { kFin = 1, kSyn = 2, kRst = 4, kPush = 8, kAck = 16, kUrg = 32, kEce = 64, kCwr = 128 };

struct Ip4 {
    uint32_t source = kHostA4;
    uint32_t target = kHostB4;
    uint32_t ttl = 64;
    uint32_t tos = 0;
    uint32_t id = 0x1d2e;
    uint32_t flags_offset = 0x4000;  // DF, MF and the offset as on the wire
    Bytes options = {};              // a multiple of four bytes
};

struct Ip6 {
    Ip6Address source = kHostA6;
    Ip6Address target = kHostB6;
    uint32_t hop_limit = 64;
    uint32_t traffic_class = 0;
    uint32_t flow_label = 0;
};

struct Tcp {
    uint32_t source = 48401;
    uint32_t target = 80;
    uint32_t seq = 0x10203040;
    uint32_t ack = 0;
    uint32_t flags = kSyn;
    uint32_t window = 64240;
    uint32_t urgent = 0;
    Bytes options = {};  // a multiple of four bytes
};

struct Udp {
    uint32_t source = 40000;
    uint32_t target = 53;
    bool checksum = true;
};

struct Arp {
    uint32_t hardware = 1;
    uint32_t operation = 1;
    uint64_t source_mac = kMacA;
    uint32_t source_ip = kHostA4;
    uint64_t target_mac = 0;
    uint32_t target_ip = kHostB4;
};

Bytes mac(uint64_t address);
Bytes ether(uint32_t type, const Bytes& payload, uint64_t source = kMacA, uint64_t target = kMacB);
Bytes tag(uint32_t tci, uint32_t type, const Bytes& payload);  // what follows a type of 0x8100 and its like
Bytes arp(const Arp& fields);

// The fixed header and payload. The `total_len`/`payload_len` field is computed.
Bytes ip4(const Ip4& fields, uint32_t protocol, const Bytes& payload);
Bytes ip6(const Ip6& fields, uint32_t next_header, const Bytes& payload);

// An IPv6 extension header of type, length and body; the body makes the header a multiple of eight bytes.
Bytes extension(uint32_t next_header, const Bytes& body, const Bytes& payload);
Bytes fragment(uint32_t next_header, uint32_t offset, bool more, const Bytes& payload);
Bytes auth(uint32_t next_header, const Bytes& payload);

// Transport headers; the checksum covers the pseudo header of the addresses given.
Bytes tcp(const Ip4& ip, const Tcp& fields, const Bytes& payload = {});
Bytes tcp(const Ip6& ip, const Tcp& fields, const Bytes& payload = {});
Bytes udp(const Ip4& ip, const Udp& fields, const Bytes& payload = {});
Bytes udp(const Ip6& ip, const Udp& fields, const Bytes& payload = {});
Bytes icmp(uint32_t type, uint32_t code, const Bytes& rest);
Bytes icmp6(const Ip6& ip, uint32_t type, uint32_t code, const Bytes& rest);
Bytes igmp(uint32_t type, uint32_t code, const Bytes& rest);

// A whole IPv4 or IPv6 packet around a transport header.
Bytes tcp_packet(const Ip4& ip, const Tcp& fields, const Bytes& payload = {});
Bytes tcp_packet(const Ip6& ip, const Tcp& fields, const Bytes& payload = {});
Bytes udp_packet(const Ip4& ip, const Udp& fields, const Bytes& payload = {});
Bytes udp_packet(const Ip6& ip, const Udp& fields, const Bytes& payload = {});

}  // namespace captures
