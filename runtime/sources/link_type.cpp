#include <pcap/pcap.h>

#include "runtime/sources/packet.h"

namespace probevue {

LinkKind link_kind(int link_type) {
    switch (link_type) {
        case DLT_EN10MB:
            return LinkKind::ethernet;
        case DLT_NULL:
            return LinkKind::null;
        case DLT_LOOP:
            return LinkKind::loop;
        case DLT_RAW:
        case DLT_IPV4:
        case DLT_IPV6:
            return LinkKind::raw;
        case DLT_LINUX_SLL:
            return LinkKind::cooked;
        case DLT_LINUX_SLL2:
            return LinkKind::cooked2;
        default:
            return LinkKind::unsupported;
    }
}

std::string link_type_name(int link_type) {
    const char* name = pcap_datalink_val_to_name(link_type);
    return name != nullptr ? name : std::to_string(link_type);
}

namespace {

constexpr int file_raw = 101;  // LINKTYPE_RAW; DLT_RAW differs from system to system

}  // namespace

uint16_t file_link_type(int link_type) { return static_cast<uint16_t>(link_type == DLT_RAW ? file_raw : link_type); }

int link_type_of_file(uint32_t number) {
    // The upper bits of the field hold the length of a frame check sequence.
    int link_type = static_cast<int>(number & 0xffff);
    constexpr int openbsd_raw = 14;  // written by captures from there
    return link_type == file_raw || link_type == openbsd_raw ? DLT_RAW : link_type;
}

}  // namespace probevue
