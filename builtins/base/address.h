// Network addresses as values, and their text forms.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace probevue {

// ip_addr_t as it lies in memory: compiled code, arrays and records all hold this form. Three 64-bit words, so that
// code copies and compares it without a call. The bytes of the address stand in network order from the first byte on,
// an IPv4 address takes four of them and the rest is zero. All zero is 0.0.0.0.
struct IpAddress {
    static constexpr uint64_t v4 = 0;
    static constexpr uint64_t v6 = 6;

    std::array<uint8_t, 16> bytes{};
    uint64_t family = v4;

    // v4 or v6.
    uint64_t version() const { return family; }
    bool operator==(const IpAddress&) const = default;
};
static_assert(sizeof(IpAddress) == 24);

// Longest text of an address with its terminator ("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255").
inline constexpr size_t address_text_size = 46;

// Writes the text form (dotted IPv4, RFC 5952 for IPv6, ::ffff:192.0.2.1 for mapped addresses as inet_ntop prints them)
// to `out`, which has room for address_text_size bytes; returns its length. A NUL follows.
size_t format_ip(const IpAddress& address, char* out);
// Lower case, `02:42:ac:11:00:02`; 17 bytes, no NUL. The first byte on the wire is the most significant of 48 bits.
size_t format_mac(uint64_t mac, char* out);

std::string to_string(const IpAddress& address);
// Dotted IPv4 with four decimal parts, or IPv6 (inet_pton); nothing else, names included.
std::optional<IpAddress> parse_ip(std::string_view text);
// Six bytes of two hexadecimal digits, separated by `:` or `-`.
std::optional<uint64_t> parse_mac(std::string_view text);

// IPv4 before IPv6, then by value.
int compare(const IpAddress& a, const IpAddress& b);

}  // namespace probevue
