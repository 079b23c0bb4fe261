// The constants against the headers of the system, where the same name exists there. (ARPHRD_FDDI is a device type of
// Linux, not the number on the wire that AIX has under the name, and is left out.)
#include <doctest/doctest.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/igmp.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <set>
#include <string>

#include "builtins/event.h"
#include "builtins/function.h"

using namespace probevue;

namespace {

int64_t value_of(std::string_view name) {
    const ConstantRow* row = find_constant(name);
    REQUIRE_MESSAGE(row != nullptr, std::string(name));
    return row->value;
}

}  // namespace

#define SAME(name) CHECK_MESSAGE(value_of(#name) == static_cast<int64_t>(name), #name)

TEST_CASE("flags and options of sockets are those of the system's headers") {
    SAME(MSG_CONFIRM);
    SAME(MSG_CTRUNC);
    SAME(MSG_DONTROUTE);
    SAME(MSG_DONTWAIT);
    SAME(MSG_EOR);
    SAME(MSG_ERRQUEUE);
    SAME(MSG_FASTOPEN);
    SAME(MSG_MORE);
    SAME(MSG_NOSIGNAL);
    SAME(MSG_OOB);
    SAME(MSG_PEEK);
    SAME(MSG_TRUNC);
    SAME(MSG_WAITALL);
    SAME(MSG_WAITFORONE);
    SAME(MSG_ZEROCOPY);
    SAME(MSG_CMSG_CLOEXEC);
    SAME(SOL_IP);
    SAME(SOL_SOCKET);
    SAME(SOL_TCP);
    SAME(SOL_UDP);
    SAME(SOL_IPV6);
    SAME(SOL_RAW);
    SAME(SO_DEBUG);
    SAME(SO_REUSEADDR);
    SAME(SO_BROADCAST);
    SAME(SO_SNDBUF);
    SAME(SO_RCVBUF);
    SAME(SO_KEEPALIVE);
    SAME(SO_OOBINLINE);
    SAME(SO_PRIORITY);
    SAME(SO_LINGER);
    SAME(SO_REUSEPORT);
    SAME(SO_RCVLOWAT);
    SAME(SO_RCVTIMEO);
    SAME(SO_SNDTIMEO);
    SAME(SO_BINDTODEVICE);
    SAME(SO_TIMESTAMP);
    SAME(SO_SNDBUFFORCE);
    SAME(SO_RCVBUFFORCE);
    SAME(SO_MARK);
    SAME(SO_BUSY_POLL);
    SAME(SO_MAX_PACING_RATE);
    SAME(SO_INCOMING_CPU);
    SAME(SO_ZEROCOPY);
    SAME(TCP_NODELAY);
    SAME(TCP_MAXSEG);
    SAME(TCP_CORK);
    SAME(TCP_KEEPIDLE);
    SAME(TCP_KEEPINTVL);
    SAME(TCP_KEEPCNT);
    SAME(TCP_SYNCNT);
    SAME(TCP_LINGER2);
    SAME(TCP_DEFER_ACCEPT);
    SAME(TCP_WINDOW_CLAMP);
    SAME(TCP_INFO);
    SAME(TCP_QUICKACK);
    SAME(TCP_CONGESTION);
    SAME(TCP_MD5SIG);
    SAME(TCP_USER_TIMEOUT);
    SAME(TCP_FASTOPEN);
    SAME(TCP_NOTSENT_LOWAT);
    SAME(TCP_FASTOPEN_CONNECT);
    SAME(TCP_ULP);
    SAME(TCP_ZEROCOPY_RECEIVE);
    SAME(TCP_TX_DELAY);
    // Of others the kernel's headers that programs get have not all.
    CHECK(value_of("MSG_SPLICE_PAGES") == 0x8000000);
    CHECK(value_of("SOL_TLS") == 282);
    CHECK(value_of("SOL_MPTCP") == 284);
}

