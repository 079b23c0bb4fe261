// Packet filters: libpcap compiles them, its own interpreter is the oracle of what they match.
#include <doctest/doctest.h>
#include <pcap/pcap.h>

#include "compiler/program/filter.h"

using namespace probevue;

namespace {

constexpr int whole = 262144;

struct Failure {
    std::string message;
    std::string at;
    size_t offset;
};

Failure failure(const std::string& expression) {
    FilterError error;
    CHECK(compile_filter(expression, DLT_EN10MB, whole, error).empty());
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
    const std::vector<sock_filter> code = compile_filter("tcp dst port 443", DLT_EN10MB, whole, error);
    CHECK(error.message.empty());
    CHECK(matches(code, tcp_to(443)));
    CHECK_FALSE(matches(code, tcp_to(80)));
}

TEST_CASE("an empty filter matches every packet") {
    FilterError error;
    const std::vector<sock_filter> code = compile_filter("", DLT_EN10MB, whole, error);
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
        CHECK_FALSE(compile_filter("tcp port 80", link, whole, error).empty());
        CHECK(error.message.empty());
    }
}
