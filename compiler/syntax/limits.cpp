// The caps that keep the parser's recursion bounded, checked on the tokens before it runs.
#include <fmt/format.h>

#include "compiler/syntax/antlr.h"
#include "compiler/syntax/tokens.h"

namespace probevue::syntax {

namespace {

// Tokens that make a syntax tree one level deeper at the most.
bool deepens_expression(uint32_t kind) {
    switch (kind) {
        case Lexer::Arrow:
        case Lexer::Increment:
        case Lexer::Decrement:
        case Lexer::Dot:
        case Lexer::ShiftLeft:
        case Lexer::ShiftRight:
        case Lexer::Less:
        case Lexer::Greater:
        case Lexer::LessEqual:
        case Lexer::GreaterEqual:
        case Lexer::Equal:
        case Lexer::NotEqual:
        case Lexer::LogicalAnd:
        case Lexer::LogicalOr:
        case Lexer::LogicalNot:
        case Lexer::Plus:
        case Lexer::Minus:
        case Lexer::Star:
        case Lexer::Slash:
        case Lexer::Percent:
        case Lexer::Ampersand:
        case Lexer::Caret:
        case Lexer::Bar:
        case Lexer::Tilde:
        case Lexer::Question:
        case Lexer::Assign:
        case Lexer::AddSet:
        case Lexer::SubtractSet:
        case Lexer::MultiplySet:
        case Lexer::DivideSet:
        case Lexer::ModuloSet:
        case Lexer::AndSet:
        case Lexer::XorSet:
        case Lexer::OrSet:
        case Lexer::ShiftLeftSet:
        case Lexer::ShiftRightSet:
        case Lexer::LeftParen:
        case Lexer::LeftBracket:
        case Lexer::Sizeof:
            return true;
        default:
            return false;
    }
}

bool deepens_statement(uint32_t kind) {
    switch (kind) {
        case Lexer::If:
        case Lexer::Else:
        case Lexer::While:
        case Lexer::Do:
        case Lexer::For:
        case Lexer::Switch:
            return true;
        default:
            return false;
    }
}

class LimitChecker {
public:
    LimitChecker(TokenList& list, Diagnostics& diagnostics) : list_(list), diagnostics_(diagnostics) {}

    void run() {
        const std::vector<Token>& tokens = list_.tokens;
        for (size_t i = 0; i < tokens.size() && list_.complete; ++i) {
            const uint32_t next = i + 1 < tokens.size() ? tokens[i + 1].kind : 0;
            const uint32_t before = i > 0 ? tokens[i - 1].kind : 0;
            step(tokens[i], before, next);
        }
    }

private:
    // Depth of the tree so far, at this place; what is saved at a bracket comes back when it closes.
    struct Level {
        uint32_t bracket;
        size_t operators;  // to come back at the closing bracket
        size_t statements;
        size_t base_operators;  // to begin each statement inside with
        size_t base_statements;
    };

    void step(const Token& token, uint32_t before, uint32_t next) {
        const uint32_t kind = token.kind;
        if (deepens_expression(kind) && ++operators_ > SyntaxLimits::operators) {
            return stop(token, fmt::format("more than {} operators in one statement", SyntaxLimits::operators),
                        "split it into several statements");
        }
        // `else if` is one step of the chain.
        if (deepens_statement(kind) && before != Lexer::Else && ++statements_ > SyntaxLimits::else_if) {
            return stop(token, fmt::format("more than {} `if` and `else` in one chain", SyntaxLimits::else_if));
        }
        if (kind == Lexer::LeftParen || kind == Lexer::LeftBracket || kind == Lexer::LeftBrace) return open(token);
        if (kind == Lexer::RightParen || kind == Lexer::RightBracket || kind == Lexer::RightBrace)
            return close(kind, next);
        if (kind == Lexer::At) {
            levels_.clear();
            operators_ = statements_ = 0;
        }
        const bool in_braces = levels_.empty() || levels_.back().bracket == Lexer::LeftBrace;
        if (in_braces && (kind == Lexer::Semicolon || kind == Lexer::Comma)) end_statement(kind == Lexer::Comma, next);
    }

    void open(const Token& token) {
        if (levels_.size() >= SyntaxLimits::nesting) {
            return stop(token, fmt::format("more than {} brackets inside each other", SyntaxLimits::nesting));
        }
        // A block begins anew; one inside an expression (`sizeof(struct { ... })`) adds to its depth.
        const bool block = token.kind == Lexer::LeftBrace;
        const bool in_braces = levels_.empty() || levels_.back().bracket == Lexer::LeftBrace;
        const size_t base = block && !in_braces ? operators_ : base_operators();
        levels_.push_back({token.kind, operators_, statements_, base, statements_});
        if (block) operators_ = base;
    }

    void close(uint32_t kind, uint32_t next) {
        if (levels_.empty()) return;
        const Level level = levels_.back();
        levels_.pop_back();
        if (kind != Lexer::RightBrace) return;
        operators_ = level.operators;
        statements_ = level.statements;
        if (levels_.empty() || levels_.back().bracket == Lexer::LeftBrace) end_statement(false, next);
    }

    // `else` continues the statement.
    void end_statement(bool list_goes_on, uint32_t next) {
        operators_ = base_operators();
        if (next == Lexer::Else || list_goes_on) return;
        statements_ = levels_.empty() ? 0 : levels_.back().base_statements;
    }

    size_t base_operators() const { return levels_.empty() ? 0 : levels_.back().base_operators; }

    void stop(const Token& token, std::string text, std::string hint = {}) {
        diagnostics_.error(token.span, std::move(text), std::move(hint));
        list_.complete = false;
    }

    TokenList& list_;
    Diagnostics& diagnostics_;
    std::vector<Level> levels_;
    size_t operators_ = 0;
    size_t statements_ = 0;
};

}  // namespace

void check_limits(TokenList& list, Diagnostics& diagnostics) { LimitChecker(list, diagnostics).run(); }

}  // namespace probevue::syntax