TEST_CASE("numbers on the wire are those of the system's headers") {
    SAME(ARPHRD_ETHER);
    SAME(ARPOP_REPLY);
    SAME(ARPOP_REQUEST);
    SAME(ETHERTYPE_ARP);
    SAME(ETHERTYPE_IP);
    SAME(ETHERTYPE_IPV6);
    SAME(ETHERTYPE_REVARP);
    SAME(ICMP6_DST_UNREACH);
    SAME(ICMP6_DST_UNREACH_ADDR);
    SAME(ICMP6_DST_UNREACH_ADMIN);
    SAME(ICMP6_DST_UNREACH_BEYONDSCOPE);
    SAME(ICMP6_DST_UNREACH_NOPORT);
    SAME(ICMP6_DST_UNREACH_NOROUTE);
    SAME(ICMP6_ECHO_REPLY);
    SAME(ICMP6_ECHO_REQUEST);
    SAME(ICMP6_INFOMSG_MASK);
    SAME(ICMP6_PACKET_TOO_BIG);
    SAME(ICMP6_PARAM_PROB);
    SAME(ICMP6_TIME_EXCEEDED);
    SAME(MLD_LISTENER_QUERY);
    SAME(MLD_LISTENER_REDUCTION);
    SAME(MLD_LISTENER_REPORT);
    SAME(ICMP_ECHO);
    SAME(ICMP_ECHOREPLY);
    SAME(ICMP_IREQ);
    SAME(ICMP_IREQREPLY);
    SAME(ICMP_MASKREPLY);
    SAME(ICMP_MASKREQ);
    SAME(ICMP_PARAMPROB);
    SAME(ICMP_REDIRECT);
    SAME(ICMP_REDIRECT_HOST);
    SAME(ICMP_REDIRECT_NET);
    SAME(ICMP_REDIRECT_TOSHOST);
    SAME(ICMP_REDIRECT_TOSNET);
    SAME(ICMP_SOURCEQUENCH);
    SAME(ICMP_TIMXCEED);
    SAME(ICMP_TIMXCEED_INTRANS);
    SAME(ICMP_TIMXCEED_REASS);
    SAME(ICMP_TSTAMP);
    SAME(ICMP_TSTAMPREPLY);
    SAME(ICMP_UNREACH);
    SAME(ICMP_UNREACH_HOST);
    SAME(ICMP_UNREACH_NEEDFRAG);
    SAME(ICMP_UNREACH_NET);
    SAME(ICMP_UNREACH_PORT);
    SAME(ICMP_UNREACH_PROTOCOL);
    SAME(ICMP_UNREACH_SRCFAIL);
    SAME(IGMP_DVMRP);
    SAME(IGMP_HOST_LEAVE_MESSAGE);
    SAME(IGMP_HOST_MEMBERSHIP_QUERY);
    SAME(IGMP_HOST_MEMBERSHIP_REPORT);
    SAME(IGMP_HOST_NEW_MEMBERSHIP_REPORT);
    SAME(IGMP_MAX_HOST_REPORT_DELAY);
    SAME(IGMP_MTRACE);
    SAME(IGMP_MTRACE_RESP);
    SAME(IPPROTO_DSTOPTS);
    SAME(IPPROTO_FRAGMENT);
    SAME(IPPROTO_HOPOPTS);
    SAME(IPPROTO_ICMP);
    SAME(IPPROTO_ICMPV6);
    SAME(IPPROTO_IGMP);
    SAME(IPPROTO_NONE);
    SAME(IPPROTO_ROUTING);
    SAME(IPPROTO_TCP);
    SAME(IPPROTO_UDP);
    SAME(IP_DF);
    SAME(IP_MF);
    SAME(TH_ACK);
    SAME(TH_FIN);
    SAME(TH_PUSH);
    SAME(TH_RST);
    SAME(TH_SYN);
    SAME(TH_URG);
}

#undef SAME

