// Tokens between the generated lexer and the generated parser: read, checked against the caps, repaired.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/messages.h"
#include "compiler/source/source.h"
#include "compiler/syntax/syntax.h"

namespace probevue::syntax {

struct Token {
    uint32_t kind;  // a token type of VueLexer
    Span span;
};

struct TokenList {
    std::vector<Token> tokens;  // without blanks and comments; no end-of-file token
    // Braces without a partner. `clause` is the part of the script that they bring into disorder, from its `@@` on.
    struct LoneBrace {
        Span brace;
        std::string message;
        Span clause;
        uint32_t next_end = 0;  // of the clause behind it
        bool cut = false;       // a `@@` stands before the `}`: it begins the next clause, or is out of place itself
        bool unopened = false;  // a `}`, else a `{`
    };
    std::vector<LoneBrace> lone_braces;
    // Braces may be missing because an unclosed string swallowed them.
    bool lost_braces = false;
    // False when a cap was passed: not to be parsed.
    bool complete = true;
};

// Splits the text into tokens and reports the words that are wrong in themselves: numbers, quotes, characters. What it
// reports, it also mends or leaves out, so that the parser need not stumble over it.
TokenList read_tokens(const Source& source, Diagnostics& diagnostics);

// Every word and comment of the text as the lexer sees it, in order, with nothing checked or left out.
void for_each_token(const Source& source, const std::function<void(uint32_t kind, Span span)>& visit);

// Leaves out GNU attributes that say nothing about layout; finds unmatched braces, notes them and adds or takes out
// what the parser would stumble over.
void match_brackets(TokenList& list, const Source& source);

// Reports the unmatched braces of clauses of which nothing else has been reported: a better message may name the place.
void report_lone_braces(const TokenList& list, Diagnostics& diagnostics);

// The statement, declaration or probe specification that the token stands in, from what ends the one before on.
Span statement_around(const TokenList& list, size_t index, const Source& source);

// Turns identifiers that name types into TypeName: built-in types, `more` (typedefs of headers), typedefs of this text.
void mark_type_names(TokenList& list, const Source& source, std::span<const std::string> more);

// The caps of SyntaxLimits that need no parser. Passing one leaves the list incomplete.
void check_limits(TokenList& list, Diagnostics& diagnostics);

std::string_view text_of(const Source& source, Span span);

// Source text for a message, in backticks: shortened, without control characters.
std::string ticked(std::string_view text);

}  // namespace probevue::syntax
