// How often names of hosts in filters are looked up, and what stands for them. This program answers its own questions:
// its getaddrinfo comes before that of the C library, for libpcap too.
#include "compiler/program/filter_names.h"

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <netdb.h>

#include <cstring>
#include <string>

#include "compiler/program/filter.h"
#include "tests/unit/sema_support.h"

using namespace probevue;

namespace {

int looked_up = 0;

// Numbers, services (no name of a host), and hosts that no name server is asked for.
const char* answer_for(const char* name) {
    if (std::strcmp(name, "four.example") == 0) return "192.0.2.4";
    if (std::strcmp(name, "six.example") == 0) return "2001:db8::6";
    if (std::strcmp(name, "ssh") == 0) return "192.0.2.22";
    return nullptr;
}

bool is_of_test(const char* name) {
    for (const char* word : {"ssh", "i", "ui"}) {
        if (std::strcmp(name, word) == 0) return true;
    }
    return std::strstr(name, ".example") != nullptr;
}

}  // namespace

// NOLINTNEXTLINE: the C library's name
extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* name, const char* service,
                                                                  const addrinfo* hints, addrinfo** found) {
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    if (name == nullptr || !is_of_test(name)) return real(name, service, hints, found);
    ++looked_up;
    const char* number = answer_for(name);
    if (std::strcmp(name, "both.example") == 0) {
        addrinfo* six = nullptr;
        if (const int failed = real("2001:db8::7", service, hints, &six); failed != 0) return failed;
        if (const int failed = real("192.0.2.7", service, hints, found); failed != 0) return failed;
        (*found)->ai_next = six;
        return 0;
    }
    return number == nullptr ? EAI_NONAME : real(number, service, hints, found);
}

TEST_CASE("names of hosts in filters become their addresses") {
    CHECK(with_addresses("host four.example") == "host (192.0.2.4)");
    CHECK(with_addresses("udp and not src host both.example or port 53") ==
          "udp and not src host (192.0.2.7 or 2001:db8::7) or port 53");
    CHECK(with_addresses("ip host both.example and ip6 host both.example") ==
          "ip host (192.0.2.7) and ip6 host (2001:db8::7)");
    CHECK(with_addresses("src four.example or six.example and tcp[tcpflags] & tcp-syn != 0") ==
          "src (192.0.2.4) or (2001:db8::6) and tcp[tcpflags] & tcp-syn != 0");
    CHECK(with_addresses("host ssh and port ssh") == "host (192.0.2.22) and port ssh");
}

TEST_CASE("what is no name of a host stays as it is, and is not looked up") {
    looked_up = 0;
    for (const char* filter :
         {"", "tcp", "tcp port ssh or domain", "udp portrange 1-ssh", "host 192.0.2.1 and ip6 net 2001:db8::/32",
          "ether host 02:00:00:00:01:03", "ether src none.example", "ip proto none.example", "net none.example",
          "ip[6:2] & 0x1fff != 0", "host four.example/24", "vlan 5 and icmp[icmptype] = icmp-echo", "host (", "len > 5",
          "llc i or llc ui and not llc s"}) {
        CAPTURE(filter);
        CHECK(with_addresses(filter) == filter);
    }
    CHECK(looked_up == 0);
    // It has no address: libpcap says so.
    CHECK(with_addresses("host none.example") == "host none.example");
    CHECK(looked_up == 1);
}

TEST_CASE("a name in a filter is looked up once, whatever is asked about the filter") {
    looked_up = 0;
    FilterError error;
    CHECK_FALSE(compile_filter("host four.example", {}, error).empty());
    REQUIRE(looked_up == 1);  // what libpcap asks is counted

    looked_up = 0;
    const Checked excluded(
        R"(@@net:bpf:eth0:tcp:"host four.example and udp port 53 and host four.example" { exit(); })");
    CHECK(excluded.all().find("this never fires") != std::string::npos);
    CHECK(excluded.hint().find("the protocol can be ipv4, udp;") != std::string::npos);
    CHECK(looked_up == 1);

    looked_up = 0;
    const Checked fires(R"(@@net:bpf:eth0:ipv6:"ip6 host both.example" { exit(); })");
    CHECK(fires.all().empty());
    CHECK(looked_up == 1);

    const Checked unknown(R"(@@net:bpf:eth0:tcp:"tcp and host none.example" { exit(); })");
    CHECK(unknown.all() == "error [none.example] in the filter: unknown host 'none.example'");
}
