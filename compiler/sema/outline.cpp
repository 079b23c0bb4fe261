#include "compiler/sema/outline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>
#include <utility>
#include <variant>

#include "builtins/unit.h"

namespace probevue {
namespace {

using Index = uint32_t;

std::string_view class_of(checked::VariableClass storage) {
    switch (storage) {
        case checked::VariableClass::automatic:
            return "automatic";
        case checked::VariableClass::thread:
            return "thread";
        case checked::VariableClass::kernel:
            return "kernel";
        case checked::VariableClass::global:
            break;
    }
    return "global";
}

std::string type_name(TypeRef type) { return type == nullptr ? std::string() : type->name; }

std::string text_of(const checked::AssociativeArray& array) {
    const std::string value = type_name(array.value);
    std::string out = fmt::format("{}{}{}", value, value.empty() ? "" : " ", array.name);
    for (const TypeRef key : array.keys) out += fmt::format("[{}]", key == nullptr ? "?" : key->name);
    return out;
}

// First what the checker knows of the names, then a walk over the tree for the places where they stand.
class OutlineMaker {
public:
    OutlineMaker(const checked::Script& script, const Source& source) : script_(script), source_(source) {}

    Outline run(const ast::Script& tree) {
        take_clauses(tree);
        take_checked();
        for (const auto& item : tree.items) {
            if (const auto* declaration = std::get_if<ast::Declaration>(&item)) this->declaration(*declaration);
        }
        Index number = 0;
        for (const auto& item : tree.items) {
            const auto* clause = std::get_if<ast::Clause>(&item);
            if (clause == nullptr) continue;
            clause_ = number++;
            tuples(*clause);
            if (clause->predicate) expression(*clause->predicate);
            block(clause->body);
        }
        std::stable_sort(out_.uses.begin(), out_.uses.end(),
                         [](const OutlineUse& a, const OutlineUse& b) { return a.at.begin < b.at.begin; });
        return std::move(out_);
    }

private:
    // Names of one kind of scope: variables of the script, those of a clause, functions, tags, types, members.
    using Key = std::pair<std::string, std::string>;

    TextRange range(Span span) const {
        const uint32_t begin = source_.raw_offset(span.begin);
        return {begin + source_.mark(), std::max(begin, source_.raw_end(span.end)) + source_.mark()};
    }
    // On one line, and not longer than anybody reads.
    std::string written(Span span) const {
        constexpr uint32_t most = 400;
        std::string out;
        for (const char c : source_.text().substr(span.begin, std::min(span.end - span.begin, most))) {
            const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
            if (!blank) out += c;
            if (blank && !out.empty() && out.back() != ' ') out += ' ';
        }
        return out;
    }
    // `unsigned long *next`: one name of a declaration, without the body of its type.
    std::string written(const ast::Declaration& declared, const ast::Declarator& declarator) const {
        const ast::TypeSpec& type = declared.type;
        std::string out = declared.is_typedef ? "typedef " : "";
        if (type.kind != ast::TypeSpec::Kind::none) {
            const Span head{type.span.begin, type.name.empty() ? type.span.begin : name_in(type).end};
            const std::string text = written(type.has_body ? head : type.span);
            out += text + (text.empty() ? "" : " ");
        }
        return out + written(declarator.span);
    }
    static std::string scope_of(Index clause) { return fmt::format("clause {}", clause); }

    Index add(const std::string& scope, OutlineSymbol symbol) {
        const auto number = static_cast<Index>(out_.symbols.size());
        const auto [at, is_new] = known_.emplace(Key(scope, symbol.name), number);
        if (!is_new) return at->second;
        out_.symbols.push_back(std::move(symbol));
        return number;
    }
    const Index* find(const std::string& scope, const std::string& name) const {
        const auto at = known_.find(Key(scope, name));
        return at == known_.end() ? nullptr : &at->second;
    }
    void use(Index symbol, Span at) { out_.uses.push_back({range(at), symbol}); }
    // Is the place where it is made, if it has none before.
    void make_at(Index symbol, Span whole, Span name) {
        OutlineSymbol& made = out_.symbols[symbol];
        if (!made.whole) {
            made.whole = range(whole);
            made.name_at = range(name);
        }
        use(symbol, name);
    }

