// Clauses and statements, of the syntax tree. Within a clause its tuples are resolved first: what may be read depends
// on them.
#include <algorithm>
#include <set>

#include "builtins/base/text.h"
#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

Checker::Checker(checked::Script& out, const Source& source, const CheckOptions& options, Diagnostics& diagnostics,
                 Plan& plan, Hosts& hosts)
    : out_(out), source_(source), options_(options), diagnostics_(diagnostics), plan_(plan), hosts_(hosts) {}

void Checker::lacks(Span span, std::string text, std::string hint) {
    if (!options_.incomplete) error(span, std::move(text), std::move(hint));
}

// Positions of headers are none of the script's.
void Checker::error(Span span, std::string text, std::string hint) {
    if (in_header_) {
        diagnostics_.error({0, 0}, "in a header of -I: " + text, std::move(hint));
    } else {
        diagnostics_.error(span, std::move(text), std::move(hint));
    }
}

void Checker::warning(Span span, std::string text, std::string hint) {
    if (!in_header_) diagnostics_.warning(span, std::move(text), std::move(hint));
}

void Checker::run(const ast::Script& script) {
    in_header_ = true;
    for (const std::vector<ast::Declaration>* header : options_.headers) {
        for (const ast::Declaration& declaration : *header) declare(declaration, nullptr);
    }
    in_header_ = false;
    for (const auto& item : script.items) {
        if (const auto* declaration = std::get_if<ast::Declaration>(&item))
            outside(*declaration);
        else
            clause(std::get<ast::Clause>(item));
    }
    finish();
}

// `__list l;` acts as if it stood in @@BEGIN, wherever it is (AIX: probevue_var_list).
bool Checker::stands_anywhere(const ast::Declaration& declaration) {
    return declaration.type.kind == ast::TypeSpec::Kind::named && declaration.type.name == "__list";
}

// Variables are declared before the first clause; prototypes and types stand where they are needed.
void Checker::outside(const ast::Declaration& declaration) {
    const bool makes_variables = !declaration.is_typedef &&
                                 std::any_of(declaration.declarators.begin(), declaration.declarators.end(),
                                             [](const ast::Declarator& declarator) { return !declarator.is_function; });
    if (seen_clause_ && makes_variables && !stands_anywhere(declaration)) {
        error(declaration.span, "outside clauses, variables are declared before the first clause",
              "move it up, or into a clause");
    }
    declare(declaration, nullptr);
}

void Checker::clause(const ast::Clause& written) {
    seen_clause_ = true;
    automatics_.clear();
    checked::Clause checked_clause;
    checked_clause.span = written.span;
    clause_index_ = static_cast<uint32_t>(out_.clauses.size());
    clause_ = &checked_clause;
    probes_ = {};
    probes_known_ = true;
    nobody_told_ = false;
    for (const ast::ProbeTuple& tuple : written.tuples) {
        if (std::optional<ProbeRequest> request = probe(tuple)) {
            probes_ = probes_ | request->kind;
            checked_clause.probes.push_back(std::move(*request));
        } else {
            // What may be read depends on all tuples: with one that is wrong nothing is said about it.
            probes_known_ = false;
        }
    }
    if (written.predicate != nullptr) predicate(written, checked_clause);
    block(written.body, checked_clause.body, true);
    checked_clause.prototype = prototype_text(checked_clause);
    clause_ = nullptr;
    out_.clauses.push_back(std::move(checked_clause));
}

void Checker::predicate(const ast::Clause& written, checked::Clause& out) {
    in_predicate_ = true;
    out.predicate = condition(*written.predicate);
    in_predicate_ = false;
}

void Checker::block(const ast::Block& written, checked::Block& out, bool outermost) {
    bool executable = false;
    for (const ast::Stmt& inner : written.statements) {
        const auto* declared = std::get_if<ast::DeclStmt>(&inner.node);
        if (declared == nullptr) {
            const auto* expr = std::get_if<ast::ExprStmt>(&inner.node);
            executable = executable || expr == nullptr || expr->expr != nullptr;
            statement(inner, out);
            continue;
        }
        if (stands_anywhere(declared->declaration)) {
            declare(declared->declaration, &out);
            continue;
        }
        if (!outermost) {
            lacks(inner.span, "declarations stand in the outermost block of a clause only",
                  "move it to the beginning of the clause");
        } else if (executable) {
            lacks(inner.span, "declarations stand before the first statement of a clause",
                  "move it to the beginning of the clause");
        }
        declare(declared->declaration, &out);
    }
}

void Checker::statement(const ast::Stmt& written, checked::Block& out) {
    if (const auto* expression = std::get_if<ast::ExprStmt>(&written.node)) {
        if (expression->expr != nullptr) expression_statement(*expression->expr, written.span, out);
    } else if (const auto* branch = std::get_if<ast::IfStmt>(&written.node)) {
        if_statement(*branch, written.span, out);
    } else if (std::holds_alternative<ast::ReturnStmt>(written.node)) {
        out.statements.push_back({checked::ReturnStmt{}, written.span});
    } else if (const auto* inner = std::get_if<ast::Block>(&written.node)) {
        checked::Block inside;
        block(*inner, inside, false);
        out.statements.push_back({std::move(inside), written.span});
    } else if (const auto* declared = std::get_if<ast::DeclStmt>(&written.node)) {
        lacks(written.span, "declarations stand in the outermost block of a clause only",
              "move it to the beginning of the clause");
        declare(declared->declaration, &out);
    }
}

void Checker::expression_statement(const ast::Expr& written, Span span, checked::Block& out) {
    ExprPtr checked_expr = expr(written);
    if (checked_expr == nullptr) return;
    warn_without_effect(written);
    out.statements.push_back({checked::ExprStmt{std::move(checked_expr)}, span});
}

