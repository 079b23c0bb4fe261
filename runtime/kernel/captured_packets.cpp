#include "runtime/kernel/captured_packets.h"

#include <arpa/inet.h>
#include <net/if_arp.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "builtins/linux.h"

namespace probevue {
namespace {

constexpr auto addresses_size =
    static_cast<size_t>(ethernet_type_at);  // of Ethernet: before the type, where tags stand

// Does the link header that the bytes begin with have the form of Ethernet? Buffers that have left their device behind
// do not say what it was.
bool is_ethernet(const CapturedPacket& head) {
    if (head.has_link == 0) return false;
    if (head.device_type == 0) return head.network_offset == ethernet_header_size;
    return head.device_type == ARPHRD_ETHER || head.device_type == ARPHRD_LOOPBACK;
}

// Where the network header begins in bytes that begin with another link's header. Before the kernel has looked for it,
// it is where the kernel works.
int32_t network_at(const CapturedPacket& head) {
    if (head.has_link == 0) return 0;
    const bool found = head.network_offset > 0 && (head.data_offset <= 0 || head.network_offset <= head.data_offset);
    return found ? head.network_offset : std::max(head.data_offset, 0);
}

uint64_t key_of(uint32_t link_type, uint32_t wire_length) { return uint64_t{link_type} << 32 | wire_length; }

}  // namespace

CapturedBytes CapturedPackets::restore(const CapturedBytes& read) {
    CapturedBytes out = read;
    CapturedPacket head;
    out.size = 0;
    if (read.size < sizeof head) return out;
    std::memcpy(&head, read.bytes, sizeof head);
    out.bytes = read.bytes + sizeof head;
    out.size = read.size - sizeof head;
    if (!is_ethernet(head)) {
        const size_t skipped = std::min(static_cast<size_t>(network_at(head)), out.size);
        out.bytes += skipped;
        out.size -= skipped;
        out.key = key_of(linktype_raw, head.wire_length - static_cast<uint32_t>(skipped));
        return out;
    }
    if (head.has_tag != 0 && out.size >= addresses_size && out.size + tag_size <= tagged_.size()) {
        const uint16_t tag = htons(static_cast<uint16_t>(head.tag));
        const auto type = static_cast<uint16_t>(head.tag_type);
        std::memcpy(tagged_.data(), out.bytes, addresses_size);
        std::memcpy(tagged_.data() + addresses_size, &type, sizeof type);
        std::memcpy(tagged_.data() + addresses_size + sizeof type, &tag, sizeof tag);
        std::memcpy(tagged_.data() + addresses_size + tag_size, out.bytes + addresses_size, out.size - addresses_size);
        out.bytes = tagged_.data();
        out.size += tag_size;
        head.wire_length += tag_size;
    }
    out.key = key_of(linktype_ethernet, head.wire_length);
    return out;
}

}  // namespace probevue
