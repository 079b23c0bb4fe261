// What the generated parser does at a token that fits nowhere: one human sentence, then ANTLR's own recovery.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "compiler/syntax/antlr.h"
#include "compiler/syntax/tokens.h"

namespace probevue::syntax {

class ErrorStrategy : public antlr4::DefaultErrorStrategy {
public:
    ErrorStrategy(const TokenList& list, const Source& source, Diagnostics& diagnostics)
        : list_(list), source_(source), diagnostics_(diagnostics) {}

    // Throws ParseCancellationException when there were too many.
    static constexpr size_t max_errors = Diagnostics::max_errors;

protected:
    void reportNoViableAlternative(antlr4::Parser* parser, const antlr4::NoViableAltException& e) override;
    void reportInputMismatch(antlr4::Parser* parser, const antlr4::InputMismatchException& e) override;
    void reportUnwantedToken(antlr4::Parser* parser) override;
    void reportMissingToken(antlr4::Parser* parser) override;
    antlr4::Token* singleTokenDeletion(antlr4::Parser* parser) override;
    antlr4::Token* getMissingSymbol(antlr4::Parser* parser) override;

private:
    struct Message {
        std::string text;
        std::string hint;
        bool after_previous = false;  // something is missing behind the token before
        size_t back = 0;              // tokens between the one to point to and the one that did not fit
    };

    void report(const antlr4::Token* token, const antlr4::misc::IntervalSet& expected);
    Message describe(size_t index, const antlr4::misc::IntervalSet& expected) const;
    Message unexpected(size_t index) const;
    Message expected_token(std::string_view what, size_t index) const;
    std::string hint_for(size_t index) const;
    std::string foreign_word(size_t index) const;
    size_t behind_probe(size_t index) const;
    Span span_of(size_t index) const;
    bool is_declaration_of_unknown_type(size_t index) const;
    bool is_function_name(size_t index) const;
    bool is_in_call(size_t index) const;
    bool closes_more(size_t index) const;
    Span clause_around(size_t index) const;
    bool follows_from_error(size_t index) const;
    // The token's text in backticks, or "the end of the script".
    std::string shown(size_t index) const;
    uint32_t kind(size_t index) const;

    const TokenList& list_;
    const Source& source_;
    Diagnostics& diagnostics_;
    std::vector<std::unique_ptr<antlr4::Token>> missing_;
    uint32_t last_line_ = 0;
    size_t reported_ = 0;
};

}  // namespace probevue::syntax