    void take_clauses(const ast::Script& tree) {
        for (const auto& item : tree.items) {
            const auto* clause = std::get_if<ast::Clause>(&item);
            if (clause == nullptr || clause->tuples.empty()) continue;
            const Span name{clause->tuples.front().span.begin, clause->tuples.back().span.end};
            OutlineSymbol made{OutlineKind::clause, written(name), written(name)};
            made.whole = range(clause->span);
            made.name_at = range(name);
            clauses_.push_back(static_cast<Index>(out_.symbols.size()));
            out_.symbols.push_back(std::move(made));
        }
    }

    // What the checker knows; where it stands is found in the tree.
    void take_checked() {
        for (const checked::Variable& variable : script_.variables) {
            const std::string type = type_name(variable.type);
            OutlineSymbol made{
                OutlineKind::variable, variable.name,
                fmt::format("{} {}{}{}", class_of(variable.storage), type, type.empty() ? "" : " ", variable.name),
                type, std::string(name_of(variable.unit).word)};
            const bool own = variable.storage == checked::VariableClass::automatic;
            if (own && variable.clause < clauses_.size()) made.parent = clauses_[variable.clause];
            const Index at = add(own ? scope_of(variable.clause) : "", std::move(made));
            if (variable.type != nullptr) types_[at] = variable.type;
        }
        for (const checked::AssociativeArray& array : script_.arrays) {
            const Index at = add("", {OutlineKind::array, array.name, text_of(array), type_name(array.value),
                                      std::string(name_of(array.unit).word)});
            if (array.value != nullptr) types_[at] = array.value;
        }
        for (const checked::ListVariable& list : script_.lists) {
            add("", {OutlineKind::list, list.name, "list " + list.name, "list", std::string(name_of(list.unit).word)});
        }
        for (const checked::RangeVariable& one : script_.ranges)
            add("", {OutlineKind::range, one.name, "range_t " + one.name, "range_t"});
    }

    // --- declarations ----------------------------------------------------------------------------------------------

    void declaration(const ast::Declaration& declared) {
        type(declared.type);
        for (const ast::Declarator& declarator : declared.declarators) {
            for (const ast::ExprPtr& dimension : declarator.dimensions) optional(dimension);
            optional(declarator.initializer);
            for (const ast::Declaration& parameter : declarator.parameters) type(parameter.type);
            if (!declarator.name.empty())
                make_at(declared_symbol(declared, declarator), declared.span, declarator.name_span);
        }
    }

    Index declared_symbol(const ast::Declaration& declared, const ast::Declarator& declarator) {
        const std::string text = written(declared, declarator);
        if (declarator.is_function) return add("function", {OutlineKind::function, declarator.name, text});
        if (declared.is_typedef) return add("type", {OutlineKind::type, declarator.name, text});
        const bool own = declared.storage == ast::StorageClass::automatic && clause_;
        OutlineSymbol made{OutlineKind::variable, declarator.name, text};
        if (own && *clause_ < clauses_.size()) made.parent = clauses_[*clause_];
        return add(own ? scope_of(*clause_) : "", std::move(made));
    }

    // The last word of a type's text, or that before its `{`: a tag, or the name of a type.
    Span name_in(const ast::TypeSpec& spec) const {
        const std::string_view text =
            std::string_view(source_.text()).substr(spec.span.begin, spec.span.end - spec.span.begin);
        const size_t at =
            text.find(spec.name, spec.kind == ast::TypeSpec::Kind::named ? 0 : text.find_first_of(" \t\n"));
        if (at == std::string_view::npos) return spec.span;
        const auto begin = spec.span.begin + static_cast<uint32_t>(at);
        return {begin, begin + static_cast<uint32_t>(spec.name.size())};
    }

