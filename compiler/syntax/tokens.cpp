#include "compiler/syntax/tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "builtins/base/text.h"
#include "compiler/source/utf8.h"
#include "compiler/syntax/antlr.h"

namespace probevue::syntax {

namespace {

// Errors in words after which a text is taken for something else than a script.
constexpr size_t max_word_errors = Diagnostics::max_errors;

// One character a byte, so that positions of the lexer are byte offsets. The grammar has no use for bytes above 127.
std::string lexer_text(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (static_cast<unsigned char>(c) >= 0x80) c = '\x7f';
    }
    return out;
}

bool looks_like_address(std::string_view text) {
    const std::vector<std::string_view> parts = split(text, '.');
    return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
               return !part.empty() && part.size() <= 3 &&
                      std::all_of(part.begin(), part.end(), [](unsigned char c) { return std::isdigit(c); });
           });
}

class Reader {
public:
    Reader(const Source& source, Diagnostics& diagnostics) : source_(source), diagnostics_(diagnostics) {}

    TokenList read() {
        antlr4::ANTLRInputStream input(lexer_text(source_.text()));
        Lexer lexer(&input);
        lexer.removeErrorListeners();
        while (list_.complete) {
            const std::unique_ptr<antlr4::Token> token = lexer.nextToken();
            if (token->getType() == antlr4::Token::EOF) break;
            in_tuple_ = lexer.mode == Lexer::Tuple;
            add({static_cast<uint32_t>(token->getType()),
                 {static_cast<uint32_t>(token->getStartIndex()), static_cast<uint32_t>(token->getStopIndex() + 1)}});
        }
        close_quiet_zones();
        return std::move(list_);
    }

private:
    void add(Token token) {
        switch (token.kind) {
            case Lexer::BlockComment:
                return check_comment(token);
            case Lexer::LineComment:
            case Lexer::Extension:
                return;
            case Lexer::Unknown:
                return unknown(token);
            case Lexer::BadNumber:
                bad_number(token);
                break;
            case Lexer::UnclosedString:
            case Lexer::UnclosedCharacter:
                if (!unclosed(token)) return;
                break;
            case Lexer::Identifier:
                check_length(token);
                break;
            default:
                break;
        }
        if (list_.tokens.size() >= SyntaxLimits::tokens) {
            error(token.span, fmt::format("script has more than {} words", SyntaxLimits::tokens));
            list_.complete = false;
            return;
        }
        list_.tokens.push_back(token);
    }

    void check_comment(Token token) {
        const std::string_view text = text_of(source_, token.span);
        if (text.size() >= 4 && text.ends_with("*/")) return;
        error({token.span.begin, token.span.begin + 2}, "comment is not closed", "`*/` ends it");
        list_.lost_braces = true;
    }

    void unknown(Token token) {
        // Neighbours are one error; so are the bytes of one character.
        if (token.span.begin == last_unknown_.end && last_unknown_.end != 0) {
            last_unknown_.end = token.span.end;
            return;
        }
        last_unknown_ = token.span;
        const std::string_view text = source_.text();
        const size_t length = std::max<size_t>(utf8::length(text, token.span.begin), 1);
        const Span span{token.span.begin, token.span.begin + static_cast<uint32_t>(length)};
        const auto byte = static_cast<unsigned char>(text[token.span.begin]);
        const bool printable = length > 1 || (byte >= 0x20 && byte < 0x7f);
        error(span, printable ? fmt::format("unexpected character {}", ticked(text_of(source_, span)))
                              : fmt::format("unexpected byte 0x{:02x}", byte));
    }

    void bad_number(Token& token) {
        const std::string_view text = text_of(source_, token.span);
        const bool address = looks_like_address(text);
        error(token.span,
              address ? fmt::format("address {} is not in quotes", ticked(text))
                      : fmt::format("malformed number {}", ticked(text)),
              address ? fmt::format("write \"{}\"", text) : "");
        token.kind = Lexer::IntegerLiteral;
    }

    // False when the token is best left out: a lone closing quote behind an operand.
    bool unclosed(Token& token) {
        const bool string = token.kind == Lexer::UnclosedString;
        const std::string_view text = text_of(source_, token.span);
        if (text.find_first_of("{}") != std::string_view::npos) list_.lost_braces = true;
        if (behind_operand()) {
            error({token.span.begin, token.span.begin + 1},
                  fmt::format("quote {} without a partner", ticked(text.substr(0, 1))));
            return false;
        }
        error(token.span, string ? "string is not closed" : "character literal is not closed",
              string ? "`\"` ends a string on the line where it begins" : "strings stand in double quotes");
        token.kind = in_tuple_ ? Lexer::TupleString : Lexer::StringLiteral;
        return true;
    }

    bool behind_operand() const {
        switch (list_.tokens.empty() ? 0 : list_.tokens.back().kind) {
            case Lexer::IntegerLiteral:
            case Lexer::FloatLiteral:
            case Lexer::Identifier:
            case Lexer::StringLiteral:
            case Lexer::RightParen:
                return true;
            default:
                return false;
        }
    }

    // C leaves the length of names open; a bound keeps messages and tables sane.
    void check_length(Token token) {
        const size_t length = token.span.end - token.span.begin;
        if (length <= SyntaxLimits::identifier) return;
        error(token.span,
              fmt::format("name {} is too long: {} characters", ticked(text_of(source_, token.span)), length),
              fmt::format("at most {}", SyntaxLimits::identifier));
    }

    void error(Span span, std::string text, std::string hint = {}) {
        diagnostics_.error(span, std::move(text), std::move(hint));
        const size_t line = source_.text().rfind('\n', span.begin);
        zones_.push_back({list_.tokens.size(), line == std::string::npos ? 0 : static_cast<uint32_t>(line + 1)});
        if (zones_.size() < max_word_errors) return;
        list_.complete = false;
    }

    // A zone reaches from the line of the bad word to the end of its statement.
    void close_quiet_zones() {
        for (const Zone& zone : zones_) {
            size_t at = zone.token;
            const auto ends = [](uint32_t kind) {
                return kind == Lexer::Semicolon || kind == Lexer::LeftBrace || kind == Lexer::RightBrace ||
                       kind == Lexer::At;
            };
            while (at < list_.tokens.size() && !ends(list_.tokens[at].kind)) ++at;
            const bool open = at >= list_.tokens.size();
            list_.quiet.push_back(
                {zone.begin, open ? static_cast<uint32_t>(source_.text().size()) + 1 : list_.tokens[at].span.end});
        }
    }

    struct Zone {
        size_t token;  // index of the token behind or at the error
        uint32_t begin;
    };

    const Source& source_;
    Diagnostics& diagnostics_;
    TokenList list_;
    Span last_unknown_;
    bool in_tuple_ = false;
    std::vector<Zone> zones_;
};

}  // namespace

TokenList read_tokens(const Source& source, Diagnostics& diagnostics) { return Reader(source, diagnostics).read(); }

std::string_view text_of(const Source& source, Span span) {
    const std::string_view text = source.text();
    const size_t begin = std::min<size_t>(span.begin, text.size());
    return text.substr(begin, std::max(span.begin, span.end) - span.begin);
}

std::string ticked(std::string_view text) {
    constexpr size_t longest = 40;
    size_t end = std::min(text.size(), longest);
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    std::string out = "`";
    for (char c : text.substr(0, end)) {
        const auto byte = static_cast<unsigned char>(c);
        out += byte < 0x20 || byte == 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
    }
    return out + (end < text.size() ? "...`" : "`");
}

}  // namespace probevue::syntax
