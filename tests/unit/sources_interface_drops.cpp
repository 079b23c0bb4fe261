// What interfaces drop, as rtnetlink tells it: the other end of the socket is the kernel's here.
#include <doctest/doctest.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/sources/interface_drops.h"

using namespace probevue;

namespace {

struct Kernel {
    Kernel() {
        int ends[2];
        REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
        own = Handle(ends[0]);
        theirs = Handle(ends[1]);
        // As InterfaceDrops::open does: an answer that does not come fails the test, and does not hang it.
        const timeval within{.tv_sec = 2, .tv_usec = 0};
        REQUIRE(setsockopt(theirs.get(), SOL_SOCKET, SO_RCVTIMEO, &within, sizeof within) == 0);
    }

    // Adds a message to the datagram that say() sends.
    void add(uint32_t sequence, uint16_t type, const void* bytes, size_t size) {
        const nlmsghdr header{static_cast<uint32_t>(NLMSG_LENGTH(size)), type, 0, sequence, 0};
        append(&header, sizeof header);
        append(bytes, size);
        datagram.resize(NLMSG_ALIGN(datagram.size()));
    }

    void add_interface(uint32_t sequence, uint32_t index, const rtnl_link_stats64& figures) {
        struct {
            if_stats_msg what{};
            rtattr other{RTA_LENGTH(4), IFLA_STATS_LINK_XSTATS};
            uint32_t of_other = 0xffffffff;
            rtattr attribute{static_cast<uint16_t>(RTA_LENGTH(sizeof(rtnl_link_stats64))), IFLA_STATS_LINK_64};
        } head;
        head.what.ifindex = index;
        std::vector<std::byte> bytes(sizeof head + sizeof figures);
        std::memcpy(bytes.data(), &head, sizeof head);
        std::memcpy(bytes.data() + sizeof head, &figures, sizeof figures);
        add(sequence, RTM_NEWSTATS, bytes.data(), bytes.size());
    }

    void add_error(uint32_t sequence, int error) {
        nlmsgerr bytes{};
        bytes.error = -error;
        add(sequence, NLMSG_ERROR, &bytes, sizeof bytes);
    }

    void say() {
        REQUIRE(send(own.get(), datagram.data(), datagram.size(), 0) == static_cast<ssize_t>(datagram.size()));
        datagram.clear();
    }

    if_stats_msg asked(uint16_t& flags) {
        struct {
            nlmsghdr header;
            if_stats_msg what;
        } request{};
        REQUIRE(recv(own.get(), &request, sizeof request, 0) == sizeof request);
        CHECK(request.header.nlmsg_type == RTM_GETSTATS);
        flags = request.header.nlmsg_flags;
        return request.what;
    }

    void append(const void* bytes, size_t size) {
        const auto* from = static_cast<const std::byte*>(bytes);
        datagram.insert(datagram.end(), from, from + size);
    }

    Handle own, theirs;
    std::vector<std::byte> datagram;
};

rtnl_link_stats64 figures(uint64_t missed, uint64_t fifo) {
    rtnl_link_stats64 out;
    std::memset(&out, 0x11, sizeof out);  // no other figure counts
    out.rx_missed_errors = missed;
    out.rx_fifo_errors = fifo;
    return out;
}

}  // namespace

TEST_CASE("what an interface missed or had no room for since the start is what it dropped") {
    Kernel kernel;
    InterfaceDrops drops(std::move(kernel.theirs), 7);
    kernel.add_interface(1, 7, figures(100, 20));
    kernel.say();
    REQUIRE(drops.start());
    uint16_t flags = 0;
    const if_stats_msg asked = kernel.asked(flags);
    CHECK(asked.ifindex == 7);
    CHECK(asked.filter_mask == IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64));
    CHECK(flags == NLM_F_REQUEST);

    kernel.add_interface(2, 7, figures(103, 24));
    kernel.say();
    CHECK(drops.count() == 7);

    // More than 32 bits hold; and an answer to an earlier question is none.
    kernel.add_interface(2, 7, figures(999, 999));
    kernel.add_interface(3, 7, figures(100 + (1ull << 40), 24));
    kernel.say();
    CHECK(drops.count() == (1ull << 40) + 4);

    // The interface is gone: the last that was known.
    kernel.add_error(4, ENODEV);
    kernel.say();
    CHECK(drops.count() == (1ull << 40) + 4);
}

TEST_CASE("of all interfaces it is the sum, with those that came and those that went") {
    Kernel kernel;
    InterfaceDrops drops(std::move(kernel.theirs), 0);
    kernel.add_interface(1, 1, figures(5, 0));
    kernel.add_interface(1, 2, figures(0, 6));
    kernel.say();
    kernel.add_interface(1, 3, figures(7, 7));
    kernel.say();
    const int done = 0;
    kernel.add(1, NLMSG_DONE, &done, sizeof done);
    kernel.say();
    REQUIRE(drops.start());
    uint16_t flags = 0;
    CHECK(kernel.asked(flags).ifindex == 0);
    CHECK(flags == (NLM_F_REQUEST | NLM_F_DUMP));

    kernel.add_interface(2, 1, figures(6, 0));   // 1
    kernel.add_interface(2, 3, figures(9, 10));  // 5
    kernel.add_interface(2, 4, figures(0, 8));   // 8: a new one
    kernel.add(2, NLMSG_DONE, &done, sizeof done);
    kernel.say();
    CHECK(drops.count() == 14);
}

TEST_CASE("a kernel that does not tell what interfaces drop is an error") {
    const auto said = [](auto add) {
        Kernel kernel;
        InterfaceDrops drops(std::move(kernel.theirs), 7);
        add(kernel);
        kernel.say();
        const Status status = drops.start();
        return status ? std::string() : status.error().message;
    };
    CHECK(said([](Kernel& kernel) { kernel.add_error(1, EOPNOTSUPP); }) ==
          "the kernel does not tell what interfaces drop: Operation not supported");
    CHECK(said([](Kernel& kernel) {
              const if_stats_msg nothing{};
              kernel.add(1, RTM_NEWSTATS, &nothing, sizeof nothing);
          }) == "the kernel does not tell what interfaces drop: Bad message");
    CHECK(said([](Kernel& kernel) { kernel.append("cut", 3); }) ==
          "the kernel does not tell what interfaces drop: Bad message");
}
