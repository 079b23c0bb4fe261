// A script, parsed and checked, with its messages as text.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "compiler/sema/sema.h"
#include "compiler/syntax/syntax.h"

struct Checked {
    probevue::Diagnostics diagnostics;
    probevue::Source source;
    probevue::ast::Script parsed;
    probevue::checked::Script script;

    explicit Checked(std::string text)
        : source(probevue::Source::prepare("t.e", std::move(text), {}, diagnostics)),
          parsed(probevue::parse_script(source, diagnostics)),
          script(probevue::check(parsed, source, {}, diagnostics)) {}

    // "error [what is underlined] text" of each message, in the order of the walk.
    std::vector<std::string> messages() const {
        std::vector<std::string> found;
        for (const probevue::Diagnostic& one : diagnostics.all()) {
            const char* severity = one.severity == probevue::Severity::error ? "error" : "warning";
            found.push_back(std::string(severity) + " [" +
                            source.text().substr(one.span.begin, one.span.end - one.span.begin) + "] " + one.text);
        }
        return found;
    }
    // All of them, one a line; "" when there are none.
    std::string all() const {
        std::string text;
        for (const std::string& one : messages()) text += (text.empty() ? "" : "\n") + one;
        return text;
    }
    std::string hint() const { return diagnostics.all().empty() ? "" : diagnostics.all().front().hint; }
    std::string dump() const { return probevue::dump_types(script); }
    bool dumps(std::string_view line) const { return dump().find(line) != std::string::npos; }

    const probevue::checked::Variable& variable(std::string_view name) const {
        for (const probevue::checked::Variable& one : script.variables) {
            if (one.name == name) return one;
        }
        static const probevue::checked::Variable none;
        return none;
    }
    // Name of a variable's type; "" when there is no such variable.
    std::string type(std::string_view name) const {
        const probevue::TypeRef found = variable(name).type;
        return found == nullptr ? "" : found->name;
    }
};

// A script and all its messages, one a line: which text is underlined, and what is said.
struct MessageRow {
    const char* script;
    const char* messages;
};

inline void check_rows(const std::vector<MessageRow>& rows) {
    for (const MessageRow& row : rows) {
        CAPTURE(row.script);
        CHECK(Checked(row.script).all() == row.messages);
    }
}
