#include "builtins/base/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace probevue {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr size_t groups = 8;  // of an IPv6 address, 16 bits each

// A byte in decimal, and the dot behind it.
struct DottedByte {
    std::array<char, 4> text{};
    uint8_t size = 0;
};

constexpr auto dotted_bytes = [] {
    std::array<DottedByte, 256> table{};
    for (size_t value = 0; value < table.size(); ++value) {
        DottedByte& entry = table[value];
        if (value >= 100) entry.text[entry.size++] = static_cast<char>('0' + value / 100);
        if (value >= 10) entry.text[entry.size++] = static_cast<char>('0' + value / 10 % 10);
        entry.text[entry.size++] = static_cast<char>('0' + value % 10);
        entry.text[entry.size++] = '.';
    }
    return table;
}();

// Always copies four bytes: there is room, and the length is a surprise to the processor.
char* put_dotted(const uint8_t* bytes, char* out) {
    for (int i = 0; i < 4; ++i) {
        const DottedByte& entry = dotted_bytes[bytes[i]];
        std::memcpy(out, entry.text.data(), entry.text.size());
        out += entry.size;
    }
    return out - 1;
}

// Without leading zeros (RFC 5952, 4.1).
char* put_group(unsigned value, char* out) {
    if (value >= 0x1000) *out++ = hex_digits[value >> 12];
    if (value >= 0x100) *out++ = hex_digits[value >> 8 & 0xf];
    if (value >= 0x10) *out++ = hex_digits[value >> 4 & 0xf];
    *out++ = hex_digits[value & 0xf];
    return out;
}

struct Run {
    size_t begin = groups;
    size_t length = 0;
    size_t end() const { return begin + length; }
};

// The longest run of zero groups, the first of several; a single group is no run (RFC 5952, 4.2).
Run longest_zero_run(const std::array<unsigned, groups>& words) {
    Run best;
    size_t begin = 0;
    for (size_t i = 0; i <= groups; ++i) {
        if (i < groups && words[i] == 0) continue;
        if (i - begin > best.length) best = {begin, i - begin};
        begin = i + 1;
    }
    return best.length < 2 ? Run{} : best;
}

// Does the address hold an IPv4 address that is to be shown dotted? Mapped addresses (::ffff:a.b.c.d, RFC 4291 2.5.5.2)
// and, as inet_ntop prints them, the deprecated compatible ones (::a.b.c.d with a not 0.0).
bool holds_ip4(const std::array<unsigned, groups>& words, const Run& run) {
    if (run.begin != 0) return false;
    return run.length == 6 || (run.length == 5 && words[5] == 0xffff);
}

char* put_ip6(const uint8_t* bytes, char* out) {
    std::array<unsigned, groups> words{};
    for (size_t i = 0; i < groups; ++i) words[i] = static_cast<unsigned>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    const Run run = longest_zero_run(words);
    const size_t hexadecimal = holds_ip4(words, run) ? 6 : groups;
    for (size_t i = 0; i < hexadecimal;) {
        if (i == run.begin) {
            *out++ = ':';
            *out++ = ':';
            i = run.end();
            continue;
        }
        if (i != 0 && i != run.end()) *out++ = ':';
        out = put_group(words[i++], out);
    }
    if (hexadecimal == groups) return out;
    if (run.end() != 6) *out++ = ':';
    return put_dotted(bytes + 12, out);
}

}  // namespace

size_t format_ip(const IpAddress& address, char* out) {
    char* end =
        address.version() == IpAddress::v6 ? put_ip6(address.bytes.data(), out) : put_dotted(address.bytes.data(), out);
    if (const std::optional<unsigned> length = address.length()) {
        *end++ = '/';
        end = std::to_chars(end, end + 3, *length).ptr;
    }
    *end = '\0';
    return static_cast<size_t>(end - out);
}

size_t format_mac(uint64_t mac, char* out) {
    char* end = out;
    for (unsigned shift = 48; shift != 0;) {
        shift -= 8;
        const auto byte = static_cast<unsigned>(mac >> shift & 0xff);
        *end++ = hex_digits[byte >> 4];
        *end++ = hex_digits[byte & 0xf];
        if (shift != 0) *end++ = ':';
    }
    return static_cast<size_t>(end - out);
}

