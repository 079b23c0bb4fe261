// Packet filters: libpcap compiles them, its own interpreter is the oracle of what they match.
#include <doctest/doctest.h>
#include <pcap/pcap.h>

#include "compiler/program/filter.h"

using namespace probevue;

namespace {

struct Failure {
    std::string message;
    std::string at;
    size_t offset;
};

Failure failure(const std::string& expression) {
    FilterError error;
    CHECK(compile_filter(expression, {}, error).empty());
    return {error.message, error.at, error.offset.value_or(~size_t{0})};
}

// An Ethernet frame with an IPv4 TCP segment from port 1234 to `port`.
std::vector<uint8_t> tcp_to(uint16_t port) {
    std::vector<uint8_t> frame(54);
    frame[12] = 0x08;
    frame[14] = 0x45;
    frame[17] = 40;
    frame[23] = 6;
    frame[34] = 1234 >> 8;
    frame[35] = 1234 & 0xff;
    frame[36] = static_cast<uint8_t>(port >> 8);
    frame[37] = static_cast<uint8_t>(port & 0xff);
    return frame;
}

bool matches(const std::vector<sock_filter>& code, const std::vector<uint8_t>& frame) {
    std::vector<bpf_insn> insns;
    for (const sock_filter& one : code) insns.push_back({one.code, one.jt, one.jf, one.k});
    const auto size = static_cast<unsigned>(frame.size());
    return bpf_filter(insns.data(), frame.data(), size, size) != 0;
}

}  // namespace

TEST_CASE("a filter compiles without privileges and matches what it says") {
    FilterError error;
    const std::vector<sock_filter> code = compile_filter("tcp dst port 443", {}, error);
    CHECK(error.message.empty());
    CHECK(matches(code, tcp_to(443)));
    CHECK_FALSE(matches(code, tcp_to(80)));
}

TEST_CASE("an empty filter matches every packet") {
    FilterError error;
    const std::vector<sock_filter> code = compile_filter("", {}, error);
    REQUIRE(code.size() == 1);
    CHECK(matches(code, tcp_to(1)));
    CHECK(matches(code, {0}));
}

TEST_CASE("errors name the word") {
    const Failure word = failure("tcp prot 80");
    CHECK(word.message == "syntax error at `prot`");
    CHECK(word.at == "prot");
    CHECK(word.offset == 4);

    const Failure second = failure("port 80 andd host 10.0.0.1");
    CHECK(second.at == "andd");
    CHECK(second.offset == 8);

    const Failure end = failure("port 80 and");
    CHECK(end.message == "the expression is not complete behind `and`");
    CHECK(end.offset == 8);

    const Failure number = failure("tcp port 80 or port 99999");
    CHECK(number.message == "illegal port number 99999 > 65535");
    CHECK(number.at == "99999");
    CHECK(number.offset == 20);

    const Failure address = failure("host 1.2.3.400");
    CHECK(address.at == "1.2.3.400");
    CHECK(address.offset == 5);

    const Failure bracket = failure("tcp[13 = 2");
    CHECK(bracket.at == "=");

    const Failure nothing = failure("tcp and udp");
    CHECK(nothing.message == "expression rejects all packets");
    CHECK(nothing.at.empty());
}

TEST_CASE("the same filter for other link types") {
    FilterError error;
    for (const int link : {DLT_RAW, DLT_LINUX_SLL, DLT_NULL}) {
        CAPTURE(link);
        FilterTarget target;
        target.link_type = link;
        CHECK_FALSE(compile_filter("tcp port 80", target, error).empty());
        CHECK(error.message.empty());
    }
}

TEST_CASE("a capture file of BSD loopback: every system's IPv6, in the file's byte order") {
    const auto count = [](int link, bool swapped, const std::string& expression) {
        FilterTarget target;
        target.link_type = link;
        target.from_file = true;
        target.swapped = swapped;
        FilterError error;
        const std::vector<sock_filter> code = compile_filter(expression, target, error);
        int matched = 0;
        for (const uint8_t family : std::vector<uint8_t>{24, 28, 30, 2}) {
            std::vector<uint8_t> packet(44 + 20);
            // Network byte order, and for NULL that of the host that captured.
            const bool little = link == DLT_NULL && swapped != (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
            packet[little ? 0 : 3] = family;
            packet[4] = family == 2 ? 0x45 : 0x60;
            packet[10] = 6;  // next header of IPv6
            packet[13] = 6;  // protocol of IPv4
            matched += matches(code, packet) ? 1 : 0;
        }
        return matched;
    };
    for (const bool swapped : {false, true}) {
        CAPTURE(swapped);
        CHECK(count(DLT_NULL, swapped, "ip6") == 3);
        CHECK(count(DLT_NULL, swapped, "ip") == 1);
        CHECK(count(DLT_NULL, swapped, "tcp") == 4);
        CHECK(count(DLT_LOOP, swapped, "ip6") == 3);
        CHECK(count(DLT_LOOP, swapped, "tcp") == 4);
    }
}

TEST_CASE("`ip broadcast` takes the netmask, and is an error of its own without one") {
    FilterTarget target;
    FilterError error;
    CHECK(compile_filter("tcp or ip broadcast", target, error).empty());
    CHECK(error.wants_netmask);
    CHECK(error.at == "ip");
    CHECK(error.offset == 7);
    target.netmask = 0xffffff00;
    const std::vector<sock_filter> code = compile_filter("ip broadcast", target, error);
    std::vector<uint8_t> frame = tcp_to(1);
    frame[33] = 1;
    CHECK_FALSE(matches(code, frame));
    frame[33] = 255;
    CHECK(matches(code, frame));
    // Any other mistake is not for want of it.
    CHECK(compile_filter("ip host 1.2.3", {}, error).empty() == !error.message.empty());
    CHECK_FALSE(error.wants_netmask);
    CHECK(check_filter("ip broadcast", error));
}

TEST_CASE("a filter is checked for any link type, and refused for those that cannot have it") {
    FilterError error;
    CHECK(check_filter("type mgt", error));
    CHECK(compile_filter("tcp or type mgt", {}, error).empty());
    CHECK_FALSE(error.never);
    CHECK(error.offset.value_or(0) >= 7);
    CHECK_FALSE(check_filter("typ mgt", error));
    CHECK(error.is_syntax);
    CHECK_FALSE(check_filter("tcp and udp", error));
    CHECK(error.never);
    // What only the kernel knows is told apart from what is in the packet.
    CHECK(check_filter("tcp and inbound", error));
    CHECK(compile_filter("tcp and inbound", {}, error).empty());
    CHECK(error.at == "inbound");
    CHECK(error.message == "direction and interface are not among the bytes of a packet");
    CHECK(error.hint == "`inbound`, `outbound` and `ifindex` work on the interface `any`");
}

TEST_CASE("how far a filter looks into a packet") {
    const auto reach = [](const std::string& expression) {
        FilterError error;
        return bytes_read_by(compile_filter(expression, {}, error));
    };
    CHECK(reach("") == 0);
    CHECK(reach("ip") == 14);
    CHECK(reach("ip[19] = 1") == 34);
    CHECK(reach("tcp[13] = 2") == 14 + 60 + 14);  // behind the longest IPv4 header
    CHECK(reach("tcp[1000] = 2") == 14 + 60 + 1001);
    CHECK(reach("ip[ip[0]] = 1") == 14 + 255 + 1);
    CHECK(reach("ether[len - 1] = 1") == static_cast<uint32_t>(whole_packets));
    CHECK(reach("ip6 protochain 6") == static_cast<uint32_t>(whole_packets));
}
