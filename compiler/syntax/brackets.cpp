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
    Matcher(TokenList& list, Diagnostics& diagnostics) : list_(list), diagnostics_(diagnostics) {}

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
            diagnostics_.error(token.span, "unexpected `}`: no `{` is open");
        clause_without_brace_ = false;
        return false;
    }

    void close_open_braces(const char* where) {
        const uint32_t end = list_.tokens.empty() ? 0 : list_.tokens.back().span.end;
        bool reported = list_.lost_braces;
        for (size_t i = open_.size(); i-- > 0;) {
            if (open_[i].kind != Lexer::LeftBrace) continue;
            if (!reported) diagnostics_.error(open_[i].span, std::string("`{` is not closed") + where);
            reported = true;
            list_.tokens.push_back({Lexer::RightBrace, {end, end}});
        }
    }

    TokenList& list_;
    Diagnostics& diagnostics_;
    std::vector<Token> open_;
    bool clause_without_brace_ = false;
};

}  // namespace

void match_brackets(TokenList& list, Diagnostics& diagnostics) { Matcher(list, diagnostics).run(); }

}  // namespace probevue::syntax
