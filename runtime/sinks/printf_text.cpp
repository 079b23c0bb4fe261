#include "runtime/sinks/printf_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <utility>

#include "builtins/base/shown.h"

namespace probevue {
namespace {

// The usual piece: nothing between the percent sign and the letter but sizes. Asked for each piece of each record, and
// nearly always true: `|` asks all at once, `||` one after the other.
bool is_plain(const FormatPiece& piece) {
    const bool flags = piece.left | piece.plus | piece.space | piece.alternate | piece.zero;
    return !flags && piece.width < 0 && piece.precision < 0;
}

size_t width_of(const FormatPiece& piece) { return static_cast<size_t>(std::clamp(piece.width, 0, longest_field)); }

bool is_number(char conversion) {
    switch (conversion) {
        case 'd':
        case 'i':
        case 'u':
        case 'x':
        case 'X':
        case 'o':
            return true;
        default:
            return false;
    }
}

bool is_float(char conversion) {
    switch (conversion) {
        case 'f':
        case 'F':
        case 'e':
        case 'E':
        case 'g':
        case 'G':
            return true;
        default:
            return false;
    }
}

// One 64-bit word.
bool is_scalar(const RecordField& field) {
    switch (field.kind) {
        case FieldKind::string:
        case FieldKind::ip:
        case FieldKind::bytes:
        case FieldKind::list:
            return false;
        default:
            return true;
    }
}

double as_double(const RecordField& field, const std::byte* at) {
    if (field.kind == FieldKind::floating) return load<double>(at);
    if (field.kind == FieldKind::integer && field.is_signed) return static_cast<double>(load<int64_t>(at));
    return static_cast<double>(load<uint64_t>(at));
}

uint64_t as_integer(const RecordField& field, const std::byte* at) {
    if (field.kind != FieldKind::floating) return load<uint64_t>(at);
    const double value = load<double>(at);
    if (!(value >= -0x1p63)) return static_cast<uint64_t>(std::numeric_limits<int64_t>::min());
    if (value >= 0x1p63) return static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    return static_cast<uint64_t>(static_cast<int64_t>(value));
}

uint64_t cut(uint64_t value, uint8_t bytes) { return bytes >= 8 ? value : value & ((uint64_t{1} << bytes * 8) - 1); }

int64_t extend(uint64_t value, uint8_t bytes) {
    if (bytes >= 8) return static_cast<int64_t>(value);
    const int shift = 64 - bytes * 8;
    return static_cast<int64_t>(value << shift) >> shift;
}

void append_padded(TextBuffer& to, const FormatPiece& piece, std::string_view text) {
    const size_t width = width_of(piece);
    const size_t pad = width > text.size() ? width - text.size() : 0;
    if (pad != 0 && !piece.left) to.fill(' ', pad);
    to.append(text);
    if (pad != 0 && piece.left) to.fill(' ', pad);
}

// C11 7.21.6.1: precision gives the least number of digits and turns `0` off; `#` puts 0x before what is not zero, and
// makes the first octal digit a zero.
void append_number(TextBuffer& to, const FormatPiece& piece, uint64_t raw) {
    std::array<char, 24> digits;
    uint64_t magnitude = cut(raw, piece.bytes);
    std::string_view sign;
    int base = 10;
    switch (piece.conversion) {
        case 'd':
        case 'i': {
            const int64_t value = extend(raw, piece.bytes);
            magnitude = value < 0 ? uint64_t{0} - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
            sign = value < 0 ? "-" : piece.plus ? "+" : piece.space ? " " : "";
            break;
        }
        case 'x':
        case 'X':
            base = 16;
            if (piece.alternate && magnitude != 0) sign = piece.conversion == 'x' ? "0x" : "0X";
            break;
        case 'o':
            base = 8;
            break;
        default:
            break;
    }
    char* end = std::to_chars(digits.data(), digits.data() + digits.size(), magnitude, base).ptr;
    if (piece.precision == 0 && magnitude == 0) end = digits.data();
    if (piece.conversion == 'X') {
        for (char* at = digits.data(); at != end; ++at) *at = *at >= 'a' ? static_cast<char>(*at - 'a' + 'A') : *at;
    }
    const auto count = static_cast<size_t>(end - digits.data());
    const auto least = static_cast<size_t>(std::clamp(piece.precision, 0, longest_field));
    size_t zeros = least > count ? least - count : 0;
    if (piece.conversion == 'o' && piece.alternate && zeros == 0 && (count == 0 || digits[0] != '0')) zeros = 1;
    size_t pad = width_of(piece);
    pad = pad > sign.size() + zeros + count ? pad - sign.size() - zeros - count : 0;
    if (piece.zero && !piece.left && piece.precision < 0) {
        zeros += pad;
        pad = 0;
    }
    if (!piece.left) to.fill(' ', pad);
    to.append(sign);
    to.fill('0', zeros);
    to.append({digits.data(), count});
    if (piece.left) to.fill(' ', pad);
}

void append_float(TextBuffer& to, const FormatPiece& piece, double value) {
    const bool flags = piece.width >= 0 || piece.left || piece.plus || piece.space || piece.alternate || piece.zero;
    const int precision = std::min(piece.precision, longest_field);
    if (!flags && std::isfinite(value) && (piece.conversion == 'f' || piece.conversion == 'F') && precision <= 40) {
        constexpr size_t longest = 400;  // 309 digits, sign, point, 40 decimals
        char* begin = to.room(longest);
        to.advance(
            std::to_chars(begin, begin + longest, value, std::chars_format::fixed, precision < 0 ? 6 : precision).ptr);
        return;
    }
    std::array<char, 16> format;
    char* at = format.data();
    *at++ = '%';
    if (piece.left) *at++ = '-';
    if (piece.plus) *at++ = '+';
    if (piece.space) *at++ = ' ';
    if (piece.alternate) *at++ = '#';
    if (piece.zero) *at++ = '0';
    *at++ = '*';
    *at++ = '.';
    *at++ = '*';
    *at++ = piece.conversion;
    *at = '\0';
    const auto width = static_cast<int>(width_of(piece));
    // A negative precision given by `*` counts as none, which is what -1 means here too.
    const int size = snprintf(nullptr, 0, format.data(), width, precision, value);
    if (size < 0) return;
    char* begin = to.room(static_cast<size_t>(size) + 1);
    snprintf(begin, static_cast<size_t>(size) + 1, format.data(), width, precision, value);
    to.advance(begin + size);
}

// What %s and our own conversions show of a field.
void append_text(TextBuffer& to, const FormatPiece& piece, const RecordField& field, const std::byte* at,
                 TextContext& context) {
    switch (piece.conversion) {
        case 's':
            if (field.kind == FieldKind::string) return append_outside(to, load_string(at, field.size), context);
            break;
        case 'H':
            if (field.kind == FieldKind::ip) return context.names.append_host(to, at);
            break;
        case 'W':
            if (is_scalar(field)) return append_seconds(to, load<uint64_t>(at), context.start_ns);
            break;
        case 'A':
            if (is_scalar(field)) return context.date.append(to, load<uint64_t>(at));
            break;
        case 'M':
            if (is_scalar(field)) return append_mac(to, load<uint64_t>(at));
            break;
        case 'p':
            if (field.kind == FieldKind::path)
                return append_outside(to, context.names.path(load<uint64_t>(at)), context);
            break;
        case 't':
        case 'T':
            if (field.kind == FieldKind::stack) {
                // Its lines are ours.
                const std::string frames = context.names.stack(load<uint64_t>(at), piece.conversion == 't');
                return to.append(context.on_terminal ? shown_lines(frames) : frames);
            }
            break;
        default:
            break;
    }
    append_value(to, field, at, context, ArrayPrintOptions::list_all);
}

// A number of a table that --si shows with its unit: what printf prints has none.
bool is_scaled(const RecordField& field, const TextContext& context) { return context.si && field.unit != Unit::none; }

void append_flagged(TextBuffer& to, const FormatPiece& piece, const RecordField& field, const std::byte* at,
                    TextContext& context) {
    if (is_scaled(field, context) && is_scalar(field)) {
        TextBuffer text;
        append_value(text, field, at, context, ArrayPrintOptions::list_all);
        return append_padded(to, piece, text.view());
    }
    if (is_number(piece.conversion) && is_scalar(field)) return append_number(to, piece, as_integer(field, at));
    if (is_float(piece.conversion) && is_scalar(field)) return append_float(to, piece, as_double(field, at));
    if (piece.conversion == 'c' && is_scalar(field)) {
        const auto c = static_cast<char>(load<uint64_t>(at));
        return append_padded(to, piece,
                             context.on_terminal && c != '\n' && c != '\t' ? shown({&c, 1}) : std::string(1, c));
    }
    // What is cut off is of the text itself; what is filled up is of what is shown.
    TextBuffer text;
    const bool quotes = std::exchange(context.on_terminal, false);
    append_text(text, piece, field, at, context);
    context.on_terminal = quotes;
    std::string_view cut = text.view();
    if (piece.precision >= 0) cut = cut.substr(0, static_cast<size_t>(piece.precision));
    const bool has_lines = field.kind == FieldKind::stack;
    append_padded(to, piece, !quotes ? std::string(cut) : has_lines ? shown_lines(cut) : shown(cut));
}

// Fixed-size copies that overlap: a call of memcpy would cost more than the bytes.
char* put_literal(char* at, std::string_view text) {
    const size_t size = text.size();
    const char* from = text.data();
    if (size > 16) {
        std::memcpy(at, from, size);
    } else if (size >= 8) {
        std::memcpy(at, from, 8);
        std::memcpy(at + size - 8, from + size - 8, 8);
    } else if (size >= 4) {
        std::memcpy(at, from, 4);
        std::memcpy(at + size - 4, from + size - 4, 4);
    } else if (size != 0) {
        at[0] = from[0];
        at[size / 2] = from[size / 2];
        at[size - 1] = from[size - 1];
    }
    return at + size;
}

constexpr auto digit_pairs = [] {
    std::array<char, 200> pairs{};
    for (size_t i = 0; i < 100; ++i) {
        pairs[2 * i] = static_cast<char>('0' + i / 10);
        pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return pairs;
}();

char* put_unsigned(char* at, uint64_t value) {
    if (value < 10) {
        *at = static_cast<char>('0' + value);
        return at + 1;
    }
    if (value < 100) {
        std::memcpy(at, &digit_pairs[value * 2], 2);
        return at + 2;
    }
    if (value > 999'999) return std::to_chars(at, at + 20, value).ptr;
    // Ports, lengths and microseconds: 32-bit arithmetic, from the last digit.
    auto rest = static_cast<uint32_t>(value);
    char* const end = at + (rest < 1'000 ? 3 : rest < 10'000 ? 4 : rest < 100'000 ? 5 : 6);
    char* first = end;
    while (rest >= 100) {
        first -= 2;
        std::memcpy(first, &digit_pairs[rest % 100 * 2], 2);
        rest /= 100;
    }
    if (rest >= 10) {
        std::memcpy(at, &digit_pairs[rest * 2], 2);
    } else {
        *at = static_cast<char>('0' + rest);
    }
    return end;
}

char* put_signed(char* at, int64_t value) {
    if (value >= 0) return put_unsigned(at, static_cast<uint64_t>(value));
    *at = '-';
    return put_unsigned(at + 1, uint64_t{0} - static_cast<uint64_t>(value));
}

// Room that put_common() may need for a value.
constexpr size_t common_room = 64;

// `%06d` of a number that is not negative, as parts of seconds are printed; nullptr: it is not that.
char* put_zero_padded(char* at, const FormatPiece& piece, uint64_t raw) {
    const int width = piece.width;
    if (piece.conversion != 'd' || !piece.zero || piece.left || piece.plus || piece.space || piece.precision >= 0 ||
        width < 0 || width > 20) {
        return nullptr;
    }
    const int64_t value = extend(raw, piece.bytes);
    if (value < 0) return nullptr;
    std::array<char, 20> digits;
    const char* end = put_unsigned(digits.data(), static_cast<uint64_t>(value));
    const auto count = static_cast<int>(end - digits.data());
    for (int i = count; i < width; ++i) *at++ = '0';
    return put_literal(at, {digits.data(), static_cast<size_t>(count)});
}

// The conversions that traces are full of, written in place; nullptr: the piece is none of them.
char* put_common(char* at, const FormatPiece& piece, bool plain, const RecordField& field, const std::byte* value) {
    if (field.kind == FieldKind::integer) {
        if (!plain) return put_zero_padded(at, piece, load<uint64_t>(value));
        switch (piece.conversion) {
            case 'd':
                return put_signed(at, extend(load<uint64_t>(value), piece.bytes));
            case 'u':
                return put_unsigned(at, cut(load<uint64_t>(value), piece.bytes));
            case 'x':
                return std::to_chars(at, at + 16, cut(load<uint64_t>(value), piece.bytes), 16).ptr;
            case 'c':
                *at = static_cast<char>(load<uint64_t>(value));
                return at + 1;
            default:
                return nullptr;
        }
    }
    if (!plain) return nullptr;
    if (field.kind == FieldKind::ip && piece.conversion == 'I') return at + format_ip(load<IpAddress>(value), at);
    if (field.kind == FieldKind::mac && piece.conversion == 'M') return at + format_mac(load<uint64_t>(value), at);
    return nullptr;
}

}  // namespace

void append_record(TextBuffer& to, const RecordLayout& layout, const std::byte* payload, TextContext& context) {
    for (const FormatPiece& piece : layout.pieces) {
        char* at = put_literal(to.room(piece.literal.size() + common_room), piece.literal);
        if (piece.conversion == 0) {
            to.advance(at);
            continue;
        }
        const RecordField& field = layout.fields[piece.field];
        const std::byte* value = payload + field.offset;
        const bool plain = is_plain(piece);
        const bool scaled = is_scaled(field, context);
        const bool quoted = context.on_terminal && piece.conversion == 'c';
        if (char* end = scaled || quoted ? nullptr : put_common(at, piece, plain, field, value)) {
            to.advance(end);
            continue;
        }
        to.advance(at);
        if (plain && !scaled && !is_number(piece.conversion) && !is_float(piece.conversion) &&
            piece.conversion != 'c') {
            append_text(to, piece, field, value, context);
        } else {
            append_flagged(to, piece, field, value, context);
        }
    }
}

void append_labels(TextBuffer& to, const RecordLayout& layout, std::span<const std::string> labels) {
    size_t next = 0;
    for (const FormatPiece& piece : layout.pieces) {
        to.append(piece.literal);
        if (piece.conversion != 0 && next < labels.size()) append_padded(to, piece, labels[next++]);
    }
}

}  // namespace probevue