std::string to_string(const IpAddress& address) {
    std::array<char, address_text_size> text;
    return {text.data(), format_ip(address, text.data())};
}

std::optional<IpAddress> parse_ip(std::string_view text) {
    // inet_pton reads up to a NUL: what stands behind one must not pass unread.
    if (text.size() >= address_text_size || text.find('\0') != std::string_view::npos) return std::nullopt;
    std::array<char, address_text_size> terminated{};
    std::copy(text.begin(), text.end(), terminated.begin());
    IpAddress address;
    if (inet_pton(AF_INET, terminated.data(), address.bytes.data()) == 1) return address;
    address.family = IpAddress::v6;
    if (inet_pton(AF_INET6, terminated.data(), address.bytes.data()) == 1) return address;
    return std::nullopt;
}

namespace {

constexpr unsigned mapped_length = 96;  // of ::ffff:0:0/96

// ::ffff:192.0.2.1 is the IPv4 address in it.
bool is_mapped(const IpAddress& address) {
    constexpr std::array<uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return address.version() == IpAddress::v6 && std::equal(mapped.begin(), mapped.end(), address.bytes.begin());
}

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

IpAddress first_of(const IpAddress& address, unsigned length) {
    IpAddress out;
    std::array<uint64_t, 2> words = address_words(address);
    const std::array<uint64_t, 2> mask = leading_bits(length);
    for (size_t i = 0; i < words.size(); ++i) words[i] &= mask[i];
    std::memcpy(out.bytes.data(), words.data(), sizeof words);
    out.family = IpAddress::subnet_family(address.version(), length);
    return out;
}

}  // namespace

IpAddress unmapped(const IpAddress& address) {
    if (!is_mapped(address)) return address;
    IpAddress out;
    std::copy_n(address.bytes.begin() + mapped_length / 8, 4, out.bytes.begin());
    return out;
}

std::array<uint64_t, 2> leading_bits(unsigned length) {
    std::array<uint8_t, 16> bytes{};
    for (unsigned bit = 0; bit < length; ++bit) bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] | 0x80 >> bit % 8);
    std::array<uint64_t, 2> out{};
    std::memcpy(out.data(), bytes.data(), sizeof out);
    return out;
}

std::array<uint64_t, 2> address_words(const IpAddress& address) {
    std::array<uint64_t, 2> out{};
    std::memcpy(out.data(), address.bytes.data(), sizeof out);
    return out;
}

Result<IpAddress> parse_subnet(std::string_view text) {
    constexpr const char* forms = "write a network and its length, such as \"10.0.0.0/8\" or \"2001:db8::/32\"";
    const size_t slash = text.find('/');
    std::optional<IpAddress> address = parse_ip(text.substr(0, slash));
    if (!address) return fail(quoted(text.substr(0, slash)) + " is no IP address", forms);
    const unsigned most = IpAddress::bits(address->version());
    unsigned length = most;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
        const bool decimal = status == std::errc{} && end == digits.data() + digits.size() &&
                             (digits.size() == 1 || digits.front() != '0');
        if (!decimal || length > most)
            return fail(quoted(text) + " has no length from 0 to " + std::to_string(most) + " behind the `/`", forms);
    }
    if (is_mapped(*address) && length >= mapped_length) {
        address = unmapped(*address);
        length -= mapped_length;
    }
    const IpAddress network = first_of(*address, length);
    if (network.bytes != address->bytes)
        return fail(quoted(text) + " is no network: bits are set behind the first " + std::to_string(length),
                    "write " + quoted(to_string(network)));
    return network;
}

std::optional<uint64_t> parse_mac(std::string_view text) {
    if (text.size() != 17) return std::nullopt;
    uint64_t mac = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (i % 3 == 2) {
            if (c != ':' && c != '-') return std::nullopt;
            continue;
        }
        const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
        const size_t digit = hex_digits.find(lower);
        if (digit == std::string_view::npos) return std::nullopt;
        mac = mac << 4 | digit;
    }
    return mac;
}

int compare(const IpAddress& a, const IpAddress& b) {
    if (a.version() != b.version()) return a.version() < b.version() ? -1 : 1;
    const int order = std::memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size());
    if (order != 0) return order < 0 ? -1 : 1;
    return a.family < b.family ? -1 : a.family > b.family ? 1 : 0;
}

}  // namespace probevue
