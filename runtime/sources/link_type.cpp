#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "runtime/sources/packet.h"

namespace probevue {

LinkKind link_kind(int link_type) {
    switch (link_type) {
#define LINK_TYPE(name, title, dlt, header, at) \
    case dlt:                                   \
        return LinkKind::name;
#define ETHER_TYPED(name, title, dlt, at, payload) LINK_TYPE(name, title, dlt, ether_type, at)
#include "runtime/sources/link_types.def"
#undef ETHER_TYPED
#undef LINK_TYPE
        default:
            return LinkKind::unsupported;
    }
}

namespace {

// By what the table says begins there.
constexpr EthernetParts parts_of(std::string_view header) {
    if (header == "ethernet" || header == "brcm" || header == "dsa" || header == "edsa") return EthernetParts::all;
    return header == "pktap" ? EthernetParts::varies : EthernetParts::nothing;
}

}  // namespace

EthernetParts ethernet_parts(LinkKind kind) {
    switch (kind) {
#define LINK_TYPE(name, title, dlt, header, at) \
    case LinkKind::name:                        \
        return parts_of(#header);
#define ETHER_TYPED(name, title, dlt, at, payload) \
    case LinkKind::name:                           \
        return EthernetParts::type;
#include "runtime/sources/link_types.def"
#undef ETHER_TYPED
#undef LINK_TYPE
        case LinkKind::unsupported:
            break;
    }
    return EthernetParts::nothing;
}

std::string decoded_link_types() {
    std::vector<std::string_view> titles;
    for (const std::string_view title : {
#define LINK_TYPE(name, title, dlt, header, at) std::string_view(title),
#define ETHER_TYPED(name, title, dlt, at, payload) std::string_view(title),
#include "runtime/sources/link_types.def"
#undef ETHER_TYPED
#undef LINK_TYPE
         }) {
        if (std::find(titles.begin(), titles.end(), title) == titles.end()) titles.push_back(title);
    }
    return fmt::format("{}", fmt::join(titles, ", "));
}

HeaderOrder header_order(int link_type) {
    switch (link_type) {
#define HOST_ORDER(dlt, reader) \
    case dlt:                   \
        return HeaderOrder::reader;
#include "runtime/sources/link_orders.def"
#undef HOST_ORDER
        default:
            return HeaderOrder::network;
    }
}

std::string link_type_name(int link_type) {
    const char* name = pcap_datalink_val_to_name(link_type);
    return name != nullptr ? name : std::to_string(link_type);
}

namespace {

// The numbers of files where those of programs differ from system to system (libpcap, pcap-common.c).
struct FileNumber {
    int file;
    int link_type;
};
constexpr FileNumber file_numbers[] = {
    {101, DLT_RAW},  // first, it is the one to write
    {14, DLT_RAW},   // written by captures of OpenBSD
    {100, DLT_ATM_RFC1483}, {102, DLT_SLIP_BSDOS}, {103, DLT_PPP_BSDOS}, {106, DLT_ATM_CLIP},
};

}  // namespace

uint16_t file_link_type(int link_type) {
    for (const FileNumber& number : file_numbers) {
        if (number.link_type == link_type) return static_cast<uint16_t>(number.file);
    }
    return static_cast<uint16_t>(link_type);
}

int link_type_of_file(uint32_t number) {
    // The upper bits of the field hold the length of a frame check sequence.
    const int link_type = static_cast<int>(number & 0xffff);
    for (const FileNumber& known : file_numbers) {
        if (known.file == link_type) return known.link_type;
    }
    return link_type;
}

}  // namespace probevue
