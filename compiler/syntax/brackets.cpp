// Repairs between lexer and parser that need a look at brackets: attributes and unmatched braces.
#include "compiler/syntax/antlr.h"
#include "compiler/syntax/tokens.h"

namespace probevue::syntax {

namespace {

bool opens(uint32_t kind) { return kind == Lexer::LeftParen || kind == Lexer::LeftBracket || kind == Lexer::LeftBrace; }
bool closes(uint32_t kind) {
    return kind == Lexer::RightParen || kind == Lexer::RightBracket || kind == Lexer::RightBrace;
}

uint32_t partner(uint32_t kind) {
    if (kind == Lexer::RightParen) return Lexer::LeftParen;
    return kind == Lexer::RightBracket ? Lexer::LeftBracket : Lexer::LeftBrace;
}

class Matcher {
public:
    explicit Matcher(TokenList& list) : list_(list) {}

    void run() {
        std::vector<Token> in;
        in.swap(list_.tokens);
        list_.tokens.reserve(in.size());
        for (size_t i = 0; i < in.size(); ++i) {
            if (in[i].kind == Lexer::Attribute) {
                i = skip_attribute(in, i);
            } else {
                add(in[i]);
            }
        }
        close_open_braces("");
        end_clause(UINT32_MAX);
    }

private:
    // Index of the last token of `__attribute__((...))`.
    static size_t skip_attribute(const std::vector<Token>& in, size_t at) {
        if (at + 1 >= in.size() || in[at + 1].kind != Lexer::LeftParen) return at;
        size_t depth = 0;
        for (size_t i = at + 1; i < in.size(); ++i) {
            if (in[i].kind == Lexer::LeftParen) ++depth;
            if (in[i].kind == Lexer::RightParen && --depth == 0) return i;
        }
        return in.size() - 1;
    }

    void add(const Token& token) {
        if (token.kind == Lexer::At) {
            close_open_braces(", the next probe begins inside it");
            open_.clear();
            if (!clause_without_brace_) end_clause(token.span.begin);
            clause_without_brace_ = true;
        }
        if (opens(token.kind)) {
            open_.push_back(token);
            if (token.kind == Lexer::LeftBrace) clause_without_brace_ = false;
        }
        if (closes(token.kind) && !close(token)) return;
        list_.tokens.push_back(token);
    }

    // False when the token is to be left out. Other brackets that do not match are left to the parser, which knows what
    // it expects.
    bool close(const Token& token) {
        for (size_t i = open_.size(); i-- > 0;) {
            if (open_[i].kind == partner(token.kind)) {
                open_.resize(i);
                return true;
            }
            if (open_[i].kind == Lexer::LeftBrace) return true;
        }
        if (token.kind != Lexer::RightBrace) return true;
        // Behind a probe without `{` the parser says so; a second message would not help.
        if (!clause_without_brace_ && !list_.lost_braces)
            list_.lone_braces.push_back({token.span, "unexpected `}`: no `{` is open", {}});
        clause_without_brace_ = false;
        return false;
    }

    void close_open_braces(const char* where) {
        const uint32_t end = list_.tokens.empty() ? 0 : list_.tokens.back().span.end;
        bool reported = list_.lost_braces;
        for (size_t i = open_.size(); i-- > 0;) {
            if (open_[i].kind != Lexer::LeftBrace) continue;
            if (!reported) list_.lone_braces.push_back({open_[i].span, std::string("`{` is not closed") + where, {}});
            reported = true;
            list_.tokens.push_back({Lexer::RightBrace, {end, end}});
        }
    }

    void end_clause(uint32_t end) {
        for (; in_clause_ < list_.lone_braces.size(); ++in_clause_)
            list_.lone_braces[in_clause_].clause = {clause_begin_, end};
        clause_begin_ = end;
    }

    TokenList& list_;
    std::vector<Token> open_;
    bool clause_without_brace_ = false;
    uint32_t clause_begin_ = 0;
    size_t in_clause_ = 0;  // lone braces before this one have their clause
};

}  // namespace

void match_brackets(TokenList& list) { Matcher(list).run(); }

void report_lone_braces(const TokenList& list, Diagnostics& diagnostics) {
    for (const TokenList::LoneBrace& lone : list.lone_braces) {
        if (!diagnostics.has_error_within(lone.clause)) diagnostics.error(lone.brace, lone.message);
        diagnostics.silence(lone.clause);
    }
}

}  // namespace probevue::syntax
