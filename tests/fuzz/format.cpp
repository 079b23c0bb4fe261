// A format of printf and the values that it prints: our text against the C library's, conversion by conversion. The
// format ends with a NUL; behind it stand the values. A format of dates is tried with the same text.
#include "compiler/sema/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>

#include "builtins/base/address.h"
#include "runtime/sinks/dates.h"
#include "runtime/sinks/printf_text.h"
#include "tests/fuzz/fuzz.h"

using namespace probevue;
using namespace probevue::fuzz;

namespace {

constexpr std::string_view integers = "duxXoc";
constexpr std::string_view reals = "feEgGF";
constexpr uint32_t text_size = 48;

TypeRef type_for(TypeTable& types, const sema::Conversion& conversion) {
    const char letter = conversion.piece.conversion;
    const bool is_wide = conversion.modifier == sema::Modifier::l || conversion.modifier == sema::Modifier::ll;
    if (integers.find(letter) != integers.npos) return types.integer(is_wide ? 8 : 4, letter == 'd');
    if (reals.find(letter) != reals.npos) return types.double_type();
    if (letter == 's') return types.string(text_size - 1);
    for (const TypeKind kind : {TypeKind::path, TypeKind::mac, TypeKind::ip, TypeKind::timestamp, TypeKind::stack}) {
        if (sema::conversion_fits(letter, types.simple(kind)).fits) return types.simple(kind);
    }
    return nullptr;
}

// The bytes of a value as engines leave them.
void put_value(Input& input, const RecordField& field, std::byte* to) {
    if (field.kind == FieldKind::string) {
        const auto bytes = input.bytes(input.byte() % text_size);
        std::memcpy(to, bytes.data(), std::min<size_t>(bytes.size(), field.size));
        return;
    }
    if (field.kind == FieldKind::ip) {
        IpAddress address{};
        address.family = input.byte() % 2 == 0 ? IpAddress::v4 : IpAddress::v6;
        const auto bytes = input.bytes(address.family == IpAddress::v4 ? 4 : address.bytes.size());
        std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
        std::memcpy(to, &address, sizeof address);
        return;
    }
    uint64_t word = input.number(1 + input.byte() % 8);
    if (field.kind == FieldKind::mac) word &= 0xffff'ffff'ffff;
    if (field.kind == FieldKind::integer && field.width == 4)
        word = field.is_signed ? static_cast<uint64_t>(int64_t{static_cast<int32_t>(word)}) : word & 0xffff'ffff;
    std::memcpy(to, &word, sizeof word);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
template <typename T>
std::string by_c(const std::string& format, T value) {
    std::string out(static_cast<size_t>(std::snprintf(nullptr, 0, format.c_str(), value)) + 1, '\0');
    std::snprintf(out.data(), out.size(), format.c_str(), value);
    out.pop_back();
    return out;
}
#pragma GCC diagnostic pop

// What the C library prints for a piece; none where it leaves that open, or has no such conversion.
bool c_prints(const FormatPiece& piece, const std::byte* at, std::string& out) {
    const char letter = piece.conversion;
    const bool is_text = letter == 's' || letter == 'c';
    const bool is_signed = letter == 'd' || reals.find(letter) != reals.npos;
    if ((is_text && (piece.zero || piece.plus || piece.space || piece.alternate)) ||
        (!is_signed && (piece.plus || piece.space)) || ((letter == 'd' || letter == 'u') && piece.alternate) ||
        (letter == 'c' && piece.precision >= 0))
        return false;
    std::string format = "%";
    if (piece.left) format += '-';
    if (piece.plus) format += '+';
    if (piece.space) format += ' ';
    if (piece.alternate) format += '#';
    if (piece.zero) format += '0';
    if (piece.width > 0) format += std::to_string(piece.width);
    if (piece.precision >= 0) format += '.' + std::to_string(piece.precision);
    int64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    if (letter == 's') {
        const auto* text = reinterpret_cast<const char*>(at);
        out = by_c(format + 's', std::string(text, strnlen(text, text_size - 1)).c_str());
    } else if (letter == 'c') {
        if (static_cast<char>(word) == 0) return false;
        out = by_c(format + 'c', static_cast<int>(static_cast<unsigned char>(word)));
    } else if (integers.find(letter) != integers.npos) {
        static constexpr std::string_view sizes[] = {"", "hh", "h", "", "", "", "", "", "ll"};
        format += sizes[piece.bytes];
        format += letter;
        out = piece.bytes == 8 ? by_c(format, static_cast<long long>(word)) : by_c(format, static_cast<int>(word));
    } else if (reals.find(letter) != reals.npos) {
        double real = 0;
        std::memcpy(&real, at, sizeof real);
        out = by_c(format + letter, real);
    } else {
        return false;
    }
    return true;
}

TextContext fresh_context() {
    return {.names = Names(false), .date = DateFormat(std::string(DateFormat::default_format)), .start_ns = 1};
}

void print(const std::string& text, Input& input) {
    static TypeTable types;
    const sema::Format format = sema::parse_format(text);
    for (const sema::FormatFault& fault : format.faults) {
        if (fault.at + fault.length > text.size() || fault.text.empty()) found("a fault lies outside", text);
    }
    if (!format.faults.empty()) return;
    RecordLayout layout;
    for (const sema::Conversion& conversion : format.conversions) {
        FormatPiece piece = conversion.piece;
        const TypeRef type = type_for(types, conversion);
        if (type == nullptr) found("a conversion that nothing fits", text);
        if (!sema::conversion_fits(piece.conversion, type).fits) found("a value that does not fit", text);
        piece.bytes = sema::printed_bytes(conversion, type);
        piece.field = sema::add_field(layout, type);
        layout.pieces.push_back(std::move(piece));
        if (layout.size > sema::max_record_size) return;
    }
    if (!format.tail.empty()) layout.pieces.push_back({.literal = format.tail});
    std::vector<uint64_t> words(layout.size / 8 + 1);
    auto* const payload = reinterpret_cast<std::byte*>(words.data());
    for (const RecordField& field : layout.fields) put_value(input, field, payload + field.offset);
    TextContext context = fresh_context();
    TextBuffer all;
    append_record(all, layout, payload, context);

    std::string pieces;
    for (const FormatPiece& piece : layout.pieces) {
        pieces += piece.literal;
        if (piece.conversion == 0) continue;
        RecordLayout alone;
        alone.pieces = {piece};
        alone.pieces.front().literal.clear();
        alone.fields = layout.fields;
        alone.size = layout.size;
        TextBuffer ours;
        append_record(ours, alone, payload, context);
        pieces += ours.view();
        std::string expected;
        if (c_prints(piece, payload + layout.fields[piece.field].offset, expected))
            same(fmt::format("%{} of {} bytes differs from the C library's", piece.conversion, piece.bytes), expected,
                 ours.view());
    }
    same("a format is not its pieces", pieces, all.view());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Input input(data, size);
    const uint8_t choice = input.byte();
    const std::string text = input.text();
    if (choice == 0xff) {
        DateFormat date(text);
        TextBuffer out;
        date.append(out, input.number(8));
    } else {
        print(text, input);
    }
    return 0;
}
