#include "runtime/lsp/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "builtins/builtin.h"
#include "builtins/c_type.h"
#include "builtins/describe.h"
#include "builtins/function.h"
#include "builtins/giving.h"
#include "builtins/unit.h"
#include "runtime/list/complete.h"
#include "runtime/list/script_text.h"

namespace probevue::lsp {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The words of the language that are no names and stand in Vue itself, not only in declarations of C.
struct KeywordRow {
    std::string_view word;
    std::string_view doc;
};
constexpr auto keyword_rows = std::to_array<KeywordRow>({
    {"when", "the predicate of a clause: `when (condition)`. The clause runs only for events that it holds for"},
    {"if", "`if (condition) ... else ...`. There are no loops"},
    {"else", "what is done when the condition of the `if` before does not hold"},
    {"return", "ends the clause"},
    {"sizeof", "bytes of a type, or of the type of an expression"},
    {"struct", "a structure, laid out as C does"},
    {"union", "a union, laid out as C does"},
    {"enum", "an enumeration"},
    {"typedef", "a name for a type"},
    {"__auto", "an automatic variable: of one run of a clause"},
    {"__thread", "a thread-local variable: each thread has its own"},
    {"__global", "a global variable, as all are that are of no other class"},
    {"__kernel", "a variable of the kernel, by its name"},
    {"auto", "`auto:name` is the automatic variable of this name"},
    {"thread", "`thread:name` is the thread-local variable of this name"},
    {"global", "`global:name` is the global variable of this name"},
    {"kernel", "`kernel:name` is the kernel variable of this name"},
});

std::string places_of(const BuiltinRow& row) {
    const std::string headers = protocol_names(row.protocols);
    if (!headers.empty()) return fmt::format("of packets: {}", headers);
    std::string out;
    const std::vector<const ProbePointRow*> points = points_of(row);
    constexpr size_t most = 8;
    for (size_t i = 0; i < std::min(points.size(), most); ++i)
        out += fmt::format("{}`{}`", out.empty() ? "at " : ", ", points[i]->form);
    return points.size() > most ? fmt::format("{} and {} more", out, points.size() - most) : out;
}

Said about_builtin(const BuiltinRow& row) {
    if (!row.unavailable.empty()) return {spelled(row), fmt::format("cannot be had on Linux: {}", row.unavailable)};
    std::string doc(row.doc);
    const std::string_view unit = name_of(row.type.unit).word;
    if (!unit.empty() && doc.find(unit) == std::string::npos) doc += fmt::format("\n\nunit: {}", unit);
    if (!row.right.empty()) doc += fmt::format("\n\na misprint: the right name is `{}`", row.right);
    const std::string places = places_of(row);
    if (!places.empty()) doc += "\n\n" + places;
    return {fmt::format("{} {}", to_string(row.type), spelled(row)), doc};
}

// `__tcphdr` alone: what it has.
Said about_members(std::string_view name) {
    std::string members;
    size_t count = 0;
    for (const BuiltinRow& row : builtin_rows()) {
        if (row.name != name || row.member.empty() || !row.right.empty() || !row.unavailable.empty()) continue;
        members += fmt::format("{}`{}`", count++ == 0 ? "" : ", ", row.member);
    }
    if (count == 0) return {};
    return {std::string(name), fmt::format("members: {}", members)};
}

Said about_function(const FunctionRow& row) {
    if (!row.unavailable.empty())
        return {fmt::format("{}()", row.name), fmt::format("cannot be had on Linux: {}", row.unavailable)};
    return {readable_prototype(row), std::string(row.doc)};
}

}  // namespace

const OutlineUse* use_at(const Outline& outline, size_t offset) {
    const OutlineUse* touched = nullptr;
    for (const OutlineUse& use : outline.uses) {
        if (offset >= use.at.begin && offset < use.at.end) return &use;
        // The cursor stands right behind it; a use that begins there comes first.
        if (offset == use.at.end) touched = &use;
    }
    return touched;
}

Word word_at(std::string_view text, size_t offset) {
    size_t begin = std::min(offset, text.size());
    size_t end = begin;
    while (begin > 0 && is_word(text[begin - 1])) --begin;
    while (end < text.size() && is_word(text[end])) ++end;
    return {begin, text.substr(begin, end - begin)};
}

Word tuple_at(std::string_view text, size_t offset) {
    // A line, as a tuple does not go beyond one.
    const size_t newline = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
    const size_t start = newline == std::string_view::npos ? 0 : newline + 1;
    const std::string_view line = text.substr(start, text.find('\n', start) - start);
    for (size_t at = line.find("@@"); at != std::string_view::npos; at = line.find("@@", at + 2)) {
        bool quoted = false;
        size_t end = at;
        for (; end < line.size(); ++end) {
            if (line[end] == '"') quoted = !quoted;
            if (!quoted && std::string_view(" \t\r{,").find(line[end]) != std::string_view::npos) break;
        }
        if (start + at <= offset && offset <= start + end && !ends_in_comment(text.substr(0, start + at)))
            return {start + at, line.substr(at, end - at)};
        at = std::max(at, end - std::min<size_t>(end, 2));
    }
    return {};
}

Said about(const OutlineSymbol& symbol) {
    if (symbol.kind == OutlineKind::clause) return {};
    return {symbol.text, symbol.unit.empty() ? std::string() : fmt::format("unit: {}", symbol.unit)};
}

Said about_word(std::string_view word, std::string_view owner) {
    if (word.empty()) return {};
    if (!owner.empty()) {
        const BuiltinRow* row = find_builtin(owner, word);
        return row == nullptr ? Said() : about_builtin(*row);
    }
    if (const BuiltinRow* row = find_builtin(word, {}); row != nullptr && row->member.empty())
        return about_builtin(*row);
    if (is_builtin(word)) return about_members(word);
    if (const FunctionRow* row = find_function(word)) return about_function(*row);
    for (const ConstantRow& row : constants()) {
        if (row.name == word) return {fmt::format("{} = {}", row.name, row.value), std::string(row.doc)};
    }
    if (const TypeNameRow* row = find_type_name(word)) return {std::string(word), std::string(row->doc)};
    if (const CTypeRow* row = find_c_type(word))
        return {std::string(word), fmt::format("the same as `{}`", row->same_as)};
    for (const KeywordRow& row : keyword_rows) {
        if (row.word == word) return {std::string(word), std::string(row.doc)};
    }
    return {};
}

Said about_tuple(std::string_view tuple) {
    const std::vector<const ProbePointRow*> points = points_of_tuple(tuple, true);
    if (points.empty()) return {};
    // The first row that fits is the one that is taken.
    const ProbePointRow& row = *points.front();
    return {whole_form(row), row.unavailable.empty() ? std::string(row.doc)
                                                     : fmt::format("cannot be had on Linux: {}", row.unavailable)};
}

Json markup(const Said& said, bool markdown) {
    std::string text = markdown ? fmt::format("```probevue\n{}\n```", said.code) : said.code;
    if (!said.doc.empty()) text += (markdown ? "\n\n" : "\n") + said.doc;
    return {{"kind", markdown ? "markdown" : "plaintext"}, {"value", std::move(text)}};
}

}  // namespace probevue::lsp
