// Names of the script: where they are made, where they are used, and all of them.
#include <algorithm>
#include <map>
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

// Those that stand in the script, by their place.
std::vector<uint32_t> in_order(const Outline& outline) {
    std::vector<uint32_t> numbers;
    for (uint32_t i = 0; i < outline.symbols.size(); ++i) {
        if (outline.symbols[i].whole) numbers.push_back(i);
    }
    std::stable_sort(numbers.begin(), numbers.end(), [&](uint32_t a, uint32_t b) {
        return outline.symbols[a].whole->begin < outline.symbols[b].whole->begin;
    });
    return numbers;
}

Json flat(const Asked& asked, const Outline& outline) {
    Json out = Json::array();
    for (const uint32_t number : in_order(outline)) {
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

class Tree {
public:
    explicit Tree(const Asked& asked) : asked_(asked) {
        for (const uint32_t number : in_order(asked.analysis.outline)) {
            const std::optional<uint32_t> parent = asked.analysis.outline.symbols[number].parent;
            (parent ? children_[*parent] : roots_).push_back(number);
        }
    }
    Json run() const { return list(roots_); }

private:
    Json list(const std::vector<uint32_t>& numbers) const {
        Json out = Json::array();
        for (const uint32_t number : numbers) {
            const OutlineSymbol& symbol = asked_.analysis.outline.symbols[number];
            Json one = {{"name", symbol.name},
                        {"kind", symbol_kind(symbol.kind)},
                        {"range", asked_.document.range(*symbol.whole)},
                        {"selectionRange", asked_.document.range(symbol.name_at)}};
            if (symbol.kind != OutlineKind::clause) one["detail"] = symbol.text;
            const auto inner = children_.find(number);
            if (inner != children_.end()) {
                one["children"] = list(inner->second);
            } else if (holds_others(symbol.kind)) {
                one["children"] = Json::array();
            }
            out.push_back(std::move(one));
        }
        return out;
    }

    const Asked& asked_;
    std::vector<uint32_t> roots_;
    std::map<uint32_t, std::vector<uint32_t>> children_;  // by their parent
};

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
    return asked.client.symbol_tree ? Tree(asked).run() : flat(asked, outline);
}

}  // namespace probevue::lsp
