// Text forms of addresses, against inet_ntop and the examples of RFC 5952.
#include <arpa/inet.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <string>

#include "builtins/address_range.h"
#include "builtins/base/address.h"

using namespace probevue;

namespace {

IpAddress random_address(std::mt19937_64& random) {
    IpAddress address;
    address.family = random() % 4 == 0 ? IpAddress::v4 : IpAddress::v6;
    const size_t size = address.family == IpAddress::v4 ? 4 : 16;
    // Many zero groups and small numbers: where compression has to decide something.
    for (size_t i = 0; i < size; ++i) {
        const uint64_t choice = random() % 8;
        address.bytes[i] = static_cast<uint8_t>(choice < 5 ? 0 : choice == 5 ? random() % 16 : random());
    }
    if (address.family == IpAddress::v6 && random() % 8 == 0) {
        std::fill_n(address.bytes.begin(), 10, uint8_t{0});
        address.bytes[10] = address.bytes[11] = random() % 4 == 0 ? 0xfe : 0xff;
    }
    return address;
}

std::string by_libc(const IpAddress& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(address.family == IpAddress::v6 ? AF_INET6 : AF_INET, address.bytes.data(), text.data(), text.size());
    return text.data();
}

std::string again(std::string_view text) {
    const auto address = parse_ip(text);
    return address ? to_string(*address) : "none";
}

}  // namespace

TEST_CASE("addresses print as inet_ntop prints them, and read back") {
    std::mt19937_64 random(5952);
    for (int i = 0; i < 300'000; ++i) {
        const IpAddress address = random_address(random);
        const std::string text = to_string(address);
        REQUIRE(text == by_libc(address));
        REQUIRE(parse_ip(text) == address);
    }
}

TEST_CASE("every pattern of zero groups prints as inet_ntop prints it") {
    for (unsigned pattern = 0; pattern < 256; ++pattern) {
        IpAddress address;
        address.family = IpAddress::v6;
        for (size_t group = 0; group < 8; ++group) {
            if ((pattern >> group & 1) != 0) address.bytes[2 * group + 1] = static_cast<uint8_t>(group + 1);
        }
        CHECK(to_string(address) == by_libc(address));
    }
}

