// Repairs between lexer and parser that need a look at brackets: attributes and unmatched braces.
#include "builtins/c_attribute.h"
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
    Matcher(TokenList& list, const Source& source) : list_(list), source_(source) {}

    void run() {
        std::vector<Token> in;
        in.swap(list_.tokens);
        list_.tokens.reserve(in.size());
        for (size_t i = 0; i < in.size(); ++i) {
            const uint32_t kind = in[i].kind;
            const bool attribute = kind == Lexer::Attribute || kind == Lexer::Alignas;
            if (kind == Lexer::Aside || (attribute && !may_lay_out(in, i))) {
                i = last_of_attribute(in, i);
            } else {
                add(in[i]);
            }
        }
        close_open_braces("");
        end_clause(UINT32_MAX);
    }

private:
    // Index of the last token of `__attribute__((...))`.
    static size_t last_of_attribute(const std::vector<Token>& in, size_t at) {
        if (at + 1 >= in.size() || in[at + 1].kind != Lexer::LeftParen) return at;
        size_t depth = 0;
        for (size_t i = at + 1; i < in.size(); ++i) {
            if (in[i].kind == Lexer::LeftParen) ++depth;
            if (in[i].kind == Lexer::RightParen && --depth == 0) return i;
        }
        return in.size() - 1;
    }

    // May the attribute change how a type or a variable is laid out? Those of parameters say nothing of the kind.
    bool may_lay_out(const std::vector<Token>& in, size_t at) const {
        if (!open_.empty() && open_.back().kind == Lexer::LeftParen) return false;
        if (in[at].kind == Lexer::Alignas) return true;
        const size_t last = last_of_attribute(in, at);
        size_t depth = 0;
        for (size_t i = at + 1; i < last; ++i) {
            const bool first = depth == 2 && (in[i - 1].kind == Lexer::LeftParen || in[i - 1].kind == Lexer::Comma);
            if (in[i].kind == Lexer::LeftParen) {
                ++depth;
            } else if (in[i].kind == Lexer::RightParen) {
                --depth;
            } else if (first && in[i].kind != Lexer::Comma) {
                const CAttributeRow* row = find_c_attribute(plain_attribute(text_of(source_, in[i].span)));
                if (row == nullptr || row->effect != CAttributeEffect::none) return true;
            }
        }
        return false;
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
            list_.lone_braces.push_back({token.span, "unexpected `}`: no `{` is open", {}, 0, false, true});
        clause_without_brace_ = false;
        return false;
    }

    void close_open_braces(const char* where) {
        const uint32_t end = list_.tokens.empty() ? 0 : list_.tokens.back().span.end;
        bool reported = list_.lost_braces;
        for (size_t i = open_.size(); i-- > 0;) {
            if (open_[i].kind != Lexer::LeftBrace) continue;
            if (!reported)
                list_.lone_braces.push_back(
                    {open_[i].span, std::string("`{` is not closed") + where, {}, 0, *where != 0});
            reported = true;
            list_.tokens.push_back({Lexer::RightBrace, {end, end}});
        }
    }

    void end_clause(uint32_t end) {
        for (; in_clause_ < list_.lone_braces.size(); ++in_clause_)
            list_.lone_braces[in_clause_].clause = {clause_begin_, end};
        for (; in_next_ < list_.lone_braces.size() && list_.lone_braces[in_next_].clause.end < end; ++in_next_)
            list_.lone_braces[in_next_].next_end = end;
        if (end == UINT32_MAX) {
            for (; in_next_ < list_.lone_braces.size(); ++in_next_) list_.lone_braces[in_next_].next_end = end;
        }
        clause_begin_ = end;
    }

    TokenList& list_;
    const Source& source_;
    std::vector<Token> open_;
    bool clause_without_brace_ = false;
    uint32_t clause_begin_ = 0;
    size_t in_clause_ = 0;  // lone braces before this one have their clause
    size_t in_next_ = 0;    // and these the end of the clause behind it
};

}  // namespace

void match_brackets(TokenList& list, const Source& source) { Matcher(list, source).run(); }

void report_lone_braces(const TokenList& list, Diagnostics& diagnostics) {
    for (const TokenList::LoneBrace& lone : list.lone_braces) {
        if (!diagnostics.has_error_within({lone.clause.begin, lone.cut ? lone.next_end : lone.clause.end}))
            diagnostics.error(lone.brace, lone.message,
                              lone.unopened ? "take it away, or look for the `{` that is missing before it"
                                            : "write the `}` where its statements end");
        diagnostics.silence(lone.clause);
    }
}

}  // namespace probevue::syntax
