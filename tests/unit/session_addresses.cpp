// Addresses of hosts in a replay: each file has those of its own.
#include <doctest/doctest.h>

#include <string>

#include "runtime/session/recorded_addresses.h"
#include "tests/unit/recording_support.h"

using namespace probevue;
using namespace probevue::recording_tests;
using namespace std::string_literals;

namespace {

// An interface block with this address as if_IPv4addr; empty: without.
void add_interface(File& file, std::string_view four) {
    Bytes body = file.bytes().number(1, 2).number(0, 2).number(0, 4);
    if (!four.empty()) body.number(4, 2).number(8, 2).text(four).number(0xffffffff, 4);
    file.block(1, body.number(0, 4));
}

std::unique_ptr<CaptureReader> opened(File& file) {
    auto reader = CaptureReader::open(file.path());
    REQUIRE(reader.has_value());
    return std::move(*reader);
}

void read_on(CaptureReader& reader) {
    PacketView packet;
    static_cast<void>(reader.next(packet));
}

}  // namespace

TEST_CASE("addresses are those of the file that was chosen last, as far as it has been read") {
    const IpAddress first = *parse_ip("192.0.2.1");
    const IpAddress second = *parse_ip("192.0.2.2");
    File one;
    File other;
    File silent;
    add_interface(one, "\xc0\x00\x02\x01"s);
    add_interface(other, "\xc0\x00\x02\x02"s);
    add_interface(silent, {});
    const auto of_one = opened(one);
    const auto of_other = opened(other);
    const auto of_silent = opened(silent);
    RecordedAddresses addresses;
    CHECK_FALSE(addresses.known());
    addresses.choose(*of_one);
    CHECK_FALSE(addresses.known());
    for (CaptureReader* reader : {of_one.get(), of_other.get(), of_silent.get()}) read_on(*reader);
    CHECK(addresses.known());
    CHECK(addresses.contains(first));
    CHECK_FALSE(addresses.contains(second));
    addresses.choose(*of_other);
    CHECK(addresses.known());
    CHECK_FALSE(addresses.contains(first));
    CHECK(addresses.contains(second));
    addresses.choose(*of_silent);
    CHECK_FALSE(addresses.known());
    CHECK_FALSE(addresses.contains(first));
}