    void type(const ast::TypeSpec& spec) {
        if (spec.kind == ast::TypeSpec::Kind::named) {
            if (const Index* known = find("type", spec.name)) use(*known, name_in(spec));
            return;
        }
        const bool is_enum = spec.kind == ast::TypeSpec::Kind::enumeration;
        const bool tagged =
            is_enum || spec.kind == ast::TypeSpec::Kind::structure || spec.kind == ast::TypeSpec::Kind::union_;
        if (!tagged) return;
        if (!spec.has_body) {
            if (const Index* known = find("tag", spec.name)) use(*known, name_in(spec));
            return;
        }
        std::optional<Index> made;
        if (!spec.name.empty()) {
            made = add("tag", {is_enum ? OutlineKind::enumeration : OutlineKind::structure, spec.name,
                               written({spec.span.begin, name_in(spec).end})});
            make_at(*made, spec.span, name_in(spec));
        }
        for (const ast::Declaration& member : spec.members) this->member(member, spec.name, made);
        for (const ast::Enumerator& one : spec.enumerators) {
            optional(one.value);
            OutlineSymbol symbol{OutlineKind::enumerator, one.name, written(one.span)};
            symbol.parent = made;
            const Span name{one.span.begin, one.span.begin + static_cast<uint32_t>(one.name.size())};
            make_at(add("", std::move(symbol)), one.span, name);
        }
    }

    void member(const ast::Declaration& declared, const std::string& tag, std::optional<Index> parent) {
        type(declared.type);
        for (const ast::Declarator& declarator : declared.declarators) {
            if (declarator.name.empty()) continue;
            OutlineSymbol symbol{OutlineKind::member, declarator.name, written(declared, declarator)};
            symbol.parent = parent;
            const Index made = add("members of " + tag, std::move(symbol));
            make_at(made, declared.span, declarator.name_span);
            members_.emplace(declarator.name, made);
        }
    }

    // --- clauses ---------------------------------------------------------------------------------------------------

    // The functions that are named in tuples have prototypes.
    void tuples(const ast::Clause& clause) {
        for (const ast::ProbeTuple& tuple : clause.tuples) {
            for (const ast::TupleField& field : tuple.fields) {
                const Index* known = field.quoted ? nullptr : find("function", field.text);
                if (known != nullptr) use(*known, field.span);
            }
        }
    }

    void block(const ast::Block& block) {
        for (const ast::Stmt& one : block.statements) statement(one);
    }

    void statement(const ast::Stmt& statement) {
        if (const auto* one = std::get_if<ast::ExprStmt>(&statement.node)) {
            optional(one->expr);
        } else if (const auto* choice = std::get_if<ast::IfStmt>(&statement.node)) {
            optional(choice->condition);
            if (choice->then) this->statement(*choice->then);
            if (choice->otherwise) this->statement(*choice->otherwise);
        } else if (const auto* inner = std::get_if<ast::Block>(&statement.node)) {
            block(*inner);
        } else if (const auto* declared = std::get_if<ast::DeclStmt>(&statement.node)) {
            declaration(declared->declaration);
        }
    }

    void optional(const ast::ExprPtr& expr) {
        if (expr) expression(*expr);
    }

    void expression(const ast::Expr& expr) {
        std::visit([&](const auto& node) { visit(node, expr.span); }, expr.node);
    }

