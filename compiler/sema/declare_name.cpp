// Names that declarations make: variables, prototypes, typedefs.
#include <algorithm>

#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

checked::VariableClass class_of(ast::StorageClass storage) {
    switch (storage) {
        case ast::StorageClass::automatic:
            return checked::VariableClass::automatic;
        case ast::StorageClass::thread:
            return checked::VariableClass::thread;
        case ast::StorageClass::kernel:
            return checked::VariableClass::kernel;
        case ast::StorageClass::none:
        case ast::StorageClass::global:
            return checked::VariableClass::global;
    }
    return checked::VariableClass::global;
}

namespace {

const char* class_name(checked::VariableClass storage) {
    switch (storage) {
        case checked::VariableClass::automatic:
            return "automatic";
        case checked::VariableClass::thread:
            return "thread-local";
        case checked::VariableClass::kernel:
            return "kernel";
        default:
            return "global";
    }
}

bool declares_functions(const ast::Declaration& declaration) {
    return std::any_of(declaration.declarators.begin(), declaration.declarators.end(),
                       [](const ast::Declarator& declarator) { return declarator.is_function; });
}

}  // namespace

// `statements` takes the assignments of initializers; null outside clauses.
void Checker::declare(const ast::Declaration& declaration, checked::Block* statements) {
    const TypeRef base = type_of(declaration.type);
    const bool untyped = declaration.type.kind == ast::TypeSpec::Kind::none;
    if (!in_header_ && !declares_functions(declaration)) misplaced_packed(attributes(declaration.attributes));
    if (declaration.is_typedef) return declare_typedef(declaration, base);
    if (declaration.declarators.empty()) {
        if (declaration.storage != ast::StorageClass::none) error(declaration.span, "a declaration without a name");
        return;
    }
    for (const ast::Declarator& declarator : declaration.declarators) {
        if (declarator.is_function) {
            declare_prototype(declarator, base, untyped);
        } else if (in_header_ && declaration.storage != ast::StorageClass::kernel) {
            continue;  // variables of programs: `extern int optind;`
        } else {
            declare_variable(declaration, declarator, base, statements);
        }
    }
}

// A name of a type that nothing can be made of; null in scripts, where the error has been reported.
TypeRef Checker::refused_type(const std::string& name, const std::string& why) {
    if (!in_header_) return nullptr;
    Type* type = types().structure({}, false);
    type->name = name;
    type->refused = why;
    return type;
}

void Checker::declare_typedef(const ast::Declaration& declaration, TypeRef base) {
    for (const ast::Declarator& declarator : declaration.declarators) {
        if (declarator.is_function) {
            typedefs_[declarator.name] = types().void_type();  // a function's type: only pointers to it are of use
            continue;
        }
        const Attributes asked = attributes(declarator.attributes, attributes(declaration.attributes));
        misplaced_packed(asked);
        TypeRef type = declared_type(of_mode(base, asked), declarator, Role::alias);
        if (!asked.refused.empty()) type = refused_type(declarator.name, asked.refused);
        const uint32_t align = asked.aligned != 0 ? asked.aligned : typedef_align(declaration.type, declarator);
        if (align != 0) typedef_aligns_[declarator.name] = align;
        const auto [known, is_new] = typedefs_.emplace(declarator.name, type);
        if (!is_new && type != nullptr && known->second != nullptr && known->second != type) {
            error(declarator.name_span, "type " + shown(declarator.name) + " is declared twice, differently");
        }
    }
}

void Checker::declare_prototype(const ast::Declarator& declarator, TypeRef base, bool untyped) {
    Prototype prototype;
    prototype.variadic = declarator.variadic;
    prototype.broken = base == nullptr && !untyped;
    if (base != nullptr) {
        prototype.result = base;
        for (uint32_t i = 0; i < declarator.pointers; ++i)
            prototype.result = types().pointer(prototype.result, AddressSpace::none);
    }
    for (const ast::Declaration& parameter : declarator.parameters) {
        const TypeRef type = whole_type(parameter, Role::parameter);
        if (type == nullptr) {
            prototype.broken = true;
        } else if (type->kind != TypeKind::void_) {
            prototype.parameters.push_back(type);
        } else if (declarator.parameters.size() > 1) {
            error(parameter.span, "a parameter cannot be `void`");
            prototype.broken = true;
        }
    }
    const auto [known, is_new] = prototypes_.emplace(declarator.name, prototype);
    if (is_new || known->second.broken || prototype.broken) return;
    if (known->second.result != prototype.result || known->second.parameters != prototype.parameters) {
        error(declarator.name_span, "function " + shown(declarator.name) + " is declared twice, differently");
    }
}

