// The hash by which a replay is cut into shards: what it takes, that ends may be exchanged, and how even it is.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <string>

#include "raw_packet.h"
#include "runtime/sources/shard.h"

using namespace probevue;

namespace {

Bytes number16(unsigned value) { return {static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)}; }

IpAddress address(const char* text) { return *parse_ip(text); }

Bytes bytes_of(const IpAddress& address) {
    return {address.bytes.begin(), address.bytes.begin() + (address.version() == IpAddress::v6 ? 16 : 4)};
}

// A packet with a header of eight bytes or more that begins with the two ports; `offset`: of a fragment, in units of 8.
Bytes packet(const char* from, unsigned source, const char* to, unsigned target, uint8_t protocol,
             unsigned offset = 0) {
    const Bytes transport = number16(source) + number16(target) + Bytes(16, 0);
    const IpAddress one = address(from);
    const IpAddress other = address(to);
    const auto size = static_cast<unsigned>(transport.size());
    if (one.version() == IpAddress::v6)
        return Bytes{0x60, 0, 0, 0} + number16(size) + Bytes{protocol, 64} + bytes_of(one) + bytes_of(other) +
               transport;
    return Bytes{0x45, 0} + number16(20 + size) + Bytes{0, 0} + number16(offset) + Bytes{64, protocol, 0, 0} +
           bytes_of(one) + bytes_of(other) + transport;
}

uint64_t hash_of(const Bytes& bytes, ShardKey key = {}) {
    const RawPacket packet(bytes, bytes.size(), bytes.size());
    return ShardHash(key).of(packet.context);
}

constexpr uint8_t tcp = 6, udp = 17, sctp = 132;
const char* const a = "192.0.2.1";
const char* const b = "198.51.100.7";
const char* const a6 = "2001:db8::1";
const char* const b6 = "2001:db8::7";

// The greatest distance of chi-squared from what is expected of it, in its own standard deviations: beyond 5 once in
// some million tables.
void check_even(const std::vector<uint64_t>& parts) {
    uint64_t all = 0;
    for (const uint64_t part : parts) all += part;
    const double expected = static_cast<double>(all) / static_cast<double>(parts.size());
    double sum = 0;
    for (const uint64_t part : parts) sum += std::pow(static_cast<double>(part) - expected, 2) / expected;
    const auto freedom = static_cast<double>(parts.size() - 1);
    CHECK(std::abs(sum - freedom) < 5 * std::sqrt(2 * freedom));
}

}  // namespace

// Computed by Python from the description in docs/command.md, as tests/diff/shards.py does.
TEST_CASE("a shard is the same everywhere, and stays so") {
    CHECK(shard_hash({address(a), 40000}, {address(b), 443}) == 0x2e7d6afa6dfa801b);
    CHECK(shard_hash({address(a6), 40000}, {address(b6), 443}) == 0x246a4ced19a169b1);
    CHECK(shard_hash({}, {}) == 0xac1b30f1b1aa0147);
    CHECK(shard_number(0, 64) == 1);
    CHECK(shard_number(~uint64_t{0}, 64) == 64);
    CHECK(shard_number(~uint64_t{0}, most_shards) == most_shards);
    CHECK(shard_number(~uint64_t{0}, 1) == 1);
}

