#include <fmt/format.h>

#include "runtime/lsp/features.h"

namespace probevue::lsp {
namespace {

// DiagnosticSeverity
int severity(Severity of) {
    switch (of) {
        case Severity::error:
            return 1;
        case Severity::warning:
            return 2;
        case Severity::note:
            break;
    }
    return 3;
}

bool is_here(const Document& document, const Message& message) { return message.at && message.file == document.name(); }

// What is about another file, a header, stands at the beginning and says where it is.
std::string text_of(const Document& document, const Message& message) {
    std::string out = message.text;
    if (message.at && !is_here(document, message))
        out = fmt::format("{}:{}:{}: {}", message.file, message.at->begin.line, message.at->begin.column, out);
    if (!message.hint.empty()) out += "\nhint: " + message.hint;
    return out;
}

Json range_of(const Document& document, const Message& message) {
    if (!is_here(document, message)) return document.range({0, 0});
    return document.range({message.at->offset, message.at->end_offset});
}

}  // namespace

Json diagnostics(const Document& document, const Analysis& analysis, const ClientAbilities& client) {
    Json list = Json::array();
    for (const Message& message : analysis.said) {
        std::string text = text_of(document, message);
        Json related = Json::array();
        for (const Message& note : message.notes) {
            if (client.related_notes) {
                related.push_back({{"location", {{"uri", document.uri()}, {"range", range_of(document, note)}}},
                                   {"message", text_of(document, note)}});
            } else {
                text += "\nnote: " + text_of(document, note);
            }
        }
        Json one = {{"range", range_of(document, message)},
                    {"severity", severity(message.severity)},
                    {"source", "probevue"},
                    {"message", std::move(text)}};
        if (!related.empty()) one["relatedInformation"] = std::move(related);
        list.push_back(std::move(one));
    }
    Json out = {{"uri", document.uri()}, {"diagnostics", std::move(list)}};
    if (document.version()) out["version"] = *document.version();
    return out;
}

}  // namespace probevue::lsp