// "int read(int, char *, unsigned long)", for print_args().
std::string Checker::prototype_text(const checked::Clause& clause) const {
    if (clause.probes.size() != 1) return {};
    const auto found = prototypes_.find(clause.probes.front().name());
    if (found == prototypes_.end() || found->second.broken) return {};
    const Prototype& prototype = found->second;
    std::string text = prototype.result == nullptr ? std::string() : prototype.result->name + " ";
    text += found->first + "(";
    for (size_t i = 0; i < prototype.parameters.size(); ++i)
        text += (i == 0 ? "" : ", ") + prototype.parameters[i]->name;
    if (prototype.variadic) text += prototype.parameters.empty() ? "..." : ", ...";
    return text + ")";
}

// May a variable have this name? Reports when not. The name of a library function is free: calls have parentheses, and
// scripts of the AIX documents name arrays and variables `count`.
bool Checker::name_is_free(const std::string& name, Span span) {
    if (const ConstantRow* row = find_constant(name)) {
        error(span, shown(row->name) + " is a constant of the language, no variable can have its name");
        return false;
    }
    if (name.starts_with("__") || is_builtin(name)) {
        error(span, "no variable can be named " + shown(name), "names that begin with `__` belong to the language");
        return false;
    }
    if (name == "ANY") {
        error(span, "no variable can be named `ANY`", "it stands for a key in exists() and delete()");
        return false;
    }
    return true;
}

// Keeps later uses of a name whose declaration has an error silent.
void Checker::broken_name(const std::string& name, ast::StorageClass storage, Span span) {
    auto& scope = storage == ast::StorageClass::automatic ? automatics_ : globals_;
    scope.emplace(name, Symbol{Symbol::Kind::broken, 0, 0, span});
}

std::optional<uint32_t> Checker::new_variable(const std::string& name, checked::VariableClass storage, TypeRef type,
                                              Span span) {
    const auto id = static_cast<uint32_t>(out_.variables.size());
    auto& scope = storage == checked::VariableClass::automatic ? automatics_ : globals_;
    const auto [known, is_new] = scope.emplace(name, Symbol{Symbol::Kind::variable, id, 0, span});
    if (!is_new) {
        if (known->second.kind == Symbol::Kind::broken) return std::nullopt;
        // The same declaration again changes nothing; real scripts repeat globals in several clauses.
        if (known->second.kind == Symbol::Kind::variable && type != nullptr) {
            const checked::Variable& before = out_.variables[known->second.id];
            // Whose memory a pointer points into is not written; the one before may have learned it from a value.
            const bool same_type =
                before.type == type || (before.type != nullptr && before.type->kind == TypeKind::pointer &&
                                        type->kind == TypeKind::pointer && before.type->element == type->element);
            if (before.storage == storage && same_type && storage != checked::VariableClass::automatic)
                return known->second.id;
            if (before.storage == storage && before.type != nullptr) {
                error(span, shown(name) + " is declared twice" +
                                (same_type ? "" : ", as " + shown(before.type->name) + " and as " + shown(type->name)));
                return std::nullopt;
            }
        }
        error(span, shown(name) + " is declared twice");
        return std::nullopt;
    }
    checked::Variable variable;
    variable.name = name;
    variable.storage = storage;
    variable.type = type;
    variable.clause = clause_index_;
    variable.declared = span;
    VariableInfo info;
    info.space = "pointer " + std::to_string(static_cast<int>(storage)) + " " +
                 (storage == checked::VariableClass::automatic ? std::to_string(clause_index_) : std::string("-")) +
                 " " + name;
    if (type != nullptr && type->kind == TypeKind::pointer) variable.type = in_space(type, plan_.space(info.space));
    out_.variables.push_back(std::move(variable));
    infos_.push_back(std::move(info));
    return id;
}

// Which classes a type can have (AIX: probevue_var_list, _stack, _fpath, _mac, _ip, _ninfo).
bool Checker::class_allows(checked::VariableClass storage, TypeRef type, const ast::Declarator& declarator) {
    if (storage == checked::VariableClass::global) return true;
    bool allowed = true;
    switch (type->kind) {
        case TypeKind::list:
        case TypeKind::range:
        case TypeKind::dist:
        case TypeKind::distinct:
        case TypeKind::stack:
            allowed = false;
            break;
        case TypeKind::path:
        case TypeKind::mac:
        case TypeKind::ip:
        case TypeKind::net_info:
            allowed = storage == checked::VariableClass::automatic;
            break;
        case TypeKind::string:
        case TypeKind::timestamp:
            allowed = storage != checked::VariableClass::kernel;
            break;
        default:
            break;
    }
    if (!allowed) {
        const bool both = type->kind == TypeKind::path || type->kind == TypeKind::mac || type->kind == TypeKind::ip ||
                          type->kind == TypeKind::net_info;
        error(declarator.span, shown(type) + " cannot be " + class_name(storage),
              both ? "it can be automatic or global" : "declare it without a class: it is global");
    }
    return allowed;
}