TEST_CASE("examples of RFC 5952") {
    CHECK(again("2001:0db8::0001") == "2001:db8::1");               // 4.1
    CHECK(again("2001:db8:0:0:0:0:2:1") == "2001:db8::2:1");        // 4.2.1
    CHECK(again("2001:db8::1:1:1:1:1") == "2001:db8:0:1:1:1:1:1");  // 4.2.2
    CHECK(again("2001:0:0:1:0:0:0:1") == "2001:0:0:1::1");          // 4.2.3, the longest run
    CHECK(again("2001:db8:0:0:1:0:0:1") == "2001:db8::1:0:0:1");    // 4.2.3, the first of two
    CHECK(again("2001:DB8::ABCD") == "2001:db8::abcd");             // 4.3
    CHECK(again("::ffff:c000:0201") == "::ffff:192.0.2.1");         // 5
    CHECK(again("::") == "::");
    CHECK(again("::1") == "::1");
    CHECK(again("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") == "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

TEST_CASE("the text ends with a NUL and fits its room") {
    std::array<char, address_text_size> out;
    out.fill('x');
    IpAddress address;
    address.family = IpAddress::v6;
    address.bytes.fill(0xff);
    address.family = IpAddress::subnet_family(IpAddress::v6, 128);
    const size_t length = format_ip(address, out.data());
    CHECK(length == std::strlen(out.data()));
    CHECK(length < address_text_size);
}

TEST_CASE("what is no address is refused") {
    for (const char* text : {"", "1.2.3", "1.2.3.256", "1.2.3.4.5", "01.2.3.4 ", "eth0", "::g", "1::2::3",
                             "12345::", ":::", "fe80::1%eth0", "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_ip(text).has_value());
    }
    CHECK_FALSE(parse_ip(std::string_view("1.2.3.4\0", 8)).has_value());
    CHECK_FALSE(parse_ip(std::string(10'000, '1')).has_value());
}

TEST_CASE("hardware addresses") {
    std::array<char, 17> out{};
    CHECK(format_mac(0x0242ac110002, out.data()) == 17);
    CHECK(std::string_view(out.data(), 17) == "02:42:ac:11:00:02");
    CHECK(parse_mac("02:42:ac:11:00:02") == 0x0242ac110002u);
    CHECK(parse_mac("FE-ED-00-11-22-33") == 0xfeed00112233u);
    for (const char* text :
         {"", "02:42:ac:11:00", "02:42:ac:11:00:0g", "02:42:ac:11:00:02:", "0242ac110002", "02:42:ac:11:00.02"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_mac(text).has_value());
    }
}

TEST_CASE("IPv4 sorts before IPv6, then by value") {
    const char* const sorted[] = {"0.0.0.0", "1.2.3.4", "10.0.0.1",    "255.255.255.255",
                                  "::",      "::1",     "2001:db8::1", "ff02::1"};
    for (size_t i = 0; i < std::size(sorted); ++i) {
        for (size_t j = 0; j < std::size(sorted); ++j) {
            const int order = compare(*parse_ip(sorted[i]), *parse_ip(sorted[j]));
            CHECK(order == (i < j ? -1 : i > j ? 1 : 0));
        }
    }
}

TEST_CASE("an address stands before the subnets that begin with it, the largest first") {
    const char* const sorted[] = {"0.0.0.0/0", "0.0.0.0/8", "10.0.0.0/8", "10.0.0.0/32",
                                  "10.0.0.1",  "::/0",      "::/64",      "2001:db8::/32"};
    for (size_t i = 0; i < std::size(sorted); ++i) {
        for (size_t j = 0; j < std::size(sorted); ++j) {
            const int order = compare(*parse_subnet(sorted[i]), *parse_subnet(sorted[j]));
            CHECK(order == (i < j ? -1 : i > j ? 1 : 0));
        }
        IpAddress alone = *parse_subnet(sorted[i]);
        alone.family = alone.version();
        CHECK(compare(alone, *parse_subnet(sorted[i])) == -1);
    }
}

TEST_CASE("subnets print as they are written, and read back") {
    for (const char* text : {"0.0.0.0/0", "128.0.0.0/1", "10.0.0.0/8", "10.1.2.0/23", "10.1.2.3/32", "::/0", "8000::/1",
                             "2001:db8::/32", "2001:db8:0:1::/64", "::1/128", "::/96", "::ffff:0:0:0/95"}) {
        CAPTURE(text);
        const auto subnet = parse_subnet(text);
        REQUIRE(subnet.has_value());
        CHECK(to_string(*subnet) == text);
    }
    CHECK(to_string(*parse_subnet("10.1.2.3")) == "10.1.2.3/32");
    CHECK(to_string(*parse_subnet("2001:db8::1")) == "2001:db8::1/128");
    CHECK(to_string(*parse_subnet("::ffff:10.0.0.0/104")) == "10.0.0.0/8");
    CHECK(to_string(*parse_subnet("::ffff:0:0/96")) == "0.0.0.0/0");
    CHECK(to_string(*parse_subnet("::ffff:10.0.0.1")) == "10.0.0.1/32");
}

TEST_CASE("what is no subnet is refused, and the right one is named") {
    for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/ 8",
                             "10.0.0.0/8 ", "10.0.0.0/08", "10.0.0.0/255.0.0.0", "10.0.0.0/8/8", "::/129", "10.0.0/8",
                             "10.1.2.3/31", "::1/127", "localhost", "10.0.0.0/99999999999999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_subnet(text).has_value());
    }
    CHECK(parse_subnet("10.1.2.3/8").error().hint == "write \"10.0.0.0/8\"");
    CHECK(parse_subnet("2001:db8::1/32").error().hint == "write \"2001:db8::/32\"");
}

TEST_CASE("a mapped address is the IPv4 address in it") {
    CHECK(to_string(unmapped(*parse_ip("::ffff:192.0.2.1"))) == "192.0.2.1");
    for (const char* text : {"192.0.2.1", "::192.0.2.1", "::1", "2001:db8::ffff:c000:201"})
        CHECK(to_string(unmapped(*parse_ip(text))) == text);
}

TEST_CASE("the first bits of 16 bytes are those of a number of 128 bits") {
    for (unsigned length = 0; length <= 128; ++length) {
        const std::array<uint64_t, 2> mask = leading_bits(length);
        std::array<uint8_t, 16> bytes{};
        std::memcpy(bytes.data(), mask.data(), sizeof bytes);
        for (unsigned bit = 0; bit < 128; ++bit) CHECK((bytes[bit / 8] >> (7 - bit % 8) & 1) == (bit < length ? 1 : 0));
    }
}

TEST_CASE("functions that ask for ranges of addresses have some of each version, and no others do") {
    for (const FunctionRow& row : functions()) {
        const bool asks = row.name == "is_private" || row.name == "is_multicast" || row.name == "is_loopback";
        bool four = false;
        bool six = false;
        for (const IpAddress& network : address_ranges(row.id))
            (network.version() == IpAddress::v6 ? six : four) = true;
        CHECK(four == asks);
        CHECK(six == asks);
    }
}
