// Pieces of a script to text: first the lines that its sentences make, then those that fit.
#include <algorithm>
#include <optional>
#include <string_view>

#include "builtins/base/text.h"
#include "compiler/source/utf8.h"
#include "compiler/syntax/pieces.h"

namespace probevue::syntax {

namespace {

constexpr size_t widest = 120;
constexpr size_t indentation = 4;
// A bracket further right than this leaves too little room behind it.
constexpr size_t furthest_bracket = 72;

// What stands on a line before it is broken.
struct Line {
    std::vector<const Piece*> pieces;
    size_t indent = 0;        // columns
    size_t go_on = 0;         // columns: where it goes on outside brackets
    std::string comment;      // behind it, to the end of the line
    bool blank_line = false;  // before it
    bool apart = false;       // there has to be one, before the comments above it
    bool remark = false;      // a comment or a `#` line, alone
    bool closes = false;      // `}`
    bool opens = false;       // ends with `{`
};

size_t width(std::string_view text) { return utf8::count(text.substr(0, text.find('\n'))); }

// A comment that begins at a column. The lines of one move along with its first, where that began a line.
std::string moved(const Piece& comment, size_t to) {
    std::string out;
    bool first = true;
    for (std::string_view line : split(comment.text, '\n')) {
        line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
        const size_t text = std::min(line.find_first_not_of(" \t"), line.size());
        size_t column = width_of_blanks(line.substr(0, text));
        if (comment.began_line) column = column + to - std::min<size_t>(column + to, comment.column);
        if (!first) out += '\n';
        if (!first && text < line.size()) out.append(column, ' ');
        out += line.substr(text);
        first = false;
    }
    return out;
}

// ------------------------------------------------------------------------------------------------ lines of sentences

class Lines {
public:
    explicit Lines(const std::vector<Piece>& pieces) : pieces_(pieces) {}

    std::vector<Line> run() {
        for (size_t i = 0; i < pieces_.size(); ++i) add(i);
        return std::move(lines_);
    }

private:
    void add(size_t i) {
        const Piece& piece = pieces_[i];
        const bool word = piece.kind == PieceKind::word;
        if (word ? piece.mark.begins_line || lines_.empty() : stands_alone(i)) {
            begin(i);
        } else if (!word && ends_line(i)) {
            std::string& comment = lines_.back().comment;
            comment += (comment.empty() ? "" : " ") + moved(piece, 0);
            return;
        }
        lines_.back().pieces.push_back(&piece);
        lines_.back().opens = word && piece.token == Lexer::LeftBrace;
    }

    void begin(size_t i) {
        const Piece& piece = pieces_[i];
        Line line;
        line.remark = piece.kind != PieceKind::word;
        line.closes = piece.mark.closes_block;
        line.indent = level(i) * indentation;
        if (piece.kind == PieceKind::hash_line) line.indent = 0;
        line.go_on = piece.token == Lexer::At ? 0 : line.indent + indentation;
        line.apart = piece.mark.apart;
        const bool at_edge = lines_.empty() || line.closes || lines_.back().opens;
        line.blank_line = piece.behind_blank_line && !at_edge;
        lines_.push_back(std::move(line));
    }

    // The first word from here on; none: the end of the script.
    const Piece* next_word(size_t i) const {
        while (i < pieces_.size() && pieces_[i].kind != PieceKind::word) ++i;
        return i < pieces_.size() ? &pieces_[i] : nullptr;
    }

    // A comment or `#` line between two lines, not at the end of one.
    bool stands_alone(size_t i) const {
        const Piece* word = next_word(i);
        const bool between = word == nullptr || word->mark.begins_line;
        return lines_.empty() || (between && pieces_[i].began_line);
    }

    // A comment that stood at the end of a line, and does so again.
    bool ends_line(size_t i) const {
        const Piece* word = next_word(i);
        return !pieces_[i].began_line && (word == nullptr || word->mark.begins_line);
    }

    // A comment stands where the line behind it stands; before a `}` it belongs to what is closed.
    size_t level(size_t i) const {
        const Piece* word = next_word(i);
        if (word == nullptr) return 0;
        return word->mark.level + (word->mark.closes_block && pieces_[i].kind != PieceKind::word ? 1u : 0u);
    }

    const std::vector<Piece>& pieces_;
    std::vector<Line> lines_;
};

// A blank line before each clause and structure, and behind it; what is said right above it stays there.
void set_apart(std::vector<Line>& lines) {
    for (size_t i = 1; i < lines.size(); ++i) {
        if (!lines[i].apart) continue;
        size_t first = i;
        while (first > 0 && !lines[first].blank_line && lines[first - 1].remark) --first;
        if (first > 0) lines[first].blank_line = true;
    }
}

// ------------------------------------------------------------------------------------------------- lines that fit

class Breaker {
public:
    explicit Breaker(const Line& line) : line_(line), column_(line.indent) {}

    std::string run() {
        if (line_.pieces.front()->kind == PieceKind::hash_line) return line_.pieces.front()->text;
        text_.append(line_.indent, ' ');
        rank_all();
        for (size_t i = 0; i < line_.pieces.size(); ++i) add(i);
        return std::move(text_);
    }

private:
    static bool opens(const Piece& piece) {
        return piece.kind == PieceKind::word && (piece.token == Lexer::LeftParen || piece.token == Lexer::LeftBracket);
    }
    static bool closes(const Piece& piece) {
        return piece.kind == PieceKind::word &&
               (piece.token == Lexer::RightParen || piece.token == Lexer::RightBracket);
    }

