#include "runtime/kernel/link_table.h"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace probevue {
namespace {

// Their changes are events; IFF_PROMISC and IFF_ALLMULTI only what users have set: counts say the rest.
constexpr uint32_t watched_flags = IFF_UP | IFF_PROMISC | IFF_ALLMULTI | IFF_MULTICAST;

uint32_t number_in(std::span<const std::byte> value) {
    uint32_t out = 0;
    if (value.size() >= sizeof out) std::memcpy(&out, value.data(), sizeof out);
    return out;
}

std::string text_in(std::span<const std::byte> value) {
    const auto* begin = reinterpret_cast<const char*>(value.data());
    return {begin, strnlen(begin, value.size())};
}

// Six bytes, of which the first is the most significant; fewer stand at the front, of more the first count.
uint64_t as_mac(const std::vector<uint8_t>& address) {
    constexpr size_t bytes = 6;
    uint64_t out = 0;
    for (size_t i = 0; i < bytes; ++i) out = out << 8 | (i < address.size() ? address[i] : 0u);
    return out;
}

void take_attribute(LinkMessage& message, uint16_t type, std::span<const std::byte> value) {
    switch (type) {
        case IFLA_IFNAME:
            message.name = text_in(value);
            return;
        case IFLA_MTU:
            message.mtu = number_in(value);
            return;
        case IFLA_ADDRESS: {
            const auto* begin = reinterpret_cast<const uint8_t*>(value.data());
            message.address.emplace(begin, begin + value.size());
            return;
        }
        case IFLA_PROMISCUITY:
            message.promiscuity = number_in(value);
            return;
        case IFLA_ALLMULTI:
            message.allmulti = number_in(value);
            return;
        default:
            return;
    }
}

void set_flag(uint32_t& flags, uint32_t flag, bool on) { flags = on ? flags | flag : flags & ~flag; }

}  // namespace

std::optional<LinkMessage> read_link_message(uint16_t type, std::span<const std::byte> payload) {
    ifinfomsg head{};
    if ((type != RTM_NEWLINK && type != RTM_DELLINK) || payload.size() < sizeof head) return std::nullopt;
    std::memcpy(&head, payload.data(), sizeof head);
    if (head.ifi_family != AF_UNSPEC) return std::nullopt;
    LinkMessage out;
    out.removed = type == RTM_DELLINK;
    out.index = head.ifi_index;
    out.flags = head.ifi_flags;
    payload = payload.subspan(NLMSG_ALIGN(sizeof head));
    rtattr attribute{};
    while (payload.size() >= sizeof attribute) {
        std::memcpy(&attribute, payload.data(), sizeof attribute);
        const size_t length = attribute.rta_len;
        if (length < sizeof attribute || length > payload.size()) break;
        const auto kind = static_cast<uint16_t>(attribute.rta_type & NLA_TYPE_MASK);
        take_attribute(out, kind, payload.subspan(sizeof attribute, length - sizeof attribute));
        payload = payload.subspan(std::min(payload.size(), size_t{RTA_ALIGN(length)}));
    }
    return out;
}

std::vector<LinkChange> LinkTable::apply(const LinkMessage& message) {
    if (message.removed) return remove(message.index);
    std::vector<LinkChange> out;
    const auto [at, added] = links_.try_emplace(message.index);
    Link& link = at->second;
    const Link before = link;
    if (message.name) link.name = *message.name;
    if (message.mtu) link.mtu = *message.mtu;
    if (message.address) link.address = *message.address;
    if (message.promiscuity) link.promiscuity = *message.promiscuity;
    link.flags = message.flags & watched_flags;
    set_flag(link.flags, IFF_PROMISC, link.promiscuity != 0);
    if (message.allmulti) set_flag(link.flags, IFF_ALLMULTI, *message.allmulti != 0);

    const auto tell = [&](ProbeKind kind) -> LinkChange& {
        LinkChange& change = out.emplace_back();
        change.kind = kind;
        change.index = message.index;
        change.name = link.name;
        return change;
    };
    if (added) tell(ProbeKind::netdev_register);
    if (!added && link.mtu != before.mtu) {
        LinkChange& change = tell(ProbeKind::netdev_change_mtu);
        change.old_mtu = before.mtu;
        change.new_mtu = link.mtu;
    }
    if (!added && link.address != before.address) {
        LinkChange& change = tell(ProbeKind::netdev_change_mac);
        change.old_mac = as_mac(before.address);
        change.new_mac = as_mac(link.address);
        change.mac_len = static_cast<uint32_t>(link.address.size());
    }
    if (link.promiscuity != before.promiscuity) {
        LinkChange& change = tell(ProbeKind::netdev_set_promiscuity);
        change.inc = static_cast<int32_t>(link.promiscuity - before.promiscuity);
        change.enable = change.inc > 0;
        change.disable = change.inc < 0;
    }
    for (const uint32_t flag : {IFF_PROMISC, IFF_ALLMULTI, IFF_MULTICAST}) {
        // A device begins with what it is made to be able to.
        if (((link.flags ^ before.flags) & flag) == 0 || (added && flag == IFF_MULTICAST)) continue;
        LinkChange& change = tell(ProbeKind::netdev_change_rx_flag);
        change.flag = flag;
        change.enable = (link.flags & flag) != 0;
        change.disable = !change.enable;
    }
    if (((link.flags ^ before.flags) & IFF_UP) != 0)
        tell((link.flags & IFF_UP) != 0 ? ProbeKind::netdev_open : ProbeKind::netdev_close);
    return out;
}

// A device that is removed is closed before, which the kernel does not always send a message of.
std::vector<LinkChange> LinkTable::remove(int32_t index) {
    std::vector<LinkChange> out;
    const auto at = links_.find(index);
    if (at == links_.end()) return out;
    const auto tell = [&](ProbeKind kind) {
        LinkChange& change = out.emplace_back();
        change.kind = kind;
        change.index = index;
        change.name = at->second.name;
    };
    if ((at->second.flags & IFF_UP) != 0) tell(ProbeKind::netdev_close);
    tell(ProbeKind::netdev_unregister);
    links_.erase(at);
    return out;
}

std::vector<LinkChange> LinkTable::compare(std::span<const LinkMessage> all) {
    std::vector<LinkChange> out;
    std::set<int32_t> there;
    for (const LinkMessage& message : all) there.insert(message.index);
    std::vector<int32_t> gone;
    for (const auto& [index, link] : links_) {
        if (!there.contains(index)) gone.push_back(index);
    }
    for (const int32_t index : gone) {
        for (LinkChange& change : remove(index)) out.push_back(std::move(change));
    }
    for (const LinkMessage& message : all) {
        for (LinkChange& change : apply(message)) out.push_back(std::move(change));
    }
    return out;
}

}  // namespace probevue
