// Names that go with numbers of the kernel: options of sockets, as the system's headers have them, and reasons of
// drops.
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <vector>

#include "compiler/program/drop_reasons.h"
#include "runtime/kernel/socket_options.h"
#include "tests/unit/fake_kernel.h"

namespace probevue {
namespace {

class NamedReasons final : public FakeKernel {
public:
    std::vector<Enumerator> enumerators(std::string_view enumeration) const override {
        if (enumeration == "skb_drop_reason")
            return {{"SKB_NOT_DROPPED_YET", 0}, {"SKB_DROP_REASON_NO_SOCKET", 3}, {"SKB_DROP_REASON_ALIAS", 3}};
        if (enumeration == "skb_drop_reason_subsys")
            return {{"SKB_DROP_REASON_SUBSYS_CORE", 0}, {"SKB_DROP_REASON_SUBSYS_OPENVSWITCH", 3}};
        return {};
    }
};

}  // namespace

TEST_CASE("options of sockets have the names of the system's headers") {
#define CHECK_OPTION(level, option) CHECK(socket_option_name(level, option) == #option)
    CHECK_OPTION(SOL_SOCKET, SO_REUSEADDR);
    CHECK_OPTION(SOL_SOCKET, SO_SNDBUF);
    CHECK_OPTION(SOL_SOCKET, SO_LINGER);
    CHECK_OPTION(SOL_SOCKET, SO_RCVTIMEO);
    CHECK_OPTION(SOL_SOCKET, SO_TIMESTAMP);
    CHECK_OPTION(SOL_SOCKET, SO_BINDTODEVICE);
    CHECK_OPTION(SOL_SOCKET, SO_ZEROCOPY);
    CHECK_OPTION(IPPROTO_IP, IP_TOS);
    CHECK_OPTION(IPPROTO_IP, IP_TTL);
    CHECK_OPTION(IPPROTO_IP, IP_MTU_DISCOVER);
    CHECK_OPTION(IPPROTO_IP, IP_ADD_MEMBERSHIP);
    CHECK_OPTION(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
    CHECK_OPTION(IPPROTO_TCP, TCP_NODELAY);
    CHECK_OPTION(IPPROTO_TCP, TCP_CORK);
    CHECK_OPTION(IPPROTO_TCP, TCP_CONGESTION);
    CHECK_OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT);
    CHECK_OPTION(IPPROTO_TCP, TCP_FASTOPEN);
    CHECK_OPTION(IPPROTO_TCP, TCP_NOTSENT_LOWAT);
    CHECK_OPTION(IPPROTO_TCP, TCP_ULP);
    CHECK_OPTION(IPPROTO_TCP, TCP_TX_DELAY);
    CHECK_OPTION(IPPROTO_IPV6, IPV6_V6ONLY);
    CHECK_OPTION(IPPROTO_IPV6, IPV6_UNICAST_HOPS);
    CHECK_OPTION(IPPROTO_IPV6, IPV6_TCLASS);
    CHECK_OPTION(IPPROTO_IPV6, IPV6_RECVPKTINFO);
#undef CHECK_OPTION
    CHECK(socket_option_name(IPPROTO_TCP, 250) == "UNDEF_SOCKOPT(250)");
    CHECK(socket_option_name(IPPROTO_UDP, 1) == "UNDEF_SOCKOPT(1)");
    CHECK(socket_option_name(SOL_SOCKET, -5) == "UNDEF_SOCKOPT(-5)");
}

TEST_CASE("reasons of drops have the kernel's names without what is common to them") {
    const DropReasons reasons{NamedReasons()};
    CHECK(reasons.name(3) == "NO_SOCKET");
    CHECK(reasons.name(0) == "SKB_NOT_DROPPED_YET");
    CHECK(reasons.name(0x30005) == "OPENVSWITCH_5");
    CHECK(reasons.name(77) == "77");
    CHECK(reasons.name(0x90001) == "589825");
    CHECK(DropReasons().name(3) == "3");
}

}  // namespace probevue