TEST_CASE("TCP states are translated from the numbers of Linux") {
    const auto state = [](int linux_state) {
        return static_cast<int64_t>(tcp_state_of_linux[static_cast<size_t>(linux_state)]);
    };
    CHECK(state(TCP_ESTABLISHED) == value_of("TCPS_ESTABLISHED"));
    CHECK(state(TCP_SYN_SENT) == value_of("TCPS_SYN_SENT"));
    CHECK(state(TCP_SYN_RECV) == value_of("TCPS_SYN_RECEIVED"));
    CHECK(state(TCP_FIN_WAIT1) == value_of("TCPS_FIN_WAIT_1"));
    CHECK(state(TCP_FIN_WAIT2) == value_of("TCPS_FIN_WAIT_2"));
    CHECK(state(TCP_TIME_WAIT) == value_of("TCPS_TIME_WAIT"));
    CHECK(state(TCP_CLOSE) == value_of("TCPS_CLOSED"));
    CHECK(state(TCP_CLOSE_WAIT) == value_of("TCPS_CLOSE_WAIT"));
    CHECK(state(TCP_LAST_ACK) == value_of("TCPS_LAST_ACK"));
    CHECK(state(TCP_LISTEN) == value_of("TCPS_LISTEN"));
    CHECK(state(TCP_CLOSING) == value_of("TCPS_CLOSING"));
    // The numbers of AIX, from the BSD's tcp_fsm.h.
    CHECK(value_of("TCPS_CLOSED") == 0);
    CHECK(value_of("TCPS_ESTABLISHED") == 4);
    CHECK(value_of("TCPS_TIME_WAIT") == 10);
}

TEST_CASE("what the documents of AIX print as numbers") {
    CHECK(value_of("DVMRP_PROBE") == 1);
    CHECK(value_of("DVMRP_GRAFT_ACK") == 9);
    CHECK(value_of("DVMRP_INFO_REPLY") == 11);
    CHECK(value_of("IGMP_HOST_V3_MEMBERSHIP_REPORT") == 0x22);
    CHECK(value_of("ICMPV6_MLD2_REPORT") == 143);
    for (const std::string of : {"IGMPV3_", "MLD2_"}) {  // linux/igmp.h and linux/icmpv6.h, which others exclude
        int type = 0;
        for (const char* name : {"MODE_IS_INCLUDE", "MODE_IS_EXCLUDE", "CHANGE_TO_INCLUDE", "CHANGE_TO_EXCLUDE",
                                 "ALLOW_NEW_SOURCES", "BLOCK_OLD_SOURCES"})
            CHECK(value_of(of + name) == ++type);
    }
    CHECK(value_of("SNAP_TYPE_AP") == 0x809b);
    CHECK(value_of("VLAN_TAG_TYPE") == 0x8100);
    CHECK(value_of("ERR_INSUFF_STORAGE") == 12);
    CHECK(value_of("MICROSECONDS") == 1000);
    CHECK(value_of("MILLISECONDS") == 1000000);
    CHECK(find_constant("ANY") == nullptr);
}

TEST_CASE("misprints name the right spelling and have its value") {
    size_t misprints = 0;
    for (const ConstantRow& row : constants()) {
        if (row.right.empty()) continue;
        ++misprints;
        const ConstantRow* right = find_constant(row.right);
        REQUIRE(right != nullptr);
        CHECK(right->right.empty());
        CHECK(right->value == row.value);
        CHECK(right->group == row.group);
    }
    CHECK(misprints == 13);
    CHECK(find_constant("TPCS_ESTABLISHED")->right == "TCPS_ESTABLISHED");
    CHECK(find_constant("DVMPP_PROBE")->right == "DVMRP_PROBE");
}

TEST_CASE("every constant is found, has a group and a description") {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const ConstantRow& row : constants()) {
        CAPTURE(std::string(row.name));
        CHECK(seen.emplace(row.name, row.group).second);
        CHECK_FALSE(row.doc.empty());
        CHECK_FALSE(row.group.empty());
        CHECK(find_constant(row.name, row.group) == &row);
        CHECK((find_constant(row.name) == &row) != row.group.ends_with("_attribute"));
    }
    CHECK(find_constant("NOTHING") == nullptr);
    CHECK(find_constant("TH_SYN", "TCPS_") == nullptr);
}

TEST_CASE("attributes are known only in their group") {
    CHECK(find_constant("PID") == nullptr);
    REQUIRE(find_constant("PID", "proc_attribute") != nullptr);
    REQUIRE(find_constant("PID", "thread_attribute") != nullptr);
    CHECK(find_constant("PID", "proc_attribute")->value == 1);
    CHECK(find_constant("PID", "thread_attribute")->value == 3);
    CHECK(find_constant("PID", "ublock_attribute") == nullptr);
}
