#include "runtime/list/script_text.h"

#include <algorithm>
#include <cctype>

#include "builtins/base/text.h"
#include "builtins/builtin.h"
#include "builtins/function.h"

namespace probevue {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Walks over the pieces of a text that say nothing about its structure.
class Walk {
public:
    explicit Walk(std::string_view text) : text_(text) {}

    bool done() const { return at_ >= text_.size(); }
    char here() const { return text_[at_]; }
    size_t at() const { return at_; }
    void advance(size_t by = 1) { at_ = std::min(at_ + by, text_.size()); }
    bool looks_at(std::string_view what) const { return text_.substr(at_).starts_with(what); }
    // An unfinished block comment was the last thing.
    bool open_comment() const { return open_comment_; }

    // Skips a comment, or a line that begins with `#`; false when there is none here.
    bool skip_comment() {
        if (looks_at("/*")) {
            const size_t end = text_.find("*/", at_ + 2);
            open_comment_ = end == std::string_view::npos;
            at_ = open_comment_ ? text_.size() : end + 2;
            return true;
        }
        const bool hash = here() == '#' && trim(text_.substr(line_start(), at_ - line_start())).empty();
        if (!hash && !looks_at("//")) return false;
        at_ = std::min(text_.find('\n', at_), text_.size());
        return true;
    }

    // Skips a quoted text; one that is not closed ends with its line, as for the compiler.
    bool skip_quoted() {
        const char quote = here();
        if (quote != '"' && quote != '\'') return false;
        for (++at_; !done(); ++at_) {
            if (here() == '\\') {
                ++at_;
            } else if (here() == '\n') {
                return true;
            } else if (here() == quote) {
                advance();
                return true;
            }
        }
        at_ = text_.size();
        return true;
    }

    std::string_view word() {
        const size_t begin = at_;
        while (!done() && is_word(here())) ++at_;
        return text_.substr(begin, at_ - begin);
    }

private:
    size_t line_start() const {
        const size_t end = at_ == 0 ? std::string_view::npos : text_.rfind('\n', at_ - 1);
        return end == std::string_view::npos ? 0 : end + 1;
    }

    std::string_view text_;
    size_t at_ = 0;
    bool open_comment_ = false;
};

// Clauses begin with `@@` and end with the brace that closes their block.
struct Structure {
    struct Clause {
        size_t begin = 0;
        size_t end = 0;
    };
    std::vector<Clause> clauses;
    std::vector<size_t> ends;  // of lines with which an entry is complete
    bool open = false;         // a bracket, a comment, a clause or a structure is
};

// `struct s` on a line of its own: the block follows.
bool wants_block(std::string_view declaration) {
    declaration = trim(declaration);
    size_t word = 0;
    while (word < declaration.size() && is_word(declaration[word])) ++word;
    const std::string_view first = declaration.substr(0, word);
    const std::string_view rest = trim(declaration.substr(word));
    if (first == "typedef") return wants_block(rest);
    return (first == "struct" || first == "union" || first == "enum") && std::all_of(rest.begin(), rest.end(), is_word);
}

class StructureWalk {
public:
    explicit StructureWalk(std::string_view text) : text_(text), walk_(text) {}

    Structure run() {
        while (!walk_.done()) {
            if (walk_.here() == '\n') {
                end_of_line();
            } else if (!skip_command() && !walk_.skip_comment() && !walk_.skip_quoted()) {
                step();
            }
        }
        out_.open = is_open();
        return std::move(out_);
    }

private:
    bool is_open() const {
        return depth_ > 0 || in_clause_ || walk_.open_comment() ||
               wants_block(text_.substr(declaration_, walk_.at() - declaration_));
    }

    void end_of_line() {
        if (!is_open()) {
            out_.ends.push_back(walk_.at());
            declaration_ = entry_ = walk_.at() + 1;
        }
        walk_.advance();
    }

    // A command at the beginning of an entry: its line is no Vue.
    bool skip_command() {
        if (walk_.here() != '.' || depth_ > 0 || in_clause_) return false;
        if (!trim(text_.substr(entry_, walk_.at() - entry_)).empty()) return false;
        const std::string_view line = text_.substr(walk_.at(), text_.find('\n', walk_.at()) - walk_.at());
        if (!is_command(line)) return false;
        walk_.advance(line.size());
        return true;
    }

    void step() {
        if (depth_ == 0 && !in_clause_ && walk_.looks_at("@@")) {
            out_.clauses.push_back({walk_.at(), text_.size()});
            in_clause_ = true;
        }
        const char c = walk_.here();
        walk_.advance();
        if (c == '{' || c == '(' || c == '[') ++depth_;
        if (c == '}' || c == ')' || c == ']') --depth_;
        const bool may_end = depth_ <= 0 && (c == '}' || c == ';');
        // A semicolon before the block is an error that the compiler tells of.
        if (in_clause_ && may_end) {
            out_.clauses.back().end = walk_.at();
            in_clause_ = false;
        }
        if (!in_clause_) depth_ = std::max(depth_, 0);
        if (!in_clause_ && may_end) declaration_ = walk_.at();
    }

