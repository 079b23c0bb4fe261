// What changes from one message of rtnetlink about a device to the next.
#include "runtime/kernel/link_table.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>
#include <string>

namespace probevue {
namespace {

using Lines = std::vector<std::string>;

std::string shown(const LinkChange& change) {
    const std::string event(recorded_name(change.kind));
    const std::string head = fmt::format("{} {} {}", event.substr(event.rfind(':') + 1), change.name, change.index);
    switch (change.kind) {
        case ProbeKind::netdev_change_mtu:
            return fmt::format("{} {} {}", head, change.old_mtu, change.new_mtu);
        case ProbeKind::netdev_change_mac:
            return fmt::format("{} {:012x} {:012x} {}", head, change.old_mac, change.new_mac, change.mac_len);
        case ProbeKind::netdev_change_rx_flag:
            return fmt::format("{} {:x} {:d} {:d}", head, change.flag, change.enable, change.disable);
        case ProbeKind::netdev_set_promiscuity:
            return fmt::format("{} {} {:d} {:d}", head, change.inc, change.enable, change.disable);
        default:
            return head;
    }
}

Lines shown(const std::vector<LinkChange>& changes) {
    Lines out;
    for (const LinkChange& change : changes) out.push_back(shown(change));
    return out;
}

LinkMessage message(int index, uint32_t flags) {
    LinkMessage out;
    out.index = index;
    out.flags = flags;
    out.name = "eth" + std::to_string(index);
    out.mtu = 1500;
    out.address = {2, 0, 0, 0, 0, 1};
    out.promiscuity = 0;
    out.allmulti = 0;
    return out;
}

LinkMessage removal(int index) {
    LinkMessage out;
    out.removed = true;
    out.index = index;
    return out;
}

// The bytes of a message, attribute by attribute.
class Bytes {
public:
    Bytes(uint8_t family, int index, uint32_t flags) {
        ifinfomsg head{};
        head.ifi_family = family;
        head.ifi_index = index;
        head.ifi_flags = flags;
        add(&head, sizeof head);
    }
    Bytes& attribute(uint16_t type, const void* value, size_t size) {
        rtattr head{};
        head.rta_type = type;
        head.rta_len = static_cast<uint16_t>(sizeof head + size);
        add(&head, sizeof head);
        add(value, size);
        bytes_.resize((bytes_.size() + 3) / 4 * 4);
        return *this;
    }
    std::span<const std::byte> get() const { return bytes_; }

private:
    void add(const void* from, size_t size) {
        const auto* begin = static_cast<const std::byte*>(from);
        bytes_.insert(bytes_.end(), begin, begin + size);
    }
    std::vector<std::byte> bytes_;
};

}  // namespace

TEST_CASE("a message about a device is read, of whatever length its attributes are") {
    const uint32_t mtu = 9000;
    const uint32_t count = 2;
    const Bytes bytes = Bytes(AF_UNSPEC, 7, IFF_UP)
                            .attribute(IFLA_IFNAME, "abc", 4)
                            .attribute(IFLA_ADDRESS, "\1\2\3\4\5\6", 6)
                            .attribute(IFLA_MTU, &mtu, sizeof mtu)
                            .attribute(IFLA_PROMISCUITY, &count, sizeof count);
    const std::optional<LinkMessage> read = read_link_message(RTM_NEWLINK, bytes.get());
    REQUIRE(read.has_value());
    CHECK(read->index == 7);
    CHECK(read->flags == IFF_UP);
    CHECK(read->name == "abc");
    CHECK(read->mtu == 9000);
    CHECK(read->promiscuity == 2);
    CHECK_FALSE(read->allmulti.has_value());
    CHECK(read->address == std::vector<uint8_t>{1, 2, 3, 4, 5, 6});
    CHECK_FALSE(read->removed);
    CHECK(read_link_message(RTM_DELLINK, bytes.get())->removed);
    // The port of a bridge, addresses, and what is cut off.
    CHECK_FALSE(read_link_message(RTM_NEWLINK, Bytes(AF_BRIDGE, 7, 0).get()).has_value());
    CHECK_FALSE(read_link_message(RTM_NEWADDR, bytes.get()).has_value());
    CHECK_FALSE(read_link_message(RTM_NEWLINK, bytes.get().first(8)).has_value());
    const std::optional<LinkMessage> cut = read_link_message(RTM_NEWLINK, bytes.get().first(bytes.get().size() - 2));
    REQUIRE(cut.has_value());
    CHECK(cut->mtu == 9000);
    CHECK_FALSE(cut->promiscuity.has_value());
}

TEST_CASE("each change of a device is told once, with what was and is") {
    LinkTable table;
    CHECK(shown(table.apply(message(3, IFF_MULTICAST))) == Lines{"register eth3 3"});
    LinkMessage now = message(3, IFF_MULTICAST | IFF_UP | IFF_RUNNING);
    CHECK(shown(table.apply(now)) == Lines{"open eth3 3"});
    CHECK(table.apply(now).empty());
    now.mtu = 1400;
    CHECK(shown(table.apply(now)) == Lines{"change_mtu eth3 3 1500 1400"});
    now.address = std::vector<uint8_t>{2, 0, 0, 0, 0, 0xff};
    CHECK(shown(table.apply(now)) == Lines{"change_mac eth3 3 020000000001 0200000000ff 6"});
    now.promiscuity = 1;
    CHECK(shown(table.apply(now)) == Lines{"set_promiscuity eth3 3 1 1 0", "change_rx_flag eth3 3 100 1 0"});
    now.promiscuity = 3;
    CHECK(shown(table.apply(now)) == Lines{"set_promiscuity eth3 3 2 1 0"});
    now.promiscuity = 0;
    CHECK(shown(table.apply(now)) == Lines{"set_promiscuity eth3 3 -3 0 1", "change_rx_flag eth3 3 100 0 1"});
    now.allmulti = 1;
    CHECK(shown(table.apply(now)) == Lines{"change_rx_flag eth3 3 200 1 0"});
    now.flags = IFF_UP;
    CHECK(shown(table.apply(now)) == Lines{"change_rx_flag eth3 3 1000 0 1"});
    // A new name is no event; later ones have it.
    now.name = "new";
    CHECK(table.apply(now).empty());
    // Some messages have few attributes: what they do not say has not changed.
    LinkMessage bare;
    bare.index = 3;
    bare.flags = 0;
    bare.allmulti = 1;
    CHECK(shown(table.apply(bare)) == Lines{"close new 3"});
    CHECK(shown(table.apply(removal(3))) == Lines{"unregister new 3"});
    CHECK(table.apply(removal(3)).empty());
}

TEST_CASE("a kernel that does not count who wants packets to all groups has a flag") {
    LinkTable table;
    LinkMessage now = message(3, 0);
    now.allmulti.reset();
    table.apply(now);
    now.flags = IFF_ALLMULTI;
    CHECK(shown(table.apply(now)) == Lines{"change_rx_flag eth3 3 200 1 0"});
}

TEST_CASE("a device that is removed while it is up is closed before; one that comes up may have been made up") {
    LinkTable table;
    CHECK(shown(table.apply(message(4, IFF_UP))) == Lines{"register eth4 4", "open eth4 4"});
    CHECK(shown(table.apply(removal(4))) == Lines{"close eth4 4", "unregister eth4 4"});
}

TEST_CASE("what has changed while messages were lost is told as far as it can be seen") {
    LinkTable table;
    table.apply(message(1, IFF_UP));
    table.apply(message(2, 0));
    table.apply(message(3, 0));
    LinkMessage other = message(3, IFF_UP);
    other.mtu = 1300;
    const std::vector<LinkMessage> all = {message(1, IFF_UP), other, message(5, 0)};
    CHECK(shown(table.compare(all)) ==
          Lines{"unregister eth2 2", "change_mtu eth3 3 1500 1300", "open eth3 3", "register eth5 5"});
    CHECK(table.compare(all).empty());
}

}  // namespace probevue