void Checker::declare_variable(const ast::Declaration& declaration, const ast::Declarator& declarator, TypeRef base,
                               checked::Block* statements) {
    const checked::VariableClass storage = class_of(declaration.storage);
    const bool untyped = declaration.type.kind == ast::TypeSpec::Kind::none;
    if (!declaration.ignored.empty() && !in_header_) {
        const std::string& word = declaration.ignored.front();
        error(declaration.span, shown(word) + " cannot be used for a variable of the script",
              word == "auto" ? "write __auto" : "leave it out");
    }
    const Attributes asked = attributes(declarator.attributes, attributes(declaration.attributes));
    misplaced_packed(asked);
    const TypeRef type = untyped ? nullptr : declared_type(of_mode(base, asked), declarator, Role::variable);
    const bool right_place = storage != checked::VariableClass::automatic || clause_ != nullptr;
    if (!right_place)
        error(declarator.span, "automatic variable " + shown(declarator.name) + " is declared outside a clause",
              "declare it in the block that uses it");
    // The kernel's variables have the names that they have.
    const bool of_kernel = storage == checked::VariableClass::kernel && !is_builtin(declarator.name);
    bool right = right_place && (untyped || type != nullptr) &&
                 (of_kernel || name_is_free(declarator.name, declarator.name_span));
    if (right && untyped && (declarator.pointers > 0 || !declarator.dimensions.empty())) {
        error(declarator.span, shown(declarator.name) + " has no type");
        right = false;
    }
    if (right && type != nullptr) right = class_allows(storage, type, declarator);
    if (!right) return broken_name(declarator.name, declaration.storage, declarator.name_span);

    if (type != nullptr && (type->kind == TypeKind::dist || type->kind == TypeKind::distinct))
        return declare_summary(declarator, type);
    if (type != nullptr && (type->kind == TypeKind::list || type->kind == TypeKind::range)) {
        const bool is_list = type->kind == TypeKind::list;
        const auto id = static_cast<uint32_t>(is_list ? out_.lists.size() : out_.ranges.size());
        const Symbol symbol{is_list ? Symbol::Kind::list : Symbol::Kind::range, id, 0, declarator.name_span};
        const auto [known, is_new] = globals_.emplace(declarator.name, symbol);
        if (!is_new) {
            if (known->second.kind != symbol.kind && known->second.kind != Symbol::Kind::broken)
                error(declarator.name_span, shown(declarator.name) + " is declared twice");
            return;
        }
        if (is_list)
            out_.lists.push_back({declarator.name});
        else
            out_.ranges.push_back({declarator.name});
        if (declarator.initializer != nullptr)
            error(declarator.initializer->span, shown(type) + " cannot be given a value here");
        return;
    }
    if (!new_variable(declarator.name, storage, type, declarator.name_span)) return;
    if (declarator.initializer != nullptr) initialize(declarator, statements);
}

// `dist_t d;` says the type of the values; whether there is one of them or one of each key, the first use.
void Checker::declare_summary(const ast::Declarator& declarator, TypeRef type) {
    if (declarator.initializer != nullptr)
        error(declarator.initializer->span, shown(type) + " cannot be given a value here");
    const auto known = globals_.find(declarator.name);
    if (known != globals_.end() && known->second.kind == Symbol::Kind::broken) return;
    if (known != globals_.end() && known->second.kind != Symbol::Kind::array) {
        error(declarator.name_span, shown(declarator.name) + " is declared twice");
        return;
    }
    const std::optional<uint32_t> array =
        array_named(ast::Name{ast::StorageClass::none, declarator.name}, declarator.name_span);
    if (array) plan_value(*array, type, declarator.name_span);
}

// `int x = 5;` is a declaration and an assignment; outside clauses the assignment is made when the script begins.
void Checker::initialize(const ast::Declarator& declarator, checked::Block* statements) {
    ast::Expr target;
    target.node = ast::Name{ast::StorageClass::none, declarator.name};
    target.span = declarator.name_span;
    if (statements == nullptr && first_initializer_.end == 0) first_initializer_ = declarator.span;
    ExprPtr stored = statements == nullptr ? nullptr : expr(*declarator.initializer);
    if (statements == nullptr) {
        const bool text = std::holds_alternative<ast::StringLiteral>(declarator.initializer->node);
        const bool real = std::holds_alternative<ast::FloatingLiteral>(declarator.initializer->node);
        if (text || real) {
            stored = expr(*declarator.initializer);
        } else if (const auto number = constant(*declarator.initializer, "the value of a variable outside clauses")) {
            const bool small = *number >= INT32_MIN && *number <= INT32_MAX;
            stored = integer(*number, small ? int_type() : types().integer(8, true), declarator.initializer->span);
        }
    }
    ExprPtr assignment = store(target, std::move(stored), declarator.span);
    if (assignment == nullptr) return;
    checked::Block& block = statements == nullptr ? initializers_ : *statements;
    block.statements.push_back({checked::ExprStmt{std::move(assignment)}, declarator.span});
}

}  // namespace probevue::sema
