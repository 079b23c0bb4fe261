// The call that the cursor is in: its prototype, and which argument is written.
#include <algorithm>
#include <optional>
#include <vector>

#include "builtins/base/text.h"
#include "builtins/describe.h"
#include "builtins/function.h"
#include "runtime/list/script_text.h"
#include "runtime/lsp/features.h"
#include "runtime/lsp/words.h"

namespace probevue::lsp {
namespace {

struct OpenCall {
    std::string_view function;  // empty: a bracket that is none of a call
    uint32_t argument = 0;      // from 0
};

// What is open at the end of the text.
std::optional<OpenCall> open_call(std::string_view text) {
    std::vector<OpenCall> open;
    for (const TextRun& run : text_runs(text, {})) {
        if (run.kind != TextKind::plain) continue;
        for (size_t at = run.begin; at < run.end; ++at) {
            const char c = text[at];
            if (c == '(' || c == '[') {
                const std::string_view before = trim(text.substr(0, at));
                open.push_back({c == '(' ? word_at(before, before.size()).text : std::string_view()});
            } else if ((c == ')' || c == ']') && !open.empty()) {
                open.pop_back();
            } else if (c == ';' || c == '{' || c == '}') {
                open.clear();
            } else if (c == ',' && !open.empty()) {
                ++open.back().argument;
            }
        }
    }
    const auto call =
        std::find_if(open.rbegin(), open.rend(), [](const OpenCall& one) { return !one.function.empty(); });
    return call == open.rend() ? std::nullopt : std::optional(*call);
}

struct Parts {
    std::vector<TextRange> parameters;
    bool repeats = false;  // the last one may come any number of times
};

// Between the brackets of a prototype.
Parts parts_of(std::string_view prototype) {
    Parts out;
    const size_t open = prototype.find('(');
    const size_t close = prototype.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close <= open) return out;
    size_t begin = open + 1;
    const auto take = [&](size_t end) {
        const std::string_view part = trim(prototype.substr(begin, end - begin));
        if (part.empty() || part == "void") return;
        const auto at = static_cast<uint32_t>(part.data() - prototype.data());
        out.parameters.push_back({at, at + static_cast<uint32_t>(part.size())});
        out.repeats = part.find("...") != std::string_view::npos;
    };
    for (size_t at = begin; at < close; ++at) {
        if (prototype[at] != ',') continue;
        take(at);
        begin = at + 1;
    }
    take(close);
    return out;
}

Said said_of(const Outline& outline, std::string_view function) {
    for (const OutlineSymbol& symbol : outline.symbols) {
        if (symbol.kind == OutlineKind::function && symbol.name == function) return {symbol.text, ""};
    }
    const FunctionRow* row = find_function(function);
    if (row == nullptr || !row->unavailable.empty()) return {};
    return {readable_prototype(*row), std::string(row->doc)};
}

}  // namespace

Json signature_help(const Asked& asked) {
    const std::string_view before = asked.document.text().substr(0, asked.offset());
    if (ends_in_comment(before)) return nullptr;
    const std::optional<OpenCall> call = open_call(before.substr(clause_around(before)));
    const Said said = call ? said_of(asked.analysis.outline, call->function) : Said();
    if (said.code.empty()) return nullptr;
    const Parts parts = parts_of(said.code);
    Json parameters = Json::array();
    for (const TextRange& range : parts.parameters) {
        if (asked.client.label_offsets) {
            parameters.push_back({{"label", {range.begin, range.end}}});
        } else {
            parameters.push_back({{"label", said.code.substr(range.begin, range.end - range.begin)}});
        }
    }
    uint32_t active = call->argument;
    if (parts.repeats) active = std::min(active, static_cast<uint32_t>(parts.parameters.size()) - 1);
    Json signature = {{"label", said.code}, {"parameters", std::move(parameters)}};
    if (!said.doc.empty()) {
        if (asked.client.markdown_items) {
            signature["documentation"] = {{"kind", "markdown"}, {"value", said.doc}};
        } else {
            signature["documentation"] = said.doc;
        }
    }
    return {{"signatures", Json::array({std::move(signature)})}, {"activeSignature", 0}, {"activeParameter", active}};
}

}  // namespace probevue::lsp
