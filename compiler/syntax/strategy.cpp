#include "compiler/syntax/strategy.h"

#include <fmt/format.h>

#include <algorithm>

#include "builtins/base/text.h"
#include "builtins/c_type.h"
#include "builtins/foreign.h"
#include "builtins/function.h"

namespace probevue::syntax {

namespace {

struct Wanted {
    uint32_t kind;
    std::string_view text;
};

// What is most worth saying of all that could stand at a place, in this order.
constexpr Wanted wanted[] = {
    {Lexer::Semicolon, "`;`"},        {Lexer::RightParen, "`)`"}, {Lexer::RightBracket, "`]`"},
    {Lexer::RightBrace, "`}`"},       {Lexer::Colon, "`:`"},      {Lexer::LeftParen, "`(`"},
    {Lexer::LeftBrace, "`{`"},        {Lexer::While, "`while`"},  {Lexer::Identifier, "a name"},
    {Lexer::At, "a probe (`@@...`)"},
};

bool ends_statement(uint32_t kind) {
    return kind == 0 || kind == Lexer::Semicolon || kind == Lexer::LeftBrace || kind == Lexer::RightBrace ||
           kind == Lexer::At;
}

}  // namespace

void ErrorStrategy::reportNoViableAlternative(antlr4::Parser* parser, const antlr4::NoViableAltException& e) {
    const bool at_start = e.getStartToken() == e.getOffendingToken();
    report(e.getOffendingToken(), at_start ? getExpectedTokens(parser) : antlr4::misc::IntervalSet{});
}

void ErrorStrategy::reportInputMismatch(antlr4::Parser* /*parser*/, const antlr4::InputMismatchException& e) {
    report(e.getOffendingToken(), e.getExpectedTokens());
}

void ErrorStrategy::reportUnwantedToken(antlr4::Parser* parser) {
    if (inErrorRecoveryMode(parser)) return;
    beginErrorCondition(parser);
    report(parser->getCurrentToken(), getExpectedTokens(parser));
}

void ErrorStrategy::reportMissingToken(antlr4::Parser* parser) {
    if (inErrorRecoveryMode(parser)) return;
    beginErrorCondition(parser);
    report(parser->getCurrentToken(), getExpectedTokens(parser));
}

// What ends a statement or a block stays, or two statements would become one.
antlr4::Token* ErrorStrategy::singleTokenDeletion(antlr4::Parser* parser) {
    switch (parser->getCurrentToken()->getType()) {
        case Lexer::Semicolon:
        case Lexer::LeftBrace:
        case Lexer::RightBrace:
        case Lexer::At:
            return nullptr;
        default:
            return DefaultErrorStrategy::singleTokenDeletion(parser);
    }
}

antlr4::Token* ErrorStrategy::getMissingSymbol(antlr4::Parser* parser) {
    const antlr4::misc::IntervalSet expected = getExpectedTokens(parser);
    auto token = std::make_unique<antlr4::CommonToken>(
        expected.isEmpty() ? size_t{0} : static_cast<size_t>(expected.getMinElement()));
    const size_t at = parser->getCurrentToken()->getStartIndex();
    token->setStartIndex(at);
    token->setStopIndex(at - 1);  // empty; wraps at 0 and back
    missing_.push_back(std::move(token));
    return missing_.back().get();
}

void ErrorStrategy::report(const antlr4::Token* token, const antlr4::misc::IntervalSet& expected) {
    const size_t index =
        expected.contains(size_t{Lexer::When}) ? behind_probe(token->getTokenIndex()) : token->getTokenIndex();
    if (follows_from_error(index)) return;
    const Message message = describe(index, expected);
    Span span = span_of(index - message.back);
    const uint32_t line = source_.location(span.begin).line;
    if (index > 0 && index <= list_.tokens.size()) {
        // Where something is missing at the end of a line, that line is the one to look at.
        const Span previous = list_.tokens[index - 1].span;
        const bool at_end = index == list_.tokens.size();
        if ((message.after_previous || at_end) && (at_end || source_.location(previous.begin).line != line)) {
            span = {previous.end, previous.end};
        }
    }
    // A second message on a line is nearly always a consequence of the first.
    const uint32_t reported_line = source_.location(span.begin).line;
    if (reported_line == last_line_ || line == last_line_) return;
    last_line_ = line;
    diagnostics_.error(span, message.text, message.hint);
    diagnostics_.silence(expected.contains(size_t{Lexer::When}) ? clause_around(index)
                                                                : statement_around(list_, index, source_));
    // A `@@` that is out of place begins no probe.
    if (kind(index) == Lexer::At) diagnostics_.silence(statement_around(list_, index + 1, source_));
    // Behind a semicolon inside of parentheses the rest of the call looks like a statement.
    if (kind(index) == Lexer::Semicolon && closes_more(index + 1))
        diagnostics_.silence(statement_around(list_, index + 1, source_));
    if (++reported_ >= max_errors) throw antlr4::ParseCancellationException("too many errors");
}

// Where `when` or `{` is missing, statements are read as the end of a probe specification until something cannot be
// part of it. The place to point to is the first word on a new line that continues no field.
size_t ErrorStrategy::behind_probe(size_t index) const {
    size_t begin = std::min(index, list_.tokens.size());
    while (begin > 0 && kind(begin - 1) != Lexer::At) --begin;
    for (size_t i = begin + 1; i < index; ++i) {
        const bool separated = kind(i) == Lexer::Colon || kind(i) == Lexer::Comma || kind(i - 1) == Lexer::Colon;
        const bool new_line = source_.location(span_of(i).begin).line != source_.location(span_of(i - 1).begin).line;
        if (new_line && !separated) return i;
    }
    return index;
}

Span ErrorStrategy::span_of(size_t index) const {
    if (index < list_.tokens.size()) return list_.tokens[index].span;
    const auto end = static_cast<uint32_t>(source_.text().size());
    return {end, end};
}

ErrorStrategy::Message ErrorStrategy::describe(size_t index, const antlr4::misc::IntervalSet& expected) const {
    const auto has = [&](uint32_t kind) { return expected.contains(static_cast<size_t>(kind)); };
    if (kind(index) == Lexer::Else) return {"`else` without `if`", "a body of several statements stands in braces"};
    if (has(Lexer::When)) {
        return {fmt::format("expected `when` or `{{` behind the probe, found {}", shown(index)),
                kind(index) == Lexer::At ? "probes of one clause are joined with `,`" : hint_for(index)};
    }
    if (has(Lexer::TupleWord)) return {fmt::format("expected a probe type behind `@@`, found {}", shown(index)), ""};
    const bool expression = has(Lexer::IntegerLiteral);
    if (expression && (has(Lexer::RightBrace) || has(Lexer::At))) return unexpected(index);  // between statements
    if (expression) return expected_token("an expression", index);
    if (is_declaration_of_unknown_type(index)) {
        std::vector<std::string_view> known;
        for (const TypeNameRow& row : type_names()) known.push_back(row.name);
        for (const CTypeRow& row : c_types()) known.push_back(row.name);
        const std::string_view word = text_of(source_, span_of(index - 1));
        std::string hint = foreign_word(index - 1);
        if (hint.empty()) hint = did_you_mean(word, known);
        return {fmt::format("unknown type {}", shown(index - 1)), hint, false, 1};
    }
    if (has(Lexer::Semicolon) && kind(index) == Lexer::RightParen) return {"unexpected `)`: no `(` is open", ""};
    if (has(Lexer::Semicolon) && index > 0 && is_function_name(index - 1)) return expected_token("`(`", index);
    if (has(Lexer::RightParen) && !ends_statement(kind(index)) && (has(Lexer::Comma) || is_in_call(index)))
        return expected_token("`,` or `)`", index);
    for (const Wanted& candidate : wanted) {
        if (has(candidate.kind)) return expected_token(candidate.text, index);
    }
    return unexpected(index);
}

ErrorStrategy::Message ErrorStrategy::unexpected(size_t index) const {
    if (index >= list_.tokens.size()) return {"unexpected end of the script", "", false};
    const std::string after = index == 0 ? "" : fmt::format(" behind {}", shown(index - 1));
    return {fmt::format("unexpected {}{}", shown(index), after), hint_for(index), false};
}

ErrorStrategy::Message ErrorStrategy::expected_token(std::string_view what, size_t index) const {
    const std::string after = index == 0 ? "" : fmt::format(" after {}", shown(index - 1));
    return {fmt::format("expected {}{}", what, after), hint_for(index), true};
}

std::string ErrorStrategy::hint_for(size_t index) const {
    const bool behind_name_in_parens = index >= 3 && kind(index - 1) == Lexer::RightParen &&
                                       kind(index - 2) == Lexer::Identifier && kind(index - 3) == Lexer::LeftParen;
    if (behind_name_in_parens && (kind(index) == Lexer::Identifier || kind(index) == Lexer::IntegerLiteral)) {
        return fmt::format("{} is not a type", shown(index - 2));
    }
    if (kind(index) == Lexer::TypeName) return fmt::format("{} is a type", shown(index));
    const std::string_view text =
        index < list_.tokens.size() ? text_of(source_, list_.tokens[index].span) : std::string_view{};
    if (text == "elif" || text == "elsif" || text == "elseif") return "write `else if`";
    if (index > 0 && kind(index - 1) == Lexer::When) return "a predicate is written `when (...)`";
    if (index > 0 && kind(index - 1) == Lexer::If) return "a condition is written `if (...)`";
    size_t first = std::min(index, list_.tokens.size());
    while (first > 0 && !ends_statement(kind(first - 1)) && kind(first - 1) != Lexer::RightBrace) --first;
    return first < index ? foreign_word(first) : std::string();
}

// What to write in place of a word of other languages, at the beginning of a statement.
std::string ErrorStrategy::foreign_word(size_t index) const {
    const std::string_view word = text_of(source_, span_of(index));
    // A function of ours that is called: something behind it is wrong.
    if (is_function_name(index) && kind(index + 1) == Lexer::LeftParen) return {};
    std::string_view hint = hint_of_foreign(ForeignPlace::statement, word);
    // A word that begins a script, or what follows a clause, stands where a probe should.
    const bool at_clause = index == 0 || kind(index - 1) == Lexer::RightBrace;
    if (hint.empty() && at_clause) hint = hint_of_foreign(ForeignPlace::probe, word);
    return std::string(hint);
}

bool ErrorStrategy::is_function_name(size_t index) const {
    return kind(index) == Lexer::Identifier && find_function(text_of(source_, span_of(index))) != nullptr;
}

// Does the token stand between the parentheses of a call?
bool ErrorStrategy::is_in_call(size_t index) const {
    size_t closed = 0;
    for (size_t i = std::min(index, list_.tokens.size()); i-- > 1;) {
        if (kind(i) == Lexer::RightParen) ++closed;
        if (kind(i) == Lexer::LeftParen && closed-- == 0) return kind(i - 1) == Lexer::Identifier;
        if (kind(i) == Lexer::Semicolon || kind(i) == Lexer::LeftBrace || kind(i) == Lexer::At) return false;
    }
    return false;
}

// Has the statement that begins here more `)` than `(`?
bool ErrorStrategy::closes_more(size_t index) const {
    size_t opened = 0;
    for (size_t i = index; !ends_statement(kind(i)); ++i) {
        if (kind(i) == Lexer::LeftParen) ++opened;
        if (kind(i) == Lexer::RightParen && opened-- == 0) return true;
    }
    return false;
}

// `foo_t x`: two names at the begin of a statement, or behind the class of a declaration.
bool ErrorStrategy::is_declaration_of_unknown_type(size_t index) const {
    if (index == 0 || index >= list_.tokens.size() || kind(index - 1) != Lexer::Identifier) return false;
    if (kind(index) != Lexer::Identifier && kind(index) != Lexer::TypeName) return false;
    if (index == 1) return true;
    switch (kind(index - 2)) {
        case Lexer::Semicolon:
        case Lexer::LeftBrace:
        case Lexer::RightBrace:
        case Lexer::ClassAuto:
        case Lexer::ClassThread:
        case Lexer::ClassGlobal:
        case Lexer::ClassKernel:
            return true;
        default:
            return false;
    }
}

// An error within a clause may end it too early or too late: then the next `@@`, an `else` or the end of the script
// fits nowhere.
bool ErrorStrategy::follows_from_error(size_t index) const {
    const bool boundary = index >= list_.tokens.size() || kind(index) == Lexer::At || kind(index) == Lexer::Else;
    if (!boundary || index == 0) return false;
    size_t first = std::min(index, list_.tokens.size()) - 1;
    while (first > 0 && kind(first) != Lexer::At) --first;
    return diagnostics_.has_error_within({span_of(first).begin, span_of(index).begin + 1});
}

// From `@@` to the next clause.
Span ErrorStrategy::clause_around(size_t index) const {
    size_t first = std::min(index, list_.tokens.size());
    while (first > 0 && kind(first) != Lexer::At) --first;
    size_t last = index;
    while (last < list_.tokens.size() && kind(last) != Lexer::At) ++last;
    return {span_of(first).begin, span_of(last).begin};
}

std::string ErrorStrategy::shown(size_t index) const {
    if (index >= list_.tokens.size()) return "the end of the script";
    const Span span = list_.tokens[index].span;
    return span.begin == span.end ? "`}`" : ticked(text_of(source_, span));
}

uint32_t ErrorStrategy::kind(size_t index) const { return index < list_.tokens.size() ? list_.tokens[index].kind : 0; }

}  // namespace probevue::syntax
