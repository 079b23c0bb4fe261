// Network devices as rtnetlink(7) tells of them, and what has changed from one message about a device to the next.
// Private to runtime/kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "builtins/probe.h"

namespace probevue {

// What a message says of a device (struct ifinfomsg and its attributes). What it does not say is none.
struct LinkMessage {
    bool removed = false;  // RTM_DELLINK
    int32_t index = 0;
    uint32_t flags = 0;  // IFF_*
    std::optional<std::string> name;
    std::optional<uint32_t> mtu;
    std::optional<std::vector<uint8_t>> address;
    std::optional<uint32_t> promiscuity;  // how many want all packets
    std::optional<uint32_t> allmulti;     // and how many those to all groups (Linux 6.0)
};

// The message of one netlink packet, without its header. Nothing: it is about something else, such as a port of a
// bridge.
std::optional<LinkMessage> read_link_message(uint16_t type, std::span<const std::byte> payload);

// One event of @@net:netdev. Members that the event does not have are 0.
struct LinkChange {
    ProbeKind kind = ProbeKind::begin;
    int32_t index = 0;
    std::string name;
    uint32_t old_mtu = 0;
    uint32_t new_mtu = 0;
    uint64_t old_mac = 0;  // as a mac_addr_t
    uint64_t new_mac = 0;
    uint32_t mac_len = 0;
    uint32_t flag = 0;
    int32_t inc = 0;
    bool enable = false;
    bool disable = false;
};

class LinkTable {
public:
    // Takes note of what the message says, and returns what is new in it, in the order in which the kernel's hooks
    // would have told it. A device that is not known has been added.
    std::vector<LinkChange> apply(const LinkMessage& message);
    // What is to be seen in all that there is, after messages were lost: `all` are the messages of a dump.
    std::vector<LinkChange> compare(std::span<const LinkMessage> all);

private:
    struct Link {
        std::string name;
        uint32_t flags = 0;  // of those below
        uint32_t mtu = 0;
        std::vector<uint8_t> address;
        uint32_t promiscuity = 0;
    };

    std::vector<LinkChange> remove(int32_t index);

    std::map<int32_t, Link> links_;
};

}  // namespace probevue
