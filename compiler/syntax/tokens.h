// Tokens between the generated lexer and the generated parser: read, checked against the caps, repaired.
#pragma once

#include <cstdint>
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
    // Where a word has been reported already: what the parser says about these places would only confuse.
    std::vector<Span> quiet;
    // Braces may be missing because an unclosed string swallowed them.
    bool lost_braces = false;
    // False when a cap was passed: not to be parsed.
    bool complete = true;
};

// Splits the text into tokens and reports the words that are wrong in themselves: numbers, quotes, characters. What it
// reports, it also mends or leaves out, so that the parser need not stumble over it.
TokenList read_tokens(const Source& source, Diagnostics& diagnostics);

// Leaves out GNU attributes; finds unmatched braces, reports them and adds what is missing.
void match_brackets(TokenList& list, Diagnostics& diagnostics);

// Turns identifiers that name types into TypeName: built-in types, `more` (typedefs of headers), typedefs of this text.
void mark_type_names(TokenList& list, const Source& source, std::span<const std::string> more);

// The caps of SyntaxLimits that need no parser. Passing one leaves the list incomplete.
void check_limits(TokenList& list, Diagnostics& diagnostics);

std::string_view text_of(const Source& source, Span span);

// Source text for a message, in backticks: shortened, without control characters.
std::string ticked(std::string_view text);

}  // namespace probevue::syntax
