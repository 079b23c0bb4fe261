// Which identifiers name types: what every C parser has to know to tell a cast or a declaration from an expression.
#include <set>

#include "builtins/c_type.h"
#include "builtins/function.h"
#include "compiler/syntax/antlr.h"
#include "compiler/syntax/tokens.h"

namespace probevue::syntax {

namespace {

class TypeMarker {
public:
    TypeMarker(TokenList& list, const Source& source, std::span<const std::string> more)
        : tokens_(list.tokens), source_(source) {
        for (const TypeNameRow& row : type_names()) names_.insert(row.name);
        for (const CTypeRow& row : c_types()) names_.insert(row.name);
        names_.insert(more.begin(), more.end());
    }

    void run() {
        for (size_t i = 0; i < tokens_.size(); ++i) {
            if (tokens_[i].kind == Lexer::Identifier && !follows_member_access(i) &&
                names_.contains(text_of(source_, tokens_[i].span))) {
                tokens_[i].kind = Lexer::TypeName;
            }
            if (tokens_[i].kind == Lexer::Typedef) scan_typedef(i);
            if (tokens_[i].kind == Lexer::Semicolon && i == typedef_end_) {
                names_.insert(pending_.begin(), pending_.end());
                pending_.clear();
            }
        }
    }

private:
    bool follows_member_access(size_t i) const {
        return i > 0 && (tokens_[i - 1].kind == Lexer::Dot || tokens_[i - 1].kind == Lexer::Arrow);
    }

    // The names that a typedef introduces are the last ones before `,`, `;`, `[` or `(`, and the one in `(*name)`. They
    // count from the `;` on.
    void scan_typedef(size_t at) {
        pending_.clear();
        size_t name = 0;  // index of the last candidate, 0: none
        bool locked = false;
        size_t depth = 0;
        size_t i = at + 1;
        for (; i < tokens_.size(); ++i) {
            const uint32_t kind = tokens_[i].kind;
            const bool opening = kind == Lexer::LeftBrace || kind == Lexer::LeftParen || kind == Lexer::LeftBracket;
            const bool closing = kind == Lexer::RightBrace || kind == Lexer::RightParen || kind == Lexer::RightBracket;
            if (depth == 0 && kind == Lexer::LeftParen && !locked) name = function_pointer_name(i, name);
            if (depth == 0 && opening && kind != Lexer::LeftBrace) locked = true;
            if (opening) ++depth;
            if (closing && depth > 0) --depth;
            if (depth > 0 || closing) continue;
            if ((kind == Lexer::Identifier || kind == Lexer::TypeName) && !locked) name = i;
            if (kind != Lexer::Comma && kind != Lexer::Semicolon) continue;
            if (name != 0) pending_.push_back(text_of(source_, tokens_[name].span));
            if (kind == Lexer::Semicolon) break;
            locked = false;
            name = 0;
        }
        typedef_end_ = i;
    }

    size_t function_pointer_name(size_t paren, size_t otherwise) const {
        size_t i = paren + 1;
        if (i >= tokens_.size() || tokens_[i].kind != Lexer::Star) return otherwise;
        while (i < tokens_.size() && tokens_[i].kind == Lexer::Star) ++i;
        return i < tokens_.size() && (tokens_[i].kind == Lexer::Identifier || tokens_[i].kind == Lexer::TypeName)
                   ? i
                   : otherwise;
    }

    std::vector<Token>& tokens_;
    const Source& source_;
    std::set<std::string_view> names_;
    std::vector<std::string_view> pending_;
    size_t typedef_end_ = 0;
};

}  // namespace

void mark_type_names(TokenList& list, const Source& source, std::span<const std::string> more) {
    TypeMarker(list, source, more).run();
}

}  // namespace probevue::syntax
