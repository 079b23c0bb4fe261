#include "compiler/syntax/literals.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace probevue::syntax {

namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The text between the quotes. An address that stands without them has been reported, and is taken for a String.
std::string_view inside(std::string_view text) {
    if (text.empty() || (text.front() != '"' && text.front() != '\'')) return text;
    const char quote = text.front();
    text.remove_prefix(1);
    // A closing quote that belongs to an escape (`"abc\"`) closes nothing; the lexer has seen to that.
    if (text.ends_with(quote)) text.remove_suffix(1);
    return text;
}

// One pass over the escapes of a literal.
class Escapes {
public:
    Escapes(std::string_view text, uint32_t begin, Diagnostics& diagnostics)
        : text_(text), begin_(begin), diagnostics_(diagnostics) {}

    std::string decode() {
        std::string out;
        while (at_ < text_.size()) {
            if (text_[at_] == '\\') {
                escape(out);
            } else {
                out += text_[at_++];
            }
        }
        return out;
    }

private:
    void escape(std::string& out) {
        const size_t start = at_++;
        if (at_ >= text_.size()) return;
        const char c = text_[at_++];
        switch (c) {
            case 'n':
                out += '\n';
                return;
            case 't':
                out += '\t';
                return;
            case 'r':
                out += '\r';
                return;
            case 'a':
                out += '\a';
                return;
            case 'b':
                out += '\b';
                return;
            case 'f':
                out += '\f';
                return;
            case 'v':
                out += '\v';
                return;
            case '\\':
            case '\'':
            case '"':
            case '?':
                out += c;
                return;
            case 'x':
                return hexadecimal(out, start);
            case '\n':
                return;  // a line continued
            case '\r':
                if (at_ < text_.size() && text_[at_] == '\n') ++at_;
                return;
            default:
                break;
        }
        if (is_octal(c)) return octal(out, start);
        diagnostics_.warning(span(start), fmt::format("unknown escape `\\{}`", c),
                             "a backslash itself is written `\\\\`");
        out += c;
    }

    void hexadecimal(std::string& out, size_t start) {
        int value = 0;
        const size_t first = at_;
        while (at_ < text_.size() && hex_digit(text_[at_]) >= 0)
            // As many digits as there are (C11 6.4.4.4); kept just above a byte, which is reported.
            value = std::min(value * 16 + hex_digit(text_[at_++]), 256);
        if (at_ == first) diagnostics_.error(span(start), "`\\x` without hexadecimal digits");
        add(out, value, start);
    }

    void octal(std::string& out, size_t start) {
        int value = text_[at_ - 1] - '0';
        // At most three digits (C11 6.4.4.4): what follows is text.
        for (int i = 0; i < 2 && at_ < text_.size() && is_octal(text_[at_]); ++i)
            value = value * 8 + (text_[at_++] - '0');
        add(out, value, start);
    }

    void add(std::string& out, int value, size_t start) {
        if (value > 255) diagnostics_.error(span(start), "escape does not fit into one byte");
        out += static_cast<char>(static_cast<unsigned char>(value & 0xff));
    }

    Span span(size_t start) const {
        const auto last = static_cast<uint32_t>(std::max(at_, start + 1));
        return {begin_ + static_cast<uint32_t>(start), begin_ + last};
    }

    std::string_view text_;
    uint32_t begin_;
    Diagnostics& diagnostics_;
    size_t at_ = 0;
};

// `u`, `l`, `ll` in either order and case; false when they make no C suffix.
bool read_suffix(std::string_view suffix, ast::IntegerLiteral& literal) {
    const auto is_u = [](char c) { return c == 'u' || c == 'U'; };
    if (!suffix.empty() && is_u(suffix.front())) {
        literal.has_unsigned_suffix = true;
        suffix.remove_prefix(1);
    } else if (!suffix.empty() && is_u(suffix.back())) {
        literal.has_unsigned_suffix = true;
        suffix.remove_suffix(1);
    }
    literal.long_suffixes = static_cast<uint8_t>(std::min<size_t>(suffix.size(), 2));
    return suffix.empty() || suffix == "l" || suffix == "L" || suffix == "ll" || suffix == "LL";
}

}  // namespace

ast::IntegerLiteral integer_value(std::string_view text, Span span, Diagnostics& diagnostics) {
    ast::IntegerLiteral literal;
    int base = 10;
    std::string_view digits = text;
    if (text.size() > 1 && text[0] == '0') {
        const bool hex = text[1] == 'x' || text[1] == 'X';
        base = hex ? 16 : 8;
        digits.remove_prefix(hex ? 2 : 1);
    }
    literal.is_decimal = base == 10;
    const char* begin = digits.data();
    const char* end = begin + digits.size();
    // `0L`: the prefix was the whole number.
    if (base == 8 && !digits.empty() && !(digits[0] >= '0' && digits[0] <= '9')) {
        if (!read_suffix(digits, literal)) diagnostics.error(span, fmt::format("malformed number `{}`", text));
        return literal;
    }
    const auto [rest, status] = std::from_chars(begin, end, literal.value, base);
    if (status == std::errc::result_out_of_range) {
        literal.too_large = true;
        diagnostics.error(span, fmt::format("number `{}` does not fit into 64 bits", text.substr(0, 40)));
        return literal;
    }
    const std::string_view suffix(rest, static_cast<size_t>(end - rest));
    if (base == 8 && !suffix.empty() && (suffix[0] == '8' || suffix[0] == '9')) {
        diagnostics.error(span, fmt::format("digit `{}` in the octal number `{}`", suffix[0], text),
                          "a leading 0 makes a number octal");
    } else if (!suffix.empty() && suffix[0] == '.') {
        // An address without quotes: the lexer has said so.
    } else if (!read_suffix(suffix, literal)) {
        diagnostics.error(span, fmt::format("unknown suffix `{}` of a number", suffix),
                          "U, L, UL, LL and ULL are known");
    }
    return literal;
}

ast::FloatingLiteral floating_value(std::string_view text, Span span, Diagnostics& diagnostics) {
    ast::FloatingLiteral literal;
    literal.is_float = text.ends_with('f') || text.ends_with('F');
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), literal.value);
    if (status == std::errc::result_out_of_range) {
        diagnostics.error(span, fmt::format("the number `{}` has no place in a double", text),
                          "the largest is 1.8e308, the least above 0 4.9e-324");
    }
    return literal;
}

ast::CharacterLiteral character_value(std::string_view text, Span span, Diagnostics& diagnostics) {
    const std::string value = Escapes(inside(text), span.begin + 1, diagnostics).decode();
    if (value.size() != 1) {
        diagnostics.error(span, "a character literal holds one character of one byte",
                          "strings stand in double quotes");
        return {};
    }
    return {static_cast<uint8_t>(value.front())};
}

std::string string_value(std::string_view text, Span span, Diagnostics& diagnostics) {
    return Escapes(inside(text), span.begin + 1, diagnostics).decode();
}

std::string field_value(std::string_view text) {
    std::string out;
    text = inside(text);
    for (size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '\\' && i + 1 < text.size() &&
                            (text[i + 1] == '"' || text[i + 1] == '\'' || text[i + 1] == '\\');
        out += text[escape ? ++i : i];
    }
    return out;
}

}  // namespace probevue::syntax
