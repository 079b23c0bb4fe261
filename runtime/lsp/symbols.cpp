// Names of the script: where they are made, where they are used, and all of them.
#include <algorithm>
#include <optional>
#include <vector>

#include "runtime/lsp/features.h"
#include "runtime/lsp/words.h"

namespace probevue::lsp {
namespace {

// SymbolKind of the protocol.
int symbol_kind(OutlineKind kind) {
    switch (kind) {
        case OutlineKind::clause:
            return 24;  // Event
        case OutlineKind::variable:
            return 13;  // Variable
        case OutlineKind::array:
            return 18;  // Array
        case OutlineKind::list:
        case OutlineKind::range:
            return 13;
        case OutlineKind::structure:
            return 23;  // Struct
        case OutlineKind::enumeration:
            return 10;  // Enum
        case OutlineKind::enumerator:
            return 22;  // EnumMember
        case OutlineKind::type:
            return 5;  // Class
        case OutlineKind::function:
            return 12;  // Function
        case OutlineKind::member:
            return 8;  // Field
    }
    return 13;
}

Json location(const Asked& asked, TextRange range) {
    return {{"uri", asked.document.uri()}, {"range", asked.document.range(range)}};
}

bool is_definition(const OutlineSymbol& symbol, const OutlineUse& use) {
    return symbol.whole && symbol.name_at.begin == use.at.begin && symbol.name_at.end == use.at.end;
}

// Those that stand in the script and are in this one, by their place. Of all without `in`.
std::vector<uint32_t> in_order(const Outline& outline, const std::optional<std::optional<uint32_t>>& in) {
    std::vector<uint32_t> numbers;
    for (uint32_t i = 0; i < outline.symbols.size(); ++i) {
        if (outline.symbols[i].whole && (!in || outline.symbols[i].parent == *in)) numbers.push_back(i);
    }
    std::stable_sort(numbers.begin(), numbers.end(), [&](uint32_t a, uint32_t b) {
        return outline.symbols[a].whole->begin < outline.symbols[b].whole->begin;
    });
    return numbers;
}

Json flat(const Asked& asked, const Outline& outline) {
    Json out = Json::array();
    for (const uint32_t number : in_order(outline, std::nullopt)) {
        const OutlineSymbol& symbol = outline.symbols[number];
        Json one = {
            {"name", symbol.name}, {"kind", symbol_kind(symbol.kind)}, {"location", location(asked, *symbol.whole)}};
        if (symbol.parent) one["containerName"] = outline.symbols[*symbol.parent].name;
        out.push_back(std::move(one));
    }
    return out;
}

// What has children: a clause, a structure, an enumeration.
bool holds_others(OutlineKind kind) {
    return kind == OutlineKind::clause || kind == OutlineKind::structure || kind == OutlineKind::enumeration;
}

Json tree(const Asked& asked, const Outline& outline, std::optional<uint32_t> parent) {
    Json out = Json::array();
    for (const uint32_t number : in_order(outline, std::optional(parent))) {
        const OutlineSymbol& symbol = outline.symbols[number];
        Json one = {{"name", symbol.name},
                    {"kind", symbol_kind(symbol.kind)},
                    {"range", asked.document.range(*symbol.whole)},
                    {"selectionRange", asked.document.range(symbol.name_at)}};
        if (symbol.kind != OutlineKind::clause) one["detail"] = symbol.text;
        if (holds_others(symbol.kind)) one["children"] = tree(asked, outline, number);
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace

Json definition(const Asked& asked) {
    const Outline& outline = asked.analysis.outline;
    const OutlineUse* use = use_at(outline, asked.offset());
    if (use == nullptr || !outline.symbols[use->symbol].whole) return nullptr;
    return location(asked, outline.symbols[use->symbol].name_at);
}

Json references(const Asked& asked) {
    const Json* context = find(asked.params, "context");
    const Json* wanted = context == nullptr ? nullptr : find(*context, "includeDeclaration");
    const bool with_definition = wanted != nullptr && wanted->is_boolean() && wanted->get<bool>();
    const Outline& outline = asked.analysis.outline;
    const OutlineUse* use = use_at(outline, asked.offset());
    if (use == nullptr) return nullptr;
    Json out = Json::array();
    for (const OutlineUse& one : outline.uses) {
        if (one.symbol != use->symbol) continue;
        if (with_definition || !is_definition(outline.symbols[one.symbol], one)) out.push_back(location(asked, one.at));
    }
    return out;
}

Json highlights(const Asked& asked) {
    const Outline& outline = asked.analysis.outline;
    const OutlineUse* use = use_at(outline, asked.offset());
    if (use == nullptr) return nullptr;
    Json out = Json::array();
    for (const OutlineUse& one : outline.uses) {
        if (one.symbol == use->symbol) out.push_back({{"range", asked.document.range(one.at)}});
    }
    return out;
}

Json document_symbols(const Asked& asked) {
    const Outline& outline = asked.analysis.outline;
    return asked.client.symbol_tree ? tree(asked, outline, std::nullopt) : flat(asked, outline);
}

}  // namespace probevue::lsp
