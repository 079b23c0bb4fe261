#include "compiler/sema/at_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "compiler/sema/format.h"

namespace probevue {
namespace {

// Clauses that run at a time of their own have nothing to count.
bool is_on_events(const ast::Clause& clause) {
    constexpr std::string_view own[] = {"BEGIN", "END", "interval"};
    return std::none_of(clause.tuples.begin(), clause.tuples.end(), [&](const ast::ProbeTuple& tuple) {
        return tuple.fields.empty() ||
               std::find(std::begin(own), std::end(own), tuple.fields.front().text) != std::end(own);
    });
}

bool counts(const ast::Clause& clause) { return clause.body.statements.empty() && is_on_events(clause); }

// A name for the counter of a clause, by its number among those that count.
std::string counter(size_t number, const checked::Script& checked) {
    std::string name = fmt::format("clause_{}", number);
    const auto taken = [&](const auto& all) {
        return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    };
    // The script may have the name already; its variable must not be counted in.
    while (taken(checked.variables) || taken(checked.arrays) || taken(checked.lists) || taken(checked.ranges))
        name += '_';
    return name;
}

// As a quoted text of the language, on one line.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c == '\n' || c == '\t' ? ' ' : c;
    }
    return out + '"';
}

std::string tuples_of(const ast::Clause& clause, const Source& source) {
    std::string out;
    for (const ast::ProbeTuple& tuple : clause.tuples) {
        const Span span = tuple.span;
        out += (out.empty() ? "" : ", ") + std::string(source.text().substr(span.begin, span.end - span.begin));
    }
    return out;
}

// The names in what printf and trace print.
std::set<std::string, std::less<>> names_in_records(const checked::Script& checked) {
    const auto is_of_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    std::set<std::string, std::less<>> out;
    for (const RecordLayout& record : checked.records) {
        for (const std::string& text : record.names) {
            for (auto at = text.begin(); at != text.end();) {
                at = std::find_if(at, text.end(), is_of_name);
                const auto end = std::find_if_not(at, text.end(), is_of_name);
                out.emplace(at, end);
                at = end;
            }
        }
    }
    return out;
}

}  // namespace

void count_empty_clauses(ast::Script& script, const checked::Script& checked) {
    size_t number = 0;
    for (auto& item : script.items) {
        auto* clause = std::get_if<ast::Clause>(&item);
        if (clause == nullptr || !counts(*clause)) continue;
        const auto expression = [&](auto node) {
            auto out = std::make_unique<ast::Expr>();
            out->node = std::move(node);
            out->span = clause->body.span;
            return out;
        };
        auto name = expression(ast::Name{ast::StorageClass::none, counter(++number, checked)});
        ast::Stmt step;
        step.node = ast::ExprStmt{expression(ast::Unary{ast::UnaryOp::post_increment, std::move(name)})};
        step.span = clause->body.span;
        clause->body.statements.push_back(std::move(step));
    }
}

std::string end_clause(const ast::Script& script, const checked::Script& checked, const Source& source,
                       bool unprinted) {
    if (checked.prints && !unprinted) return {};
    const std::set<std::string, std::less<>> printed = names_in_records(checked);
    std::string out;
    size_t number = 0;
    for (const auto& item : script.items) {
        const auto* clause = std::get_if<ast::Clause>(&item);
        if (clause == nullptr || !counts(*clause)) continue;
        out += fmt::format(" printf(\"%lld  %s\\n\", {}, {});", counter(++number, checked),
                           quoted(tuples_of(*clause, source)));
    }
    for (const checked::Variable& variable : checked.variables) {
        if (variable.storage != checked::VariableClass::global || variable.type == nullptr) continue;
        if (printed.contains(variable.name)) continue;
        const std::string_view conversion = sema::natural_conversion(variable.type);
        if (!conversion.empty()) out += fmt::format(" printf(\"{0} = %{1}\\n\", {0});", variable.name, conversion);
    }
    for (const checked::ListVariable& list : checked.lists) {
        if (printed.contains(list.name)) continue;
        out += fmt::format(
            " printf(\"{0} = count=%lld sum=%lld avg=%lld min=%lld max=%lld\\n\", count({0}), sum({0}), avg({0}), "
            "min({0}), max({0}));",
            list.name);
    }
    for (const checked::AssociativeArray& array : checked.arrays) {
        if (!array.printed) out += fmt::format(" print({});", array.name);
    }
    return out.empty() ? out : "\n@@END {" + out + " }\n";
}

}  // namespace probevue