TEST_CASE("a file of a split says which part it is") {
    const ShardMark mark{{3, 64}, "7c9e6679-7425-40de-944b-e07fc1f90ae7", 1'700'000'000'000'000'042};
    CHECK(read_shard_comment(shard_comment(mark)) == mark);
    CHECK(shard_comment(mark) ==
          "shard 3 of 64 by five-tuple, of stream 7c9e6679-7425-40de-944b-e07fc1f90ae7 since 1700000000.000000042");
    // Versions before this one told no stream.
    CHECK(read_shard_comment("shard 3 of 64 by five-tuple") == ShardMark{{3, 64}, "", 0});
    for (const char* other :
         {"", "shard", "shard 3", "shard 0 of 4 by five-tuple", "shard 5 of 4 by five-tuple",
          "shard 1 of 65537 by five-tuple", "shard 1 of 4 by five-tuple!", "shard -1 of 4 by five-tuple",
          "shard 1 of 4 by host", "shard 99999999999 of 4 by five-tuple", "shard 1 of 4 by five-tuple, of stream ",
          "shard 1 of 4 by five-tuple, of stream a", "shard 1 of 4 by five-tuple, of stream  since 1.0",
          "shard 1 of 4 by five-tuple, of stream a since 1", "shard 1 of 4 by five-tuple, of stream a since 1.00000000",
          "shard 1 of 4 by five-tuple, of stream a since 1.0000000000",
          "shard 1 of 4 by five-tuple, of stream a since 1.-00000001",
          "shard 1 of 4 by five-tuple, of stream a since 99999999999.000000000",
          "shard 1 of 4 by five-tuple, of stream a since 1.000000000!"})
        CHECK_FALSE(read_shard_comment(other));
}

TEST_CASE("both directions of a connection are in one shard") {
    for (const uint8_t protocol : {tcp, udp, sctp}) {
        CHECK(hash_of(packet(a, 40000, b, 443, protocol)) == hash_of(packet(b, 443, a, 40000, protocol)));
        CHECK(hash_of(packet(a6, 40000, b6, 443, protocol)) == hash_of(packet(b6, 443, a6, 40000, protocol)));
    }
    CHECK(hash_of(packet(a, 40000, b, 443, tcp)) == shard_hash({address(a), 40000}, {address(b), 443}));
    // Ports go with their addresses.
    CHECK(hash_of(packet(a, 40000, b, 443, tcp)) != hash_of(packet(a, 443, b, 40000, tcp)));
    // Both ends may be the same, as on a loopback device.
    CHECK(shard_hash({address(a), 1}, {address(a), 1}) != shard_hash({address(b), 1}, {address(b), 1}));
    CHECK(shard_hash({address(a), 1}, {address(b), 2}) ==
          shard_hash({address("::ffff:192.0.2.1"), 1}, {address("::ffff:198.51.100.7"), 2}));
}

TEST_CASE("the hash takes what the header variables of its key show") {
    const Bytes over_tcp = packet(a, 40000, b, 443, tcp);
    const Bytes over_udp = packet(a, 40000, b, 443, udp);
    const Bytes over_ip6 = packet(a6, 40000, b6, 443, tcp);
    const ShardKey of_ip4{AddressSource::ip4, PortSource::any};
    const ShardKey of_ip6{AddressSource::ip6, PortSource::any};
    const IpAddress no4;
    const IpAddress no6 = address("::");
    CHECK(hash_of(over_tcp, of_ip4) == hash_of(over_tcp));
    CHECK(hash_of(over_ip6, of_ip4) == shard_hash({no4, 40000}, {no4, 443}));
    CHECK(hash_of(over_ip6, of_ip6) == hash_of(over_ip6));
    CHECK(hash_of(over_tcp, of_ip6) == shard_hash({no6, 40000}, {no6, 443}));
    const ShardKey of_tcp{AddressSource::ip, PortSource::tcp};
    const ShardKey of_udp{AddressSource::ip, PortSource::udp};
    CHECK(hash_of(over_tcp, of_tcp) == hash_of(over_tcp));
    CHECK(hash_of(over_udp, of_udp) == hash_of(over_udp));
    CHECK(hash_of(over_udp, of_tcp) == shard_hash({address(a), 0}, {address(b), 0}));
    const ShardKey pair{AddressSource::ip, PortSource::none};
    CHECK(hash_of(over_tcp, pair) == shard_hash({address(a), 0}, {address(b), 0}));
    const ShardKey ports{AddressSource::none, PortSource::any};
    CHECK(hash_of(over_tcp, ports) == shard_hash({no4, 40000}, {no4, 443}));
}

