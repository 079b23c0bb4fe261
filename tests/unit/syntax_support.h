// A script, parsed, with its messages as text.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "compiler/diag/diag.h"
#include "compiler/syntax/syntax.h"

struct Parsed {
    probevue::Diagnostics diagnostics;
    probevue::Source source;
    probevue::ast::Script script;

    explicit Parsed(std::string raw, const std::vector<std::string>& type_names = {})
        : source(probevue::Source::prepare("t.e", std::move(raw), {}, diagnostics)),
          script(probevue::parse_script(source, diagnostics, type_names)) {}

    // "line:column text" of each error, in text order.
    std::vector<std::string> errors() const {
        std::vector<std::string> found;
        std::vector<probevue::Diagnostic> all = diagnostics.all();
        std::stable_sort(all.begin(), all.end(),
                         [](const auto& a, const auto& b) { return a.span.begin < b.span.begin; });
        for (const probevue::Diagnostic& one : all) {
            if (one.severity != probevue::Severity::error) continue;
            const probevue::Location at = source.location(one.span.begin);
            found.push_back(std::to_string(at.line) + ":" + std::to_string(at.column) + " " + one.text);
        }
        return found;
    }
    std::string error() const { return errors().empty() ? "" : errors().front(); }
    std::string hint() const { return diagnostics.all().empty() ? "" : diagnostics.all().front().hint; }
    std::string dump() const { return probevue::dump_ast(script); }
};

// One statement or declaration inside a clause.
inline std::string in_clause(const std::string& text) {
    const Parsed parsed("@@BEGIN { " + text + " }");
    if (!parsed.errors().empty()) return "error: " + parsed.error();
    const std::string dump = parsed.dump();
    const std::string head = "(clause\n  (probe BEGIN)\n  ";
    return dump.substr(head.size(), dump.size() - head.size() - 2);
}