void Checker::warn_without_effect(const ast::Expr& written) {
    const auto* binary = std::get_if<ast::Binary>(&written.node);
    const auto* unary = std::get_if<ast::Unary>(&written.node);
    const bool steps =
        unary != nullptr && (unary->op == ast::UnaryOp::pre_increment || unary->op == ast::UnaryOp::pre_decrement ||
                             unary->op == ast::UnaryOp::post_increment || unary->op == ast::UnaryOp::post_decrement);
    const bool conditional =
        std::holds_alternative<ast::Conditional>(written.node) ||
        (binary != nullptr && (binary->op == ast::BinaryOp::logical_and || binary->op == ast::BinaryOp::logical_or));
    if (steps || conditional || std::holds_alternative<ast::Assign>(written.node) ||
        std::holds_alternative<ast::Call>(written.node))
        return;
    warning(written.span, "this statement has no effect",
            binary != nullptr && binary->op == ast::BinaryOp::eq ? "write `=` to assign" : "");
}

void Checker::if_statement(const ast::IfStmt& written, Span span, checked::Block& out) {
    checked::IfStmt branch;
    branch.condition = condition(*written.condition);
    const auto body = [&](const std::unique_ptr<ast::Stmt>& from, checked::Block& to) {
        if (from == nullptr) return;
        if (const auto* inner = std::get_if<ast::Block>(&from->node))
            block(*inner, to, false);
        else
            statement(*from, to);
    };
    body(written.then, branch.then);
    body(written.otherwise, branch.otherwise);
    if (branch.condition == nullptr) return;
    out.statements.push_back({std::move(branch), span});
}

// A counter that is counted in and never read, beside a variable of nearly the same name that is: mistyped.
void Checker::warn_mistyped_counters() {
    std::vector<std::string_view> read;
    for (const auto& [name, symbol] : globals_) {
        if (symbol.kind != Symbol::Kind::variable || infos_[symbol.id].uses != 0) read.push_back(name);
    }
    for (size_t i = 0; i < infos_.size(); ++i) {
        if (infos_[i].counts_from.end == 0 || infos_[i].uses != 0) continue;
        const std::string hint = did_you_mean(out_.variables[i].name, read);
        if (!hint.empty())
            warning(infos_[i].counts_from, shown(out_.variables[i].name) + " is new here and counts from 0", hint);
    }
}

// Distributions and counts of different values that nothing is ever added to: each number of theirs would be 0.
void Checker::warn_uncounted() {
    for (const checked::AssociativeArray& array : out_.arrays) {
        const bool dist = array.value != nullptr && array.value->kind == TypeKind::dist;
        const bool distinct = array.value != nullptr && array.value->kind == TypeKind::distinct;
        if ((!dist && !distinct) || array.counted) continue;
        std::vector<std::string_view> names;
        for (const checked::AssociativeArray& other : out_.arrays) {
            if (other.counted) names.push_back(other.name);
        }
        std::string hint = did_you_mean(array.name, names);
        if (hint.empty())
            hint = dist ? "add_dist(" + array.name + ", value) does" : "add_distinct(" + array.name + ", value) does";
        lacks(array.declared, "nothing is ever counted in " + shown(array.name), std::move(hint));
    }
}

// What can only be said at the end of the script.
void Checker::finish() {
    warn_mistyped_counters();
    std::set<uint32_t> said;
    for (const Pending& pending : pending_) {
        const checked::AssociativeArray& array = out_.arrays[pending.array];
        if (array.has_dimensions() && array.value != nullptr) {
            plan_.mark_changed();  // the next walk knows from the beginning
            continue;
        }
        // What would have said it stands in an expression with an error.
        const bool unsure = unsure_arrays_.contains(pending.array) && diagnostics_.has_errors();
        if (unsure || !said.insert(pending.array).second) continue;
        std::vector<std::string_view> names = names_in_scope();
        names.erase(std::remove(names.begin(), names.end(), array.name), names.end());
        const std::string hint = did_you_mean(array.name, names);
        if (!array.has_dimensions()) {
            lacks(pending.span, "there is no associative array " + shown(array.name),
                  hint.empty() ? "one is made by storing into it: " + array.name + "[key] = value" : hint);
        } else {
            lacks(pending.span, "nothing is ever stored in the associative array " + shown(array.name),
                  hint.empty() ? "store into it: " + array.name + "[key] = value" : hint);
        }
    }
    warn_uncounted();
    if (!initializers_.statements.empty()) {
        checked::Clause begin;
        // Initial values of declarations are assigned in a @@BEGIN of their own, before those of the script.
        begin.span = first_initializer_;
        for (const ProbePointRow& row : probe_points()) {
            if (row.kind != ProbeKind::begin) continue;
            ProbeRequest request;
            request.kind = row.kind;
            request.point = &row;
            request.text = row.form;
            request.position = position(first_initializer_.begin);
            begin.probes.push_back(std::move(request));
        }
        begin.body = std::move(initializers_);
        out_.clauses.insert(out_.clauses.begin(), std::move(begin));
        for (checked::Variable& variable : out_.variables) {
            // All other clauses have moved back by one.
            if (variable.storage == checked::VariableClass::automatic) ++variable.clause;
        }
    }
    for (checked::Variable& variable : out_.variables) {
        if (variable.type == nullptr) variable.type = int_type();  // declared without a type and never used
    }
    if (!seen_clause_ && !options_.may_lack_clauses && !options_.incomplete && !diagnostics_.has_errors()) {
        error({0, 0}, "the script has no clause", "write one, such as: @@BEGIN { printf(\"hello\\n\"); }");
    }
}

}  // namespace probevue::sema
