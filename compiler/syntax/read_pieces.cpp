// Words, comments and `#` lines of a script, in their order.
#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include "builtins/base/text.h"
#include "compiler/syntax/pieces.h"
#include "compiler/syntax/syntax.h"
#include "compiler/syntax/tokens.h"

namespace probevue {

namespace syntax {

namespace {

bool in_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

// Would two words that stood apart be read as something else without a blank between them? (`- -x`, `& &x`, `1 .x`)
bool would_join(const Piece& before, const Piece& next) {
    const char left = before.text.back();
    const char right = next.text.front();
    if (in_name(left) && in_name(right)) return true;
    if (before.token == Lexer::IntegerLiteral && right == '.') return true;
    return left == right && std::string_view("+-&").find(left) != std::string_view::npos;
}

// What the kinds of two neighbours say, and the marks on them.
bool blank_between(const Piece& before, const Piece& next) {
    if (before.mark.tight_after || next.mark.tight_before) return false;
    switch (next.token) {
        case Lexer::Comma:
        case Lexer::Semicolon:
        case Lexer::RightParen:
        case Lexer::RightBracket:
            return false;
        default:
            break;
    }
    switch (before.token) {
        case Lexer::LeftParen:
        case Lexer::LeftBracket:
            return false;
        case Lexer::Attribute:
        case Lexer::Alignas:
        case Lexer::Aside:
            return next.token != Lexer::LeftParen;
        default:
            return true;
    }
}

std::string_view without_blanks_at_end(std::string_view text) {
    const size_t last = text.find_last_not_of(" \t\r\f\v\n");
    return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

class Reader {
public:
    Reader(const Source& source, const Marks& marks) : source_(source), marks_(marks) {}

    std::vector<Piece> read() {
        for_each_token(source_, [&](uint32_t kind, Span span) { add(kind, span); });
        gap(source_.raw().size());
        lead_with_unseen();
        return std::move(pieces_);
    }

private:
    void add(uint32_t token, Span span) {
        const uint32_t begin = source_.raw_offset(span.begin);
        const bool adjacent = begin == behind_;
        Piece piece = gap(begin);
        behind_ = source_.raw_end(span.end);
        piece.token = token;
        if (token == Lexer::LineComment || token == Lexer::BlockComment) {
            piece.kind = token == Lexer::LineComment ? PieceKind::line_comment : PieceKind::block_comment;
            piece.text = without_blanks_at_end(text_of(source_, span));
        } else {
            piece.text = word(span);
            const auto mark = marks_.find(span.begin);
            if (mark != marks_.end()) piece.mark = mark->second;
            if (last_word_) {
                const Piece& before = pieces_[*last_word_];
                piece.blank = blank_between(before, piece) || (!adjacent && would_join(before, piece));
                if (before.token == Lexer::Comma) piece.mark.rank = Mark::comma;
            }
            last_word_ = pieces_.size();
            unseen_.resize(pieces_.size() + 1, false);
            unseen_.back() = mark == marks_.end();
        }
        pieces_.push_back(std::move(piece));
    }

    // As the user wrote it where a shell element is in it; else as the compiler sees it, with plain quotes.
    std::string word(Span span) const {
        for (uint32_t at = span.begin; at < span.end; ++at) {
            if (source_.substituted_from(at).empty()) continue;
            const uint32_t begin = source_.raw_offset(span.begin);
            return source_.raw().substr(begin, source_.raw_end(span.end) - begin);
        }
        return std::string(text_of(source_, span));
    }

    // What stands in the user's text between the last word and the next, at `end`: blanks, ends of lines, and lines
    // that begin with `#`. Gives a piece that knows how it stood.
    Piece gap(size_t end) {
        Piece next;
        next.began_line = behind_ == 0;
        for (size_t line = behind_; line <= end;) {
            const std::string_view rest = std::string_view(source_.raw()).substr(line, end - line);
            const std::string_view text = rest.substr(0, rest.find('\n'));
            const size_t stop = line + text.size();
            const std::string_view content = trim(text);
            if (!content.empty()) {
                Piece hash = next;
                hash.kind = PieceKind::hash_line;
                hash.text = without_blanks_at_end(content);
                hash.began_line = true;
                pieces_.push_back(std::move(hash));
                next.behind_blank_line = false;
            } else if (line != behind_ && stop != end) {
                next.behind_blank_line = true;
            }
            next.column = width_of_blanks(text);
            if (stop == end) break;
            next.began_line = true;
            line = stop + 1;
        }
        return next;
    }

    // Words that the parser never saw begin the line for the one behind them: `__extension__ int n;`.
    void lead_with_unseen() {
        unseen_.resize(pieces_.size(), false);
        for (size_t i = 0; i < pieces_.size(); ++i) {
            if (!pieces_[i].mark.begins_line) continue;
            size_t first = i;
            while (first > 0 && unseen_[first - 1]) --first;
            if (first == i) continue;
            std::swap(pieces_[first].mark, pieces_[i].mark);
            pieces_[i].blank = true;
        }
    }

    const Source& source_;
    const Marks& marks_;
    std::vector<Piece> pieces_;
    std::vector<bool> unseen_;  // by pieces: a word, and the parser has not seen it
    std::optional<size_t> last_word_;
    size_t behind_ = 0;  // the last word, in the user's text
};

// Of what stands in comments.
bool equal_without_blanks(std::string_view one, std::string_view other) {
    const auto next = [](std::string_view text, size_t at) {
        return std::min(text.find_first_not_of(" \t\r\n\f\v", at), text.size());
    };
    size_t a = next(one, 0);
    size_t b = next(other, 0);
    while (a < one.size() && b < other.size() && one[a] == other[b]) {
        a = next(one, a + 1);
        b = next(other, b + 1);
    }
    return a == one.size() && b == other.size();
}

}  // namespace

uint32_t width_of_blanks(std::string_view blanks) {
    uint32_t width = 0;
    for (char c : blanks) width = c == '\t' ? (width / 8 + 1) * 8 : width + 1;
    return width;
}

std::vector<Piece> read_pieces(const Source& source, const Marks& marks) { return Reader(source, marks).read(); }

}  // namespace syntax

bool same_words(const Source& one, const Source& other) {
    const std::vector<syntax::Piece> first = syntax::read_pieces(one, {});
    const std::vector<syntax::Piece> second = syntax::read_pieces(other, {});
    return std::equal(
        first.begin(), first.end(), second.begin(), second.end(), [](const syntax::Piece& a, const syntax::Piece& b) {
            if (a.kind != b.kind || a.token != b.token) return false;
            return a.kind == syntax::PieceKind::word ? a.text == b.text : syntax::equal_without_blanks(a.text, b.text);
        });
}

}  // namespace probevue
