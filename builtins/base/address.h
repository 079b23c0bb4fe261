// Network addresses as values, and their text forms.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "builtins/base/result.h"

namespace probevue {

// ip_addr_t as it lies in memory: compiled code, arrays and records all hold this form. Three 64-bit words, so that
// code copies and compares it without a call. The bytes of the address stand in network order from the first byte on,
// an IPv4 address takes four of them and the rest is zero. All zero is 0.0.0.0. A subnet is the first address of its
// network and, in the third word, how many bits all its addresses have in common.
struct IpAddress {
    static constexpr uint64_t v4 = 0;
    static constexpr uint64_t v6 = 6;
    // Of `family`: the bits of the version, and where the length of a subnet plus one begins.
    static constexpr uint64_t version_bits = 0xff;
    static constexpr unsigned length_shift = 8;

    std::array<uint8_t, 16> bytes{};
    uint64_t family = v4;  // v4, v6, or subnet_family()

    // The third word of a subnet.
    static constexpr uint64_t subnet_family(uint64_t version, unsigned length) {
        return version | uint64_t{length + 1} << length_shift;
    }
    // v4 or v6.
    uint64_t version() const { return family & version_bits; }
    // Bits that the addresses of a subnet have in common; none: this is one address.
    std::optional<unsigned> length() const {
        const uint64_t kept = family >> length_shift;
        return kept == 0 ? std::nullopt : std::optional(static_cast<unsigned>(kept - 1));
    }
    // Bits of an address of the version.
    static constexpr unsigned bits(uint64_t version) { return version == v6 ? 128 : 32; }
    bool operator==(const IpAddress&) const = default;
};
static_assert(sizeof(IpAddress) == 24);

// Longest text of an address with its terminator ("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128").
inline constexpr size_t address_text_size = 50;

// Writes the text form (dotted IPv4, RFC 5952 for IPv6, ::ffff:192.0.2.1 for mapped addresses as inet_ntop prints them;
// of a subnet with its length, 192.0.2.0/24)
// to `out`, which has room for address_text_size bytes; returns its length. A NUL follows.
size_t format_ip(const IpAddress& address, char* out);
// Lower case, `02:42:ac:11:00:02`; 17 bytes, no NUL. The first byte on the wire is the most significant of 48 bits.
size_t format_mac(uint64_t mac, char* out);

std::string to_string(const IpAddress& address);
// Dotted IPv4 with four decimal parts, or IPv6 (inet_pton); nothing else, names included.
std::optional<IpAddress> parse_ip(std::string_view text);
// "10.0.0.0/8", "2001:db8::/32", or one address, which is a subnet of itself alone: always with a length. What is in
// ::ffff:0:0/96 is of IPv4 (RFC 4291, 2.5.5.2). Bits behind the length are an error, which names the right one.
Result<IpAddress> parse_subnet(std::string_view text);
// The IPv4 address in ::ffff:a.b.c.d; others as they are.
IpAddress unmapped(const IpAddress& address);
// The 16 bytes whose first `length` bits are set, as two words in the order of memory.
std::array<uint64_t, 2> leading_bits(unsigned length);
// The 16 bytes of an address as two words in the order of memory.
std::array<uint64_t, 2> address_words(const IpAddress& address);
// Six bytes of two hexadecimal digits, separated by `:` or `-`.
std::optional<uint64_t> parse_mac(std::string_view text);

// IPv4 before IPv6, then by value; an address before the subnets that begin with it, the largest of them first.
int compare(const IpAddress& a, const IpAddress& b);

}  // namespace probevue
