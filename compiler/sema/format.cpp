// Relies on arguments that are checked expressions; a literal's places point into the script.
#include "compiler/sema/format.h"

#include <algorithm>
#include <cctype>

#include "builtins/base/text.h"

namespace probevue::sema {

namespace {

constexpr std::string_view integer_conversions = "diuxXoc";
constexpr std::string_view floating_conversions = "feEgGF";
// Bounds what one conversion can print by padding alone.
constexpr int max_width = 4096;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool contains(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

// One pass over a format. A fault is kept, and reading goes on behind it: all of them are told at once.
class Reader {
public:
    Reader(std::string_view text, bool numbered) : text_(text), numbered_(numbered) {}

    Format run() {
        std::string literal;
        while (at_ < text_.size()) {
            if (text_[at_] != '%') {
                literal += text_[at_++];
            } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '%') {
                literal += '%';
                at_ += 2;
            } else {
                conversion(literal);
            }
        }
        format_.tail = std::move(literal);
        return std::move(format_);
    }

private:
    void conversion(std::string& literal) {
        begin_ = at_++;
        Conversion conversion;
        FormatPiece& piece = conversion.piece;
        // Before the flags, as POSIX has it (fprintf: `%n$`).
        if (numbered_) conversion.value = value_number();
        flags(piece);
        piece.width = number("width");
        if (peek() == '.') {
            ++at_;
            // A point alone asks for a precision of 0 (C11 7.21.6.1).
            piece.precision = std::max(0, number("precision"));
        }
        conversion.modifier = modifier();
        if (at_ >= text_.size())
            return fault("`%` without a conversion at the end of the format", "write `%%` for a percent sign");
        const char letter = text_[at_++];
        if (!known(letter)) return unknown(letter);
        piece.conversion = letter == 'i' ? 'd' : letter;  // they differ in scanf only
        piece.literal = std::move(literal);
        literal.clear();
        conversion.at = begin_;
        conversion.length = at_ - begin_;
        format_.conversions.push_back(std::move(conversion));
    }

    void flags(FormatPiece& piece) {
        for (;; ++at_) {
            switch (peek()) {
                case '-':
                    piece.left = true;
                    break;
                case '+':
                    piece.plus = true;
                    break;
                case ' ':
                    piece.space = true;
                    break;
                case '#':
                    piece.alternate = true;
                    break;
                case '0':
                    piece.zero = true;
                    break;
                default:
                    return;
            }
        }
    }

    // `2$`; 0: it is not that.
    size_t value_number() {
        size_t end = at_;
        size_t value = 0;
        for (; end < text_.size() && is_digit(text_[end]); ++end)
            value = std::min(value * 10 + static_cast<size_t>(text_[end] - '0'), size_t{max_width});
        if (end == at_ || value == 0 || end == text_.size() || text_[end] != '$') return 0;
        at_ = end + 1;
        return value;
    }

    // -1: none.
    int number(const char* what) {
        if (peek() == '*') {
            ++at_;
            fault(std::string("`*` as a ") + what + " is not supported",
                  std::string("write the ") + what + " as a number");
            return -1;
        }
        if (!is_digit(peek())) return -1;
        int value = 0;
        // Stops just above the limit: any number of digits may follow, and an int must not overflow.
        for (; is_digit(peek()); ++at_) value = std::min(value * 10 + (peek() - '0'), max_width + 1);
        if (value > max_width) {
            fault(std::string("the ") + what + " of a conversion is larger than " + std::to_string(max_width));
            value = max_width;
        }
        return value;
    }

    Modifier modifier() {
        const auto take = [&](std::string_view word) {
            if (!text_.substr(at_).starts_with(word)) return false;
            at_ += word.size();
            return true;
        };
        // `hh` before `h`, and `ll` before `l`, which they begin with. C's `t` is not among them: in Vue `%t` prints a
        // stack.
        if (take("hh")) return Modifier::hh;
        if (take("h")) return Modifier::h;
        if (take("ll") || take("q") || take("j")) return Modifier::ll;
        if (take("l") || take("L") || take("z")) return Modifier::l;
        return Modifier::none;
    }

    static bool known(char letter) {
        return contains(integer_conversions, letter) || contains(floating_conversions, letter) ||
               contains("spIHMAWtT", letter);
    }

    void unknown(char letter) {
        std::string hint = "conversions are %d %u %x %X %o %c %s %f %e %g %p %I %H %M %A %W %t %T";
        if (letter == 'n') hint = "printf only prints";
        if (!std::isalpha(static_cast<unsigned char>(letter))) hint = "write `%%` for a percent sign";
        fault("there is no conversion `%" + escape(std::string_view(&letter, 1)) + "`", hint);
    }

    void fault(std::string text, std::string hint = {}) {
        format_.faults.push_back({begin_, at_ - begin_, std::move(text), std::move(hint)});
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    std::string_view text_;
    bool numbered_;
    size_t at_ = 0;
    size_t begin_ = 0;
    Format format_;
};

bool fits(char conversion, TypeRef type) {
    const TypeKind kind = type->kind;
    if (contains("duxXo", conversion))
        return kind == TypeKind::integer || kind == TypeKind::pointer || kind == TypeKind::timestamp;
    if (contains(floating_conversions, conversion)) return kind == TypeKind::floating;
    switch (conversion) {
        case 'c':
            return kind == TypeKind::integer;
        case 's':
            return kind == TypeKind::string;
        case 'p':
            return kind == TypeKind::path;
        case 'I':
        case 'H':
            return kind == TypeKind::ip;
        case 'M':
            return kind == TypeKind::mac;
        case 'A':
        case 'W':
            return kind == TypeKind::timestamp || (kind == TypeKind::integer && type->size == 8);
        case 't':
        case 'T':
            return kind == TypeKind::stack;
        default:
            return false;
    }
}

}  // namespace

Format parse_format(std::string_view text, bool numbered) { return Reader(text, numbered).run(); }

std::string_view natural_conversion(TypeRef type) {
    switch (type->kind) {
        case TypeKind::integer:
            if (type->size == 8) return type->is_signed ? "lld" : "llu";
            return type->is_signed ? "d" : "u";
        case TypeKind::floating:
            return "f";
        case TypeKind::string:
            return "s";
        case TypeKind::mac:
            return "M";
        case TypeKind::ip:
            return "I";
        case TypeKind::timestamp:
            return "A";
        case TypeKind::path:
            return "p";
        case TypeKind::stack:
            return "t";
        case TypeKind::pointer:
            return "llx";
        default:
            return {};
    }
}

Fit conversion_fits(char conversion, TypeRef type) {
    if (fits(conversion, type)) return {};
    switch (type->kind) {
        case TypeKind::list:
            return {false, "a list is printed by its aggregates: count(), sum(), avg(), min(), max()"};
        case TypeKind::range:
            return {false, "a range is printed with the array that counts in it: print(array)"};
        case TypeKind::dist:
            return {false, "a distribution is printed by its numbers: quantile(), count(), avg(), min(), max()"};
        case TypeKind::distinct:
            return {false, "distinct() says how many there are, with `%lld`"};
        case TypeKind::structure:
        case TypeKind::net_info:
            return {false, "print the members one by one"};
        case TypeKind::array:
            return {false, "print the elements one by one"};
        case TypeKind::void_:
            return {false, {}};
        default:
            break;
    }
    if (conversion == 'p' && (type->kind == TypeKind::pointer || type->is_integer())) {
        return {false, "in Vue `%p` prints a path_t; print addresses with `%llx`"};
    }
    if ((conversion == 'A' || conversion == 'W') && type->is_integer())
        return {false, "cast it: (probev_timestamp_t) value"};
    return {false, "`%" + std::string(natural_conversion(type)) + "` prints " + type->name};
}

uint8_t printed_bytes(const Conversion& conversion, TypeRef type) {
    if (conversion.piece.conversion == 'c') return 1;
    switch (conversion.modifier) {
        case Modifier::hh:
            return 1;
        case Modifier::h:
            return 2;
        case Modifier::l:
        case Modifier::ll:
            return 8;
        // C leaves it undefined when type and conversion differ (C11 7.21.6.1); here `%d` prints all of a long long.
        case Modifier::none:
            return static_cast<uint8_t>(std::max(4u, type->is_scalar() ? type->size : 4u));
    }
    return 4;
}

uint32_t add_field(RecordLayout& record, TypeRef type) {
    const RecordField field = record_field(type, record.size);
    // Fields begin at multiples of 8: programs fill them in whole words, which must be
    // aligned where they lie on the stack of a program of the kernel.
    record.size += (field.size + 7) & ~7u;
    record.fields.push_back(field);
    return static_cast<uint32_t>(record.fields.size() - 1);
}

}  // namespace probevue::sema
