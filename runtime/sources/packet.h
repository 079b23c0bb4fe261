// What a source says about a packet.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/address.h"
#include "builtins/packet.h"

namespace probevue {

// The process whose packet it is: which sends it, or which it is for.
struct PacketOwner {
    int64_t pid = -1;
    int64_t uid = -1;             // real user id; -1: not known
    std::array<char, 16> name{};  // of the process; a NUL follows where there is room
    bool operator==(const PacketOwner&) const = default;
};

// One packet, link header first. The bytes stay valid until its source is asked for the next one.
struct PacketView {
    const uint8_t* data = nullptr;
    uint32_t captured = 0;               // bytes there
    uint32_t wire_length = 0;            // bytes on the wire
    uint64_t time_ns = 0;                // CLOCK_REALTIME; 0 when the capture does not say
    uint32_t interface = 0;              // which of the source's interfaces
    const PacketOwner* owner = nullptr;  // as a capture says, or who reads it has found out; null: not known
    uint64_t number = 0;                 // of those that the source has read, from 1; 0: it is not from a source
    PacketDirection direction = PacketDirection::unknown;  // as the capture says beside the packet
};

// How the bytes of a packet begin: the link types that the layer parser knows.
enum class LinkKind : uint8_t {
#define LINK_TYPE(name, title, dlt, header, at) name,
#define ETHER_TYPED(name, title, dlt, at, payload) name,
#include "runtime/sources/link_types.def"
#undef ETHER_TYPED
#undef LINK_TYPE
    unsupported
};

// An address of an interface with the length of its network's prefix.
struct InterfaceAddress {
    IpAddress address;
    uint8_t prefix = 0;  // bits
};

// The interfaces behind the interface `any`, while a session runs.
class DeviceNames {
public:
    virtual ~DeviceNames() = default;
    // Of the one that the packet came by; empty: not known. Valid until the next call.
    virtual std::string_view name_of(const PacketView& packet) = 0;
};

// An interface as a source describes it.
struct PacketInterface {
    std::string name;   // Linux name; empty when the capture does not say
    int link_type = 0;  // DLT_ value of libpcap
    LinkKind kind = LinkKind::unsupported;
    uint32_t snap_length = 0;  // bytes of each packet that were kept at the most; 0: all
    bool from_file = false;
    bool swapped = false;                     // that file has the byte order that this machine does not have
    std::optional<uint32_t> netmask;          // IPv4, host byte order; none: not known, or there is no address
    DeviceNames* devices = nullptr;           // of `any`, live; as long as the source is there
    std::vector<InterfaceAddress> addresses;  // when a live interface was opened, or as a file says
};

// Those that the layer parser knows, for messages: "Ethernet, Linux cooked capture, ...".
std::string decoded_link_types();
// The kind of a DLT_ value.
LinkKind link_kind(int link_type);
// What packets of a link type have of an Ethernet header: nothing, its type, all of it; `varies` from packet to packet.
enum class EthernetParts : uint8_t { nothing, type, all, varies };
EthernetParts ethernet_parts(LinkKind kind);
// Which byte order numbers of the link header have: that of networks, or that of the host that captured, in which
// libpcap leaves them or turns them round when it reads a file (link_orders.def).
enum class HeaderOrder : uint8_t { network, kept, turned };
HeaderOrder header_order(int link_type);
// "EN10MB", or the number for one that libpcap has no name for.
std::string link_type_name(int link_type);
// DLT_ value for the number that capture files use (they differ for a few; libpcap's pcap-common.c), and back.
int link_type_of_file(uint32_t number);
uint16_t file_link_type(int link_type);

}  // namespace probevue