    // Comments stand apart from words, as words do from each other that mean something by themselves.
    static bool blank_between(const Piece& before, const Piece& piece) {
        if (piece.kind != PieceKind::word) return !opens(before);
        if (before.kind == PieceKind::word) return piece.blank;
        return !closes(piece) && piece.token != Lexer::Comma && piece.token != Lexer::Semicolon;
    }

    // Further in is later: a break inside brackets comes after all those outside.
    void rank_all() {
        size_t depth = 0;
        for (const Piece* piece : line_.pieces) {
            if (closes(*piece) && depth > 0) --depth;
            ranks_.push_back(piece->kind != PieceKind::word || piece->mark.rank == Mark::no_break
                                 ? SIZE_MAX
                                 : depth * Mark::no_break + piece->mark.rank);
            if (opens(*piece)) ++depth;
        }
    }

    void add(size_t i) {
        const Piece& piece = *line_.pieces[i];
        if (piece.kind == PieceKind::hash_line) {
            text_ += '\n' + piece.text;
            must_break_ = true;
            return;
        }
        const bool comment = piece.kind != PieceKind::word;
        const bool blank = i > 0 && blank_between(*line_.pieces[i - 1], piece);
        if (must_break_ || (comment && piece.began_line && i > 0)) {
            go_on(piece);
        } else if (breaks_before(i, column_ + (blank ? 1 : 0))) {
            go_on(piece);
        } else if (blank) {
            text_ += ' ';
            ++column_;
        }
        if (closes(piece) && !brackets_.empty()) brackets_.pop_back();
        if (piece.token == Lexer::Question) questions_.push_back(column_);
        if (piece.token == Lexer::Colon && !questions_.empty()) questions_.pop_back();
        const std::string text = comment ? moved(piece, column_) : piece.text;
        text_ += text;
        const size_t end = text.rfind('\n');
        column_ = end == std::string::npos ? column_ + utf8::count(text)
                                           : utf8::count(std::string_view(text).substr(end + 1));
        if (opens(piece)) brackets_.push_back(column_);
        must_break_ = piece.kind == PieceKind::line_comment ||
                      (comment && i + 1 < line_.pieces.size() && line_.pieces[i + 1]->began_line);
    }

    // `column`: where piece `i` would begin.
    bool breaks_before(size_t i, size_t column) const {
        if (ranks_[i] == SIZE_MAX || column_ <= place_to_go_on()) return false;
        if (line_.pieces[i]->mark.rank != Mark::value) return column + width_until_break(i, ranks_[i]) > widest;
        const size_t whole = width_until_break(i, ranks_[i] - Mark::value);
        return column + whole > widest && place_to_go_on() + whole <= widest;
    }

    // Of what has to stay on a line with piece `i`: up to the next place where it may be broken as early as `rank`.
    size_t width_until_break(size_t i, size_t rank) const {
        size_t sum = width(line_.pieces[i]->text);
        for (size_t k = i + 1; k < line_.pieces.size() && sum <= widest; ++k) {
            const Piece& piece = *line_.pieces[k];
            if (ranks_[k] <= rank || piece.kind == PieceKind::line_comment) break;
            sum += (piece.blank ? 1 : 0) + width(piece.text);
            if (piece.text.find('\n') != std::string::npos) break;
        }
        return sum;
    }

    size_t place_to_go_on() const {
        if (brackets_.empty()) return line_.go_on;
        return brackets_.back() <= furthest_bracket ? brackets_.back() : line_.indent + indentation;
    }

    void go_on(const Piece& piece) {
        const bool block = brackets_.empty() && piece.kind == PieceKind::word &&
                           (piece.token == Lexer::LeftBrace || piece.token == Lexer::Else);
        column_ = block ? line_.indent : place_to_go_on();
        // The second value of `?:` stands below the first.
        if (piece.kind == PieceKind::word && piece.token == Lexer::Colon && !questions_.empty() &&
            questions_.back() <= furthest_bracket)
            column_ = questions_.back();
        text_ += '\n' + std::string(column_, ' ');
        must_break_ = false;
    }

    const Line& line_;
    size_t column_;
    std::string text_;
    std::vector<size_t> ranks_;      // by pieces; SIZE_MAX: no break before it
    std::vector<size_t> brackets_;   // that are open: the columns behind them
    std::vector<size_t> questions_;  // the `?` whose `:` comes yet: their columns
    bool must_break_ = false;
};

// Comments behind lines that follow each other stand below each other.
void add_comments(std::vector<std::string>& texts, const std::vector<Line>& lines) {
    const auto last_line = [&](size_t i) {
        const size_t end = texts[i].rfind('\n');
        return width(std::string_view(texts[i]).substr(end == std::string::npos ? 0 : end + 1));
    };
    for (size_t i = 0; i < lines.size();) {
        size_t column = 0;
        size_t end = i;
        for (; end < lines.size() && !lines[end].comment.empty() && (end == i || !lines[end].blank_line); ++end)
            column = std::max(column, last_line(end));
        for (size_t k = i; k < end; ++k) texts[k] += std::string(column - last_line(k) + 2, ' ') + lines[k].comment;
        i = std::max(end, i + 1);
    }
}

}  // namespace

std::string write_pieces(const std::vector<Piece>& pieces) {
    std::vector<Line> lines = Lines(pieces).run();
    set_apart(lines);
    std::vector<std::string> texts;
    for (const Line& line : lines) texts.push_back(Breaker(line).run());
    add_comments(texts, lines);
    std::string out;
    for (size_t i = 0; i < lines.size(); ++i) out += (lines[i].blank_line ? "\n" : "") + texts[i] + '\n';
    return out;
}

}  // namespace probevue::syntax
