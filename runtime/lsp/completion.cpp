// The completion of the interactive session, on a script: the same tables, the script's own names.
#include <algorithm>
#include <map>

#include "builtins/giving.h"
#include "runtime/list/complete.h"
#include "runtime/list/script_text.h"
#include "runtime/lsp/features.h"
#include "runtime/lsp/words.h"
#include "runtime/probes/tracepoint_types.h"

namespace probevue::lsp {
namespace {

// CompletionItemKind of the protocol.
enum class ItemKind : int {
    text = 1,
    function = 3,
    field = 5,
    variable = 6,
    keyword = 14,
    enum_member = 20,
    constant = 21,
    structure = 22,
    event = 23,
};

ItemKind kind_of(OutlineKind kind) {
    switch (kind) {
        case OutlineKind::function:
            return ItemKind::function;
        case OutlineKind::structure:
        case OutlineKind::enumeration:
        case OutlineKind::type:
            return ItemKind::structure;
        case OutlineKind::enumerator:
            return ItemKind::enum_member;
        case OutlineKind::member:
            return ItemKind::field;
        default:
            return ItemKind::variable;
    }
}

ItemKind kind_of(std::string_view word, const std::vector<std::string>& keywords) {
    const std::vector<TextRun> runs = text_runs(word, keywords);
    switch (runs.empty() ? TextKind::plain : runs.front().kind) {
        case TextKind::function:
            return ItemKind::function;
        case TextKind::builtin:
            return ItemKind::variable;
        case TextKind::constant:
            return ItemKind::constant;
        case TextKind::type:
            return ItemKind::structure;
        case TextKind::keyword:
            return ItemKind::keyword;
        default:
            return ItemKind::text;
    }
}

// Names of the script that may stand there: automatic variables in their clause only.
std::vector<const OutlineSymbol*> names_at(const Outline& outline, size_t offset) {
    std::vector<const OutlineSymbol*> out;
    for (const OutlineSymbol& symbol : outline.symbols) {
        if (symbol.kind == OutlineKind::clause || symbol.kind == OutlineKind::member) continue;
        const bool of_clause = symbol.parent && outline.symbols[*symbol.parent].kind == OutlineKind::clause;
        const std::optional<TextRange> clause = of_clause ? outline.symbols[*symbol.parent].whole : std::nullopt;
        if (!of_clause || (clause && offset >= clause->begin && offset <= clause->end)) out.push_back(&symbol);
    }
    return out;
}

class Items {
public:
    Items(const Asked& asked, TextRange range)
        : asked_(asked), range_(asked.document.range(range)), behind_(asked.document.text().substr(range.end)) {}

    void add(const std::string& candidate, ItemKind kind, const Said& said) {
        std::string label = candidate;
        while (label.ends_with('(') || label.ends_with(':') || label.ends_with("->"))
            label.resize(label.size() - (label.ends_with("->") ? 2 : 1));
        if (label.empty()) label = candidate;
        // What stands behind the cursor already is not written twice.
        const bool there = candidate.size() > label.size() && behind_.starts_with(candidate.substr(label.size()));
        Json item = {{"label", label},
                     {"kind", static_cast<int>(kind)},
                     {"filterText", candidate},
                     {"textEdit", {{"range", range_}, {"newText", there ? label : candidate}}}};
        if (!said.code.empty()) item["detail"] = said.code;
        if (!said.doc.empty()) {
            if (asked_.client.markdown_items) {
                item["documentation"] = {{"kind", "markdown"}, {"value", said.doc}};
            } else {
                item["documentation"] = said.doc;
            }
        }
        list_.push_back(std::move(item));
    }
    Json take() { return std::move(list_); }

private:
    const Asked& asked_;
    Json range_;
    std::string_view behind_;
    Json list_ = Json::array();
};

// Behind `->` or `.`: the name of what the members are of.
std::string_view owner_before(std::string_view text, size_t begin) {
    const std::string_view before = text.substr(0, begin);
    const size_t link = before.ends_with("->") ? 2 : before.ends_with('.') ? 1 : 0;
    return link == 0 ? std::string_view() : word_at(before.substr(0, begin - link), begin - link).text;
}

// Of a variable of the script whose type is a structure of it.
void add_members(const Outline& outline, std::string_view owner, std::string_view begun, Items& to) {
    for (const OutlineSymbol& variable : outline.symbols) {
        if (variable.name != owner || variable.type.empty()) continue;
        for (const OutlineSymbol& member : outline.symbols) {
            if (member.kind != OutlineKind::member || !member.parent || !member.name.starts_with(begun)) continue;
            const std::string& tag = outline.symbols[*member.parent].name;
            const std::string_view type = variable.type;
            if (type == "struct " + tag || type == "union " + tag || type.starts_with("struct " + tag + " *"))
                to.add(member.name, ItemKind::field, about(member));
        }
    }
}

// What a tuple becomes with the candidate; said only where that is one probe point.
Said about_begun(std::string_view begun, std::string_view candidate) {
    std::string tuple = std::string(begun) + std::string(candidate);
    while (tuple.ends_with(':')) tuple.pop_back();
    if (!tuple.starts_with("@@")) return {};
    const std::vector<const ProbePointRow*> points = points_of_tuple(tuple, false);
    return points.size() == 1 ? Said{whole_form(*points.front()), std::string(points.front()->doc)} : Said();
}

CompletionWords words_for(const Asked& asked, const std::vector<const OutlineSymbol*>& names) {
    CompletionWords words{};
    words.keywords = language_keywords();
    for (const OutlineSymbol* name : names) words.variables.push_back(name->name);
    words.members = [&asked](std::string_view tracepoint, uint32_t argument, std::span<const std::string_view> path) {
        return tracepoint_members(asked.checker.kernel(), tracepoint, argument, path);
    };
    return words;
}

}  // namespace

Json completion(const Asked& asked) {
    const size_t offset = asked.offset();
    const std::string_view before = asked.document.text().substr(0, offset);
    if (ends_in_comment(before)) return Json::array();
    const Outline& outline = asked.analysis.outline;
    const std::vector<const OutlineSymbol*> names = names_at(outline, offset);
    const CompletionWords words = words_for(asked, names);
    const Word tuple = tuple_at(before, offset);
    const bool in_tuple = !tuple.text.empty();
    if (!in_tuple && ends_in_quotes(before)) return Json::array();
    const Completion found = complete(before, offset, words);
    const size_t begin = std::min(found.candidates.empty() ? word_at(before, offset).begin : found.begin, offset);
    Items items(asked, {static_cast<uint32_t>(begin), static_cast<uint32_t>(offset)});
    const std::string_view owner = owner_before(before, begin);
    std::map<std::string_view, const OutlineSymbol*> by_name;
    for (const OutlineSymbol* name : names) by_name.emplace(name->name, name);
    for (const std::string& candidate : found.candidates) {
        if (in_tuple || candidate.starts_with("@@")) {
            items.add(candidate, ItemKind::event,
                      about_begun(before.substr(tuple.begin, begin - tuple.begin), candidate));
            continue;
        }
        const auto own = by_name.find(candidate);
        if (own != by_name.end()) {
            items.add(candidate, kind_of(own->second->kind), about(*own->second));
            continue;
        }
        const std::string_view word = word_at(candidate, 0).text;
        const ItemKind kind = owner.empty() ? kind_of(word, words.keywords) : ItemKind::field;
        items.add(candidate, kind, about_word(word, owner));
    }
    if (!owner.empty() && found.candidates.empty()) add_members(outline, owner, before.substr(begin), items);
    return items.take();
}

}  // namespace probevue::lsp
