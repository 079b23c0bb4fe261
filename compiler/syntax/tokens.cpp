#include "compiler/syntax/tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

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

// Nothing at the end of the text.
std::optional<Token> next_token(Lexer& lexer) {
    const std::unique_ptr<antlr4::Token> next = lexer.nextToken();
    if (next->getType() == antlr4::Token::EOF) return std::nullopt;
    return Token{static_cast<uint32_t>(next->getType()),
                 {static_cast<uint32_t>(next->getStartIndex()), static_cast<uint32_t>(next->getStopIndex() + 1)}};
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
            std::optional<Token> next = next_token(lexer);
            if (!next) break;
            Token& token = *next;
            if (token.kind == Lexer::Unknown && is_half_at(token)) {
                diagnostics_.error(token.span, "a probe begins with `@@`, this is one `@`", "write `@@`");
                // `@d@BEGIN`: nobody knows which probe was meant.
                const bool torn =
                    token.span.end + 1 < source_.text().size() && source_.text()[token.span.end + 1] == '@';
                if (torn) bad_.push_back({list_.tokens.size() + 1, false});
                token.kind = Lexer::At;
                lexer.setMode(Lexer::Tuple);
            }
            in_tuple_ = lexer.mode == Lexer::Tuple;
            add(token);
        }
        silence_statements();
        return std::move(list_);
    }

private:
    // `@net:...` between clauses.
    bool is_half_at(Token token) const {
        const std::string_view text = source_.text();
        const bool word =
            token.span.end < text.size() && std::isalpha(static_cast<unsigned char>(text[token.span.end]));
        if (text[token.span.begin] != '@' || !word) return false;
        const uint32_t before = list_.tokens.empty() ? uint32_t{Lexer::RightBrace} : list_.tokens.back().kind;
        return before == Lexer::RightBrace || before == Lexer::Semicolon;
    }

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
        if (behind_lost_quote()) return;
        const std::string_view text = source_.text();
        const size_t length = std::max<size_t>(utf8::length(text, token.span.begin), 1);
        const Span span{token.span.begin, token.span.begin + static_cast<uint32_t>(length)};
        const auto byte = static_cast<unsigned char>(text[token.span.begin]);
        const bool printable = length > 1 || (byte >= 0x20 && byte < 0x7f);
        error(span,
              printable ? fmt::format("unexpected character {}", ticked(text_of(source_, span)))
                        : fmt::format("unexpected byte 0x{:02x}", byte),
              byte == '\\'  ? "outside strings it means nothing: is a `\"` missing before it?"
              : byte == '@' ? "names have no sign before them: n++, n[key]++"
                            : "");
    }

    void bad_number(Token& token) {
        const std::string_view text = text_of(source_, token.span);
        const bool address = looks_like_address(text);
        error(token.span,
              address ? fmt::format("address {} is not in quotes", ticked(text))
                      : fmt::format("malformed number {}", ticked(text)),
              !address ? ""
              : source_.substituted_from(token.span.begin).empty()
                  ? fmt::format("write \"{}\"", text)
                  : fmt::format(R"(its quotes reach a script in those of the shell: '"{}"')", text));
        token.kind = address ? Lexer::StringLiteral : Lexer::IntegerLiteral;
        bad_.back().mended = address;
    }

    // False when the token is best left out: a lone closing quote behind an operand.
    bool unclosed(Token& token) {
        const bool string = token.kind == Lexer::UnclosedString;
        const std::string_view text = text_of(source_, token.span);
        if (text.find_first_of("{}") != std::string_view::npos) list_.lost_braces = true;
        if (behind_operand()) {
            if (behind_lost_quote()) return false;
            error({token.span.begin, token.span.begin + 1},
                  fmt::format("quote {} without a partner", ticked(text.substr(0, 1))));
            return false;
        }
        error(token.span, string ? "string is not closed" : "character literal is not closed",
              string ? "`\"` ends a string on the line where it begins" : "strings stand in double quotes");
        token.kind = in_tuple_ ? Lexer::TupleString : Lexer::StringLiteral;
        return true;
    }

    // A quote too few turns the words up to the next one inside out: escapes, and at last a quote without a partner.
    bool behind_lost_quote() {
        const bool follows = !bad_.empty() && list_.tokens.size() - bad_.back().index < 3;
        if (follows) bad_.push_back({list_.tokens.size(), bad_.back().mended});
        return follows;
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
        bad_.push_back({list_.tokens.size(), false});
        if (bad_.size() >= max_word_errors) list_.complete = false;
    }

    // What the parser says of the statement with a bad word would only confuse.
    void silence_statements() {
        for (const BadWord& word : bad_) {
            if (!word.mended) diagnostics_.silence(statement_around(list_, word.index, source_));
        }
    }

    const Source& source_;
    Diagnostics& diagnostics_;
    TokenList list_;
    Span last_unknown_;
    bool in_tuple_ = false;
    struct BadWord {
        size_t index;  // of the token at it or behind it
        bool mended;   // the parser sees what was meant
    };
    std::vector<BadWord> bad_;
};

}  // namespace

void for_each_token(const Source& source, const std::function<void(uint32_t, Span)>& visit) {
    antlr4::ANTLRInputStream input(lexer_text(source.text()));
    Lexer lexer(&input);
    lexer.removeErrorListeners();
    while (const std::optional<Token> next = next_token(lexer)) visit(next->kind, next->span);
}

TokenList read_tokens(const Source& source, Diagnostics& diagnostics) { return Reader(source, diagnostics).read(); }

Span statement_around(const TokenList& list, size_t index, const Source& source) {
    const auto ends = [&](size_t i) {
        const uint32_t kind = list.tokens[i].kind;
        return kind == Lexer::Semicolon || kind == Lexer::LeftBrace || kind == Lexer::RightBrace || kind == Lexer::At;
    };
    size_t first = std::min(index, list.tokens.size());
    while (first > 0 && !ends(first - 1)) --first;
    // Before a probe stands what separates it from the last one; `@@` belongs to it.
    const bool probe = first > 0 && list.tokens[first - 1].kind == Lexer::At;
    uint32_t begin = 0;
    if (first > 0) begin = probe ? list.tokens[first - 1].span.begin : list.tokens[first - 1].span.end;
    size_t last = index;
    // A brace that was the error ends nothing.
    if (last < list.tokens.size() && list.tokens[last].kind == Lexer::LeftBrace) ++last;
    while (last < list.tokens.size() && !ends(last)) ++last;
    const bool open = last >= list.tokens.size();
    if (open) return {begin, static_cast<uint32_t>(source.text().size()) + 1};
    const Token& end = list.tokens[last];
    return {begin, end.kind == Lexer::At ? end.span.begin : end.span.end};
}

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
