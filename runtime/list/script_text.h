// What is typed at the prompt, as text: is an entry complete, and what are its parts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace probevue {

// Is nothing open any more: no bracket, no comment, no clause or structure without its block? Text with a bracket too
// many is complete: the compiler says what is wrong with it.
bool is_complete(std::string_view text);

// The entries of a text of several lines, in order: commands, expressions and declarations that end with a line,
// clauses that end with theirs. What is open at the end is the last one.
std::vector<std::string> split_entries(std::string_view text);

// `.help`; `.5 + x` is an expression.
bool is_command(std::string_view text);

// The clauses of a text, and what stands between them.
struct TextPart {
    std::string text;
    bool clause = false;  // else declarations
};
std::vector<TextPart> split_clauses(std::string_view text);

// Where the clause that the end of the text stands in begins, or what stands before it and behind the clause before.
size_t clause_around(std::string_view text);

// Does what is typed next go into a comment, or into a quoted text?
bool ends_in_comment(std::string_view text);
bool ends_in_quotes(std::string_view text);

// `text` without comments: does anything remain?
bool says_nothing(std::string_view text);

// How a piece of Vue is shown; runs of one kind, in order, without gaps.
enum class TextKind : uint8_t {
    plain,
    comment,
    string,
    number,
    probe,
    keyword,
    builtin,
    function,
    type,
    constant,
    command
};
struct TextRun {
    size_t begin = 0;
    size_t end = 0;
    TextKind kind = TextKind::plain;
};
std::vector<TextRun> text_runs(std::string_view text, const std::vector<std::string>& keywords);

// Escape sequence that begins a kind on a terminal; empty for plain text.
std::string_view color_of(TextKind kind);

}  // namespace probevue