TEST_CASE("what a packet does not have is zero") {
    // A later fragment shows no ports, and what is no IP packet nothing.
    CHECK(hash_of(packet(a, 40000, b, 443, udp, 185)) == shard_hash({address(a), 0}, {address(b), 0}));
    CHECK(hash_of(Bytes(40, 0)) == shard_hash({}, {}));
    const Bytes cut = packet(a, 40000, b, 443, tcp);
    const RawPacket in_header(cut, 18, cut.size());
    CHECK(ShardHash({}).of(in_header.context) == shard_hash({address(a), 0}, {IpAddress(), 0}));
}

TEST_CASE("an ARP packet shows sender and target") {
    const Bytes arp =
        Bytes{0, 1, 8, 0, 6, 4, 0, 1} + Bytes(6, 1) + bytes_of(address(a)) + Bytes(6, 0) + bytes_of(address(b));
    const Bytes frame = Bytes(12, 2) + Bytes{8, 6} + arp;
    EngineContext context;
    LayerParser parser;
    const auto size = static_cast<uint32_t>(frame.size());
    parser.parse(LinkKind::ethernet, {frame.data(), size, size, 1, 0}, context);
    CHECK(ShardHash({AddressSource::arp, PortSource::none}).of(context) ==
          shard_hash({address(b), 0}, {address(a), 0}));
    CHECK(ShardHash({}).of(context) == shard_hash({}, {}));
}

TEST_CASE("an event is in the shard of the packets of its connection") {
    std::vector<std::byte> frame(event_frame_size());
    const auto set = [&](EventField field, const auto& value) {
        std::memcpy(frame.data() + event_field(field).offset, &value, sizeof value);
    };
    set(EventField::local_addr, address(b));
    set(EventField::remote_addr, address("::ffff:192.0.2.1"));
    set(EventField::local_port, uint64_t{443});
    set(EventField::remote_port, uint64_t{40000});
    EventShape shape;
    Event event;
    event.is_packet = false;
    event.fields = frame.data();
    event.shape = &shape;
    const ShardHash by_default({});
    CHECK_FALSE(by_default.of(event));
    CHECK(ShardHash({AddressSource::none, PortSource::any}).of(event) == shard_hash({{}, 443}, {{}, 40000}));
    shape.fields = {{EventField::local_addr, true}};  // the place has none
    CHECK_FALSE(by_default.of(event));
    shape.fields = {{EventField::remote_addr}, {EventField::local_addr}, {EventField::local_port}};
    CHECK(by_default.of(event) == hash_of(packet(a, 40000, b, 443, tcp)));
    // What keys of headers show is of the packet that an event is about.
    CHECK_FALSE(ShardHash({AddressSource::arp, PortSource::none}).of(event));
    CHECK_FALSE(ShardHash({AddressSource::ip4, PortSource::any}).of(event));
    CHECK_FALSE(ShardHash({AddressSource::ip, PortSource::tcp}).of(event));
}

TEST_CASE("flows are spread evenly over any number of shards") {
    for (const uint32_t count : {2u, 3u, 7u, 64u, 1000u}) {
        CAPTURE(count);
        std::vector<uint64_t> by_port(count);
        std::vector<uint64_t> by_host(count);
        std::vector<uint64_t> by_host6(count);
        for (unsigned i = 0; i < 60'000; ++i) {
            // A client that counts its ports up; clients of a network that do.
            by_port[shard_number(shard_hash({address(a), static_cast<uint16_t>(i + 2000)}, {address(b), 443}), count) -
                    1]++;
            IpAddress host = address("10.0.0.0");
            IpAddress host6 = address("2001:db8::");
            for (IpAddress* const of : {&host, &host6}) {
                const size_t last = of == &host ? 3 : 15;
                of->bytes[last] = static_cast<uint8_t>(i);
                of->bytes[last - 1] = static_cast<uint8_t>(i >> 8);
            }
            by_host[shard_number(shard_hash({host, 0}, {address(b), 0}), count) - 1]++;
            by_host6[shard_number(shard_hash({host6, 53}, {address(b6), 53}), count) - 1]++;
        }
        check_even(by_port);
        check_even(by_host);
        check_even(by_host6);
    }
}