    std::string_view text_;
    Walk walk_;
    Structure out_;
    int depth_ = 0;
    bool in_clause_ = false;
    size_t entry_ = 0;        // where the entry begins
    size_t declaration_ = 0;  // and what stands behind its last clause or semicolon
};

Structure structure_of(std::string_view text) { return StructureWalk(text).run(); }

TextKind kind_of(std::string_view word, const std::vector<std::string>& keywords) {
    if (std::binary_search(keywords.begin(), keywords.end(), word)) return TextKind::keyword;
    if (is_builtin(word)) return TextKind::builtin;
    if (find_function(word) != nullptr) return TextKind::function;
    if (find_type_name(word) != nullptr) return TextKind::type;
    if (find_constant(word) != nullptr) return TextKind::constant;
    return TextKind::plain;
}

}  // namespace

bool is_complete(std::string_view text) { return !structure_of(text).open; }

std::vector<std::string> split_entries(std::string_view text) {
    std::vector<std::string> entries;
    size_t begin = 0;
    const auto add = [&](size_t end) {
        const std::string_view entry = trim(text.substr(begin, end - begin));
        if (!entry.empty()) entries.emplace_back(entry);
        begin = end;
    };
    for (const size_t end : structure_of(text).ends) add(end);
    add(text.size());
    return entries;
}

bool is_command(std::string_view text) {
    text = trim(text);
    return text.size() > 1 && text[0] == '.' && std::isalpha(static_cast<unsigned char>(text[1])) != 0;
}

size_t clause_around(std::string_view text) {
    size_t begin = 0;
    size_t depth = 0;
    Walk walk(text);
    while (!walk.done()) {
        if (walk.skip_comment() || walk.skip_quoted()) continue;
        if (walk.here() == '{') ++depth;
        const bool closes = walk.here() == '}';
        walk.advance();
        if (closes && depth > 0) --depth;
        if (closes && depth == 0) begin = walk.at();
    }
    return begin;
}

namespace {

// Of one more character.
TextKind kind_behind(std::string_view text) { return text_runs(std::string(text) + "x", {}).back().kind; }

}  // namespace

bool ends_in_comment(std::string_view text) { return kind_behind(text) == TextKind::comment; }
bool ends_in_quotes(std::string_view text) { return kind_behind(text) == TextKind::string; }

bool says_nothing(std::string_view text) {
    Walk walk(text);
    while (!walk.done()) {
        if (walk.looks_at("#pragma")) return false;  // of other lines for the preprocessor nothing is obeyed
        if (walk.skip_comment()) continue;
        if (std::isspace(static_cast<unsigned char>(walk.here())) == 0) return false;
        walk.advance();
    }
    return true;
}

std::vector<TextPart> split_clauses(std::string_view text) {
    std::vector<TextPart> parts;
    size_t at = 0;
    std::string before;  // comments that belong to what follows
    const auto add = [&](std::string_view piece, bool clause) {
        if (!clause && says_nothing(piece)) {
            before += piece;
            return;
        }
        parts.push_back({std::string(trim(before + std::string(piece))), clause});
        before.clear();
    };
    for (const Structure::Clause& clause : structure_of(text).clauses) {
        add(text.substr(at, clause.begin - at), false);
        add(text.substr(clause.begin, clause.end - clause.begin), true);
        at = clause.end;
    }
    add(text.substr(at), false);
    return parts;
}

std::vector<TextRun> text_runs(std::string_view text, const std::vector<std::string>& keywords) {
    std::vector<TextRun> runs;
    const auto add = [&](size_t begin, size_t end, TextKind kind) {
        if (!runs.empty() && runs.back().kind == kind) {
            runs.back().end = end;
        } else if (end > begin) {
            runs.push_back({begin, end, kind});
        }
    };
    if (is_command(text)) {
        const size_t end = std::min(text.find_first_of(" \n", text.find('.')), text.size());
        add(0, end, TextKind::command);
        add(end, text.size(), TextKind::plain);
        return runs;
    }
    Walk walk(text);
    while (!walk.done()) {
        const size_t begin = walk.at();
        if (walk.skip_comment()) {
            add(begin, walk.at(), TextKind::comment);
        } else if (walk.skip_quoted()) {
            add(begin, walk.at(), TextKind::string);
        } else if (walk.looks_at("@@")) {
            while (!walk.done() && std::string_view(" \t\n,{\"'").find(walk.here()) == std::string_view::npos)
                walk.advance();
            add(begin, walk.at(), TextKind::probe);
        } else if (is_digit(walk.here())) {
            walk.word();
            add(begin, walk.at(), TextKind::number);
        } else if (is_word(walk.here())) {
            const std::string_view word = walk.word();
            add(begin, walk.at(), kind_of(word, keywords));
        } else {
            walk.advance();
            add(begin, walk.at(), TextKind::plain);
        }
    }
    return runs;
}

std::string_view color_of(TextKind kind) {
    switch (kind) {
        case TextKind::plain:
            return {};
        case TextKind::comment:
            return "\033[90m";
        case TextKind::string:
            return "\033[32m";
        case TextKind::number:
            return "\033[36m";
        case TextKind::probe:
            return "\033[1;35m";
        case TextKind::keyword:
            return "\033[1;34m";
        case TextKind::builtin:
            return "\033[33m";
        case TextKind::function:
            return "\033[34m";
        case TextKind::type:
            return "\033[1;34m";
        case TextKind::constant:
            return "\033[36m";
        case TextKind::command:
            return "\033[1;36m";
    }
    return {};
}

}  // namespace probevue