    template <typename Literal>
    void visit(const Literal&, Span) {}
    void visit(const ast::Unary& node, Span) { optional(node.operand); }
    void visit(const ast::Binary& node, Span) {
        optional(node.left);
        optional(node.right);
    }
    void visit(const ast::Assign& node, Span) {
        optional(node.target);
        optional(node.value);
    }
    void visit(const ast::Conditional& node, Span) {
        optional(node.condition);
        optional(node.then);
        optional(node.otherwise);
    }
    void visit(const ast::Call& node, Span) {
        if (const Index* known = find("function", node.function)) use(*known, node.function_span);
        for (const ast::ExprPtr& argument : node.arguments) optional(argument);
    }
    void visit(const ast::Index& node, Span) {
        optional(node.base);
        optional(node.index);
    }
    void visit(const ast::Cast& node, Span) {
        if (node.type) type(node.type->type);
        optional(node.operand);
    }
    void visit(const ast::SizeofType& node, Span) {
        if (node.type) type(node.type->type);
    }
    void visit(const ast::AlignofType& node, Span) {
        if (node.type) type(node.type->type);
    }
    void visit(const ast::SizeofExpr& node, Span) { optional(node.operand); }
    void visit(const ast::Name& node, Span span) {
        const Index* known = resolve(node);
        if (known == nullptr) return;
        const auto length = static_cast<uint32_t>(node.text.size());
        make_at(*known, span, {std::max(span.begin, span.end - std::min(span.end, length)), span.end});
    }
    void visit(const ast::Member& node, Span) {
        optional(node.base);
        const TypeRef base = node.base ? type_of(*node.base) : nullptr;
        if (base != nullptr && base->kind == TypeKind::structure) {
            const std::string tag = base->name.substr(base->name.find(' ') + 1);
            if (const Index* known = find("members of " + tag, node.name)) return use(*known, node.name_span);
        }
        // Where the type is not known, a name that only one structure has leads there.
        if (members_.count(node.name) == 1 && base == nullptr && node.base && !is_builtin_chain(*node.base))
            use(members_.find(node.name)->second, node.name_span);
    }

    // `__arg1->dev->name` is the kernel's.
    static bool is_builtin_chain(const ast::Expr& expr) {
        if (const auto* name = std::get_if<ast::Name>(&expr.node)) return name->text.starts_with("__");
        const auto* member = std::get_if<ast::Member>(&expr.node);
        return member != nullptr && member->base && is_builtin_chain(*member->base);
    }

    const Index* resolve(const ast::Name& name) const {
        const bool may_be_own = name.storage == ast::StorageClass::none || name.storage == ast::StorageClass::automatic;
        if (may_be_own && clause_) {
            if (const Index* known = find(scope_of(*clause_), name.text)) return known;
        }
        return name.storage == ast::StorageClass::automatic ? nullptr : find("", name.text);
    }

    // As far as members are asked for: of names, their elements and members, and what they point to.
    TypeRef type_of(const ast::Expr& expr) const {
        TypeRef type = nullptr;
        if (const auto* name = std::get_if<ast::Name>(&expr.node)) {
            const Index* known = resolve(*name);
            const auto at = known == nullptr ? types_.end() : types_.find(*known);
            if (at != types_.end()) type = at->second;
        } else if (const auto* index = std::get_if<ast::Index>(&expr.node)) {
            type = index->base ? type_of(*index->base) : nullptr;
        } else if (const auto* member = std::get_if<ast::Member>(&expr.node)) {
            const TypeRef base = member->base ? type_of(*member->base) : nullptr;
            const Field* field = base == nullptr ? nullptr : base->find_field(member->name);
            type = field == nullptr ? nullptr : field->type;
        } else if (const auto* unary = std::get_if<ast::Unary>(&expr.node)) {
            type = unary->operand ? type_of(*unary->operand) : nullptr;
        }
        while (type != nullptr && (type->kind == TypeKind::pointer || type->kind == TypeKind::array))
            type = type->element;
        return type;
    }

    const checked::Script& script_;
    const Source& source_;
    Outline out_;
    std::map<Key, Index> known_;
    std::map<Index, TypeRef> types_;
    std::multimap<std::string, Index> members_;
    std::vector<Index> clauses_;   // symbols, in the order of the text
    std::optional<Index> clause_;  // the one that is walked over
};

}  // namespace

Outline make_outline(const ast::Script& tree, const checked::Script& script, const Source& source) {
    return OutlineMaker(script, source).run(tree);
}

}  // namespace probevue
