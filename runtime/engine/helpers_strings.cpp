// Strings (NUL-padded bytes) and names in payload.
#include <algorithm>
#include <cstring>
#include <span>

#include "builtins/base/address.h"
#include "compiler/program/helper_arguments.h"
#include "compiler/program/number_names.h"
#include "runtime/engine/helpers.h"
#include "runtime/engine/payload_names.h"

namespace probevue::helpers {

namespace {

std::span<const uint8_t> bytes_at(uint64_t address, uint64_t size) {
    return {reinterpret_cast<const uint8_t*>(address), size};
}

// Leaves of a text a part of itself.
void keep(uint64_t text, uint64_t size, std::string_view part) {
    std::memmove(pointer(text), part.data(), part.size());
    std::memset(pointer(text) + part.size(), 0, size - part.size());
}

}  // namespace

uint64_t string_copy(Machine&, uint64_t to, uint64_t to_size, uint64_t from, uint64_t from_size, uint64_t) {
    put_text(to, to_size, text_at(from, from_size));
    return 0;
}

uint64_t string_concat(Machine&, uint64_t to, uint64_t to_size, uint64_t a, uint64_t b, uint64_t sizes) {
    const std::string_view first = text_at(a, first_size(sizes)).substr(0, to_size);
    const std::string_view second = text_at(b, second_size(sizes));
    std::copy(first.begin(), first.end(), reinterpret_cast<char*>(to));
    put_text(to + first.size(), to_size - first.size(), second);
    return 0;
}

uint64_t string_compare(Machine&, uint64_t a, uint64_t b, uint64_t sizes, uint64_t, uint64_t) {
    const int order = text_at(a, first_size(sizes)).compare(text_at(b, second_size(sizes)));
    return static_cast<uint64_t>(int64_t{order < 0 ? -1 : order > 0 ? 1 : 0});
}

uint64_t string_find(Machine&, uint64_t in, uint64_t what, uint64_t sizes, uint64_t, uint64_t) {
    const size_t at = text_at(in, first_size(sizes)).find(text_at(what, second_size(sizes)));
    return at == std::string_view::npos ? 0 : at + 1;
}

// Positions that the text does not have are left out: of (-1, 3) what begins at 0 and is two bytes long.
uint64_t string_part(Machine&, uint64_t text, uint64_t size, uint64_t from, uint64_t length, uint64_t) {
    const std::string_view whole = text_at(text, size);
    const bool before = static_cast<int64_t>(from) < 0;
    const uint64_t missing = before ? 0 - from : 0;
    const bool all = static_cast<int64_t>(length) < 0;
    const uint64_t wanted = all ? whole.size() : length - std::min(length, missing);
    keep(text, size, whole.substr(before ? 0 : std::min<uint64_t>(from, whole.size()), wanted));
    return 0;
}

// Where the first piece ends; npos: with the text, for it is the last one. An empty separator separates nothing.
size_t end_of_piece(std::string_view rest, std::string_view between) {
    return between.empty() ? std::string_view::npos : rest.find(between);
}

// Takes the first piece off; false: there is none behind it.
bool skip_piece(std::string_view& rest, std::string_view between) {
    const size_t end = end_of_piece(rest, between);
    if (end == std::string_view::npos) return false;
    rest.remove_prefix(end + between.size());
    return true;
}

// Pieces are those that one finds from the left, also for who counts from the right: separators may overlap.
uint64_t string_piece(Machine&, uint64_t text, uint64_t size, uint64_t separator, uint64_t separator_size,
                      uint64_t number) {
    std::string_view rest = text_at(text, size);
    const std::string_view between = text_at(separator, separator_size);
    auto wanted = static_cast<int64_t>(number);
    if (wanted < 0) {
        wanted += 2;  // of one piece the last is the first
        for (std::string_view all = rest; skip_piece(all, between);) ++wanted;
    }
    while (wanted > 1 && skip_piece(rest, between)) --wanted;
    keep(text, size, wanted == 1 ? rest.substr(0, end_of_piece(rest, between)) : std::string_view());
    return 0;
}

uint64_t string_lower(Machine&, uint64_t text, uint64_t size, uint64_t, uint64_t, uint64_t) {
    // ASCII alone: bytes of UTF-8 are none of these, and stay.
    for (std::byte& byte : std::span(pointer(text), size)) {
        if (byte >= std::byte{'A'} && byte <= std::byte{'Z'}) byte |= std::byte{0x20};
    }
    return 0;
}

uint64_t dns_name(Machine&, uint64_t to, uint64_t to_size, uint64_t address, uint64_t size, uint64_t) {
    put_text(to, to_size, dns_question_name(bytes_at(address, size)));
    return 0;
}

uint64_t tls_sni(Machine&, uint64_t to, uint64_t to_size, uint64_t address, uint64_t size, uint64_t) {
    put_text(to, to_size, tls_server_name(bytes_at(address, size)));
    return 0;
}

uint64_t http_field(Machine&, uint64_t to, uint64_t address, uint64_t size, uint64_t name, uint64_t sizes) {
    const std::string_view wanted = text_at(name, second_size(sizes));
    put_text(to, first_size(sizes), http_field_value(bytes_at(address, size), wanted));
    return 0;
}

uint64_t number_name(Machine&, uint64_t to, uint64_t to_size, uint64_t set, uint64_t number, uint64_t) {
    put_text(to, to_size, name_of(static_cast<NameSet>(set), static_cast<int64_t>(number)));
    return 0;
}

uint64_t address_text(Machine&, uint64_t to, uint64_t to_size, uint64_t address, uint64_t, uint64_t) {
    IpAddress from;
    std::memcpy(&from, pointer(address), sizeof from);
    put_text(to, to_size, to_string(from));
    return 0;
}

uint64_t string_number(Machine&, uint64_t text, uint64_t size, uint64_t, uint64_t, uint64_t) {
    std::string_view digits = text_at(text, size);
    digits.remove_prefix(std::min(digits.find_first_not_of(" \t\n\v\f\r"), digits.size()));  // as atoi() of C does
    const bool negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) digits.remove_prefix(1);
    uint64_t number = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') break;
        number = number * 10 + static_cast<uint64_t>(c - '0');
    }
    return negative ? 0 - number : number;
}

}  // namespace probevue::helpers
