// Assignments, which also declare what was not declared; `op=`, `++` and `--`.
#include <algorithm>

#include "builtins/base/text.h"
#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

constexpr const char* read_only_memory = "memory of the packet, the kernel and the process is read-only";

// Outermost name of `name`, `name.member` and `name[index]`.
const ast::Name* base_name(const ast::Expr& expr) {
    const ast::Expr* at = &expr;
    for (;;) {
        if (const auto* member = std::get_if<ast::Member>(&at->node)) {
            if (member->arrow) return nullptr;
            at = member->base.get();
        } else if (const auto* index = std::get_if<ast::Index>(&at->node)) {
            at = index->base.get();
        } else {
            return std::get_if<ast::Name>(&at->node);
        }
    }
}

}  // namespace

ExprPtr Checker::assign(const ast::Assign& node, Span span) {
    if (in_predicate_) {
        const bool plain = !node.op;
        error(node.op_span, "a predicate cannot assign", plain ? "write `==` to compare" : "");
        return nullptr;
    }
    if (node.op) return compound_assign(node, span);
    // Not value(): a list has none, and is assigned as a whole.
    ExprPtr stored = expr(*node.value);
    if (stored != nullptr && (stored->type->kind == TypeKind::void_ || stored->type->is_handle())) {
        if (const auto* call = std::get_if<checked::Call>(&stored->node)) {
            error(node.value->span, shown(call->function->name) + " gives no value");
        } else {
            error(node.value->span, "this has no value that can be assigned");
        }
        stored = nullptr;
    }
    return store(*node.target, std::move(stored), span);
}

// target = value; a null value (an error) still declares the target.
ExprPtr Checker::store(const ast::Expr& target, ExprPtr stored, Span span) {
    if (const auto* name = std::get_if<ast::Name>(&target.node))
        return store_name(target, *name, std::move(stored), span);
    if (std::holds_alternative<ast::Index>(target.node)) {
        if (const std::optional<ElementName> found = element_name(target)) {
            ExprPtr element = element_for(*found, target.span, stored);
            return finish_store(std::move(element), std::move(stored), span);
        }
    }
    ExprPtr to = place(target);
    if (to == nullptr) return nullptr;
    assigned_now(target);
    return finish_store(std::move(to), std::move(stored), span);
}

ExprPtr Checker::store_name(const ast::Expr& target, const ast::Name& name, ExprPtr stored, Span span) {
    const Symbol* symbol = find(name.storage, name.text);
    // `auto:x` in a clause that has none yet declares one, whatever x is elsewhere.
    if (symbol == nullptr) {
        if (name.storage == ast::StorageClass::none && is_of_language(name.text)) {
            ExprPtr known = this->name(name, target.span);
            if (known != nullptr) {
                const bool constant = std::holds_alternative<checked::IntegerConstant>(known->node);
                error(target.span,
                      shown(name.text) + (constant ? " is a constant and cannot be assigned to" : " is read-only"));
            }
            return nullptr;
        }
        return implicit_variable(name, stored, target.span, span);
    }
    if (symbol->kind == Symbol::Kind::list) {
        if (stored == nullptr) return nullptr;
        if (stored->type->kind != TypeKind::list) {
            error(stored->span, shown(name.text) + " is a list; " + shown(stored->type) + " cannot be assigned to it",
                  "append(" + name.text + ", value) adds a value");
            return nullptr;
        }
        ExprPtr to = make(checked::ListRef{symbol->id}, types().simple(TypeKind::list), target.span);
        return make(checked::Assign{std::move(to), std::move(stored)}, types().simple(TypeKind::list), span);
    }
    if (symbol->kind != Symbol::Kind::variable) {
        if (symbol->kind == Symbol::Kind::range)
            error(target.span, "a range cannot be assigned to", "set_range() and add_range() make its slots");
        if (symbol->kind == Symbol::Kind::enumerator)
            error(target.span, shown(name.text) + " is a constant and cannot be assigned to");
        if (symbol->kind == Symbol::Kind::array && out_.arrays[symbol->id].bare) {
            error(target.span, sort_of(out_.arrays[symbol->id].value) + " cannot be assigned to",
                  "clear(" + name.text + ") empties it");
        } else if (symbol->kind == Symbol::Kind::array) {
            (void)symbol_value(*symbol, name, target.span);
        }
        return nullptr;
    }
    const uint32_t id = symbol->id;
    ExprPtr to = variable(id, name, target.span, true);
    if (to == nullptr) return nullptr;
    if (out_.variables[id].storage == checked::VariableClass::kernel) {
        error(target.span, "kernel variable " + shown(name.text) + " cannot be written");
        return nullptr;
    }
    infos_[id].assigned = true;
    if (stored == nullptr) {
        if (out_.variables[id].type == nullptr) infos_[id].broken = true;
        return nullptr;
    }
    take_type(id, *stored);
    if (out_.variables[id].type == nullptr) {
        error(stored->span, shown(stored->type) + " cannot be held by a variable");
        infos_[id].broken = true;
        return nullptr;
    }
    take_space(id, *stored, span);
    to->type = out_.variables[id].type;
    return finish_store(std::move(to), std::move(stored), span);
}

// The first assignment of an undeclared name declares it, with the type of the value.
ExprPtr Checker::implicit_variable(const ast::Name& name, ExprPtr& stored, Span at, Span span) {
    const checked::VariableClass storage = class_of(name.storage);
    if (storage == checked::VariableClass::kernel) {
        error(at, "kernel variable " + shown(name.text) + " is not declared",
              "declare it: __kernel long " + name.text + ";");
        broken_name(name.text, name.storage, at);
        return nullptr;
    }
    if (!name_is_free(name.text, at)) return nullptr;
    if (stored == nullptr) {
        broken_name(name.text, name.storage, at);
        return nullptr;
    }
    if (stored->type->kind == TypeKind::list) {
        if (storage != checked::VariableClass::global) {
            error(at, "lists are always global", "write " + shown(name.text));
            broken_name(name.text, name.storage, at);
            return nullptr;
        }
        const auto id = static_cast<uint32_t>(out_.lists.size());
        out_.lists.push_back({name.text});
        globals_[name.text] = {Symbol::Kind::list, id, 0, at};
        ExprPtr to = make(checked::ListRef{id}, types().simple(TypeKind::list), at);
        return make(checked::Assign{std::move(to), std::move(stored)}, types().simple(TypeKind::list), span);
    }
    const std::optional<uint32_t> id = new_variable(name.text, storage, nullptr, at);
    if (!id) return nullptr;
    infos_[*id].assigned = true;
    if (stored->type->kind == TypeKind::array) stored = text(std::move(stored));
    if (stored == nullptr) {
        infos_[*id].broken = true;
        return nullptr;
    }
    take_type(*id, *stored);
    const TypeRef type = out_.variables[*id].type;
    if (type == nullptr) {
        error(stored->span, shown(stored->type) + " cannot be held by a variable",
              stored->type->kind == TypeKind::array ? "declare an array and fill it with copy_kdata()" : "");
        infos_[*id].broken = true;
        return nullptr;
    }
    ast::Declarator declarator;
    declarator.name = name.text;
    declarator.span = declarator.name_span = at;
    if (!class_allows(storage, type, declarator)) {
        infos_[*id].broken = true;
        return nullptr;
    }
    take_space(*id, *stored, span);
    return finish_store(make(checked::VariableRef{*id}, out_.variables[*id].type, at), std::move(stored), span);
}

// The first value gives an untyped variable its type; Strings of variables whose length was not declared hold the
// longest value.
void Checker::take_type(uint32_t id, const checked::Expr& stored) {
    checked::Variable& variable = out_.variables[id];
    VariableInfo& info = infos_[id];
    if (variable.type == nullptr) {
        if (stored.type->kind == TypeKind::array || stored.type->is_collection()) return;
        variable.type = stored.type;
        if (stored.type->kind == TypeKind::string) {
            info.planned = "String " + std::to_string(static_cast<int>(variable.storage)) + " " +
                           std::to_string(variable.clause) + " " + variable.name;
            variable.type = types().string(plan_.begin_string(info.planned, stored.type->count));
        }
    } else if (!info.planned.empty() && stored.type->kind == TypeKind::string) {
        plan_.widen_string(info.planned, stored.type->count);
    }
}

// A pointer variable points into the memory that its first value points into.
void Checker::take_space(uint32_t id, const checked::Expr& stored, Span span) {
    checked::Variable& variable = out_.variables[id];
    if (variable.type->kind != TypeKind::pointer || stored.type->kind != TypeKind::pointer) return;
    const AddressSpace from = stored.type->space;
    if (from == AddressSpace::none || from == variable.type->space) return;
    if (variable.type->space != AddressSpace::none) {
        warning(span, shown(variable.name) + " points into another memory than before", "use a variable for each");
    }
    variable.type = types().pointer(variable.type->element, from);
    plan_.set_space(infos_[id].space, from);
}

ExprPtr Checker::finish_store(ExprPtr to, ExprPtr stored, Span span) {
    if (to == nullptr || stored == nullptr) return nullptr;
    const TypeRef type = to->type;
    std::string what = "assigned to " + shown(type);
    if (const auto* variable = std::get_if<checked::VariableRef>(&to->node)) {
        what = "assigned to " + shown(out_.variables[variable->id].name) + ", which is " + shown(type);
    } else if (const auto* element = std::get_if<checked::ElementRef>(&to->node)) {
        what = "stored in " + shown(out_.arrays[element->array].name) + ", where each value is " + sort_of(type);
    }
    if (type->kind == TypeKind::array) {
        error(span, "an array cannot be assigned to",
              "copy_kdata() and copy_userdata() fill arrays; text is held by a String");
        return nullptr;
    }
    if (type->kind != stored->type->kind || type->kind != TypeKind::list)
        stored = implicit(std::move(stored), type, what);
    if (stored == nullptr) return nullptr;
    return make(checked::Assign{std::move(to), std::move(stored)}, type, span);
}

ExprPtr Checker::compound_assign(const ast::Assign& node, Span span) {
    ExprPtr by = value(*node.value);
    const bool decimals = by != nullptr && by->type->kind == TypeKind::floating;
    ExprPtr to = place(*node.target, decimals ? types().double_type() : types().long_long(true));
    if (by == nullptr || to == nullptr) return nullptr;
    const std::string op = std::string(spelling(*node.op)) + "=";
    const TypeRef type = to->type;
    const TypeRef word = types().integer(8, false);
    if (type->kind == TypeKind::string && *node.op == ast::BinaryOp::add) {
        error(node.op_span, "Strings have no operator `+=`", "write s = s + text");
        return nullptr;
    }
    if (type->kind == TypeKind::pointer && (*node.op == ast::BinaryOp::add || *node.op == ast::BinaryOp::sub)) {
        if (!integer_operand(*by, op)) return nullptr;
        const int64_t size = std::max(1u, type->element->size);
        by = make(checked::Binary{checked::BinaryOp::mul, convert(std::move(by), word), integer(size, word, span)},
                  word, span);
        return make(checked::CompoundAssign{arithmetic_op(*node.op).value(), word, std::move(to), std::move(by)}, type,
                    span);
    }
    if (computes_decimals(*node.op, *to, *by)) {
        const TypeRef real = types().double_type();
        by = implicit(std::move(by), real, "an operand");
        return make(checked::CompoundAssign{arithmetic_op(*node.op).value(), real, std::move(to), std::move(by)}, type,
                    span);
    }
    const bool target_fits = integer_operand(*to, op);
    if (!integer_operand(*by, op) || !target_fits) return nullptr;
    TypeRef computed = promoted(types(), *to);
    TypeRef by_type = promoted(types(), *by);
    if (*node.op == ast::BinaryOp::shl || *node.op == ast::BinaryOp::shr) {
        warn_shift(*by, computed);
    } else {
        computed = by_type = common_type(types(), computed, by_type);
    }
    by = convert(std::move(by), by_type);
    return make(checked::CompoundAssign{arithmetic_op(*node.op).value(), computed, std::move(to), std::move(by)}, type,
                span);
}

ExprPtr Checker::increment(const ast::Unary& node, Span span) {
    const bool up = node.op == ast::UnaryOp::pre_increment || node.op == ast::UnaryOp::post_increment;
    const bool prefix = node.op == ast::UnaryOp::pre_increment || node.op == ast::UnaryOp::pre_decrement;
    const char* op = up ? "++" : "--";
    if (in_predicate_) {
        error(span, std::string("a predicate cannot have side effects such as `") + op + "`");
        return nullptr;
    }
    ExprPtr to = place(*node.operand, types().long_long(true));
    if (to == nullptr) return nullptr;
    const TypeRef type = to->type;
    if (type->kind != TypeKind::pointer && !integer_operand(*to, op)) return nullptr;
    return make(checked::IncDec{std::move(to), up ? 1 : -1, prefix}, type, span);
}

// `packets++` and `bytes += n` on a name that nothing has declared make a global that starts from 0, as elements of
// arrays do. An extension: AIX takes only `=` for a declaration. 64 bits, so that a counter does not wrap.
bool Checker::counts_from_zero(const ast::Name& name) {
    if (constants_only_ || find(name.storage, name.text) != nullptr) return false;
    if (name.storage != ast::StorageClass::none && name.storage != ast::StorageClass::global) return false;
    return !is_of_language(name.text) && find_function(name.text) == nullptr && name.text != "ANY";
}

// What `op=`, `++` and library functions that fill variables can write. The first two read it as well.
ExprPtr Checker::place(const ast::Expr& target, TypeRef counted) {
    const bool reads = counted != nullptr;
    ExprPtr found;
    if (const auto* name = std::get_if<ast::Name>(&target.node)) {
        if (reads && counts_from_zero(*name)) {
            if (const std::optional<uint32_t> id =
                    new_variable(name->text, class_of(name->storage), counted, target.span)) {
                infos_[*id].assigned = true;
                infos_[*id].counts_from = target.span;
            }
        }
        const Symbol* symbol = constants_only_ ? nullptr : find(name->storage, name->text);
        if (symbol != nullptr && symbol->kind == Symbol::Kind::variable) {
            found = variable(symbol->id, *name, target.span, !reads);
            if (found != nullptr && found->type == nullptr) {
                lacks(target.span, shown(name->text) + " has no type yet: nothing has been assigned to it");
                return nullptr;
            }
        } else {
            found = value(target);
        }
    } else if (const auto* member_node = std::get_if<ast::Member>(&target.node)) {
        found = member(*member_node, target.span, !reads && base_name(target) != nullptr);
    } else if (const auto* index_node = std::get_if<ast::Index>(&target.node)) {
        if (const std::optional<ElementName> element_found = element_name(target)) {
            const bool decimals = reads && counted->kind == TypeKind::floating;
            found = element(*element_found, target.span,
                            decimals ? Use::update_decimals
                            : reads  ? Use::update
                                     : Use::fetch);
        } else {
            found = index(*index_node, target.span, !reads && base_name(target) != nullptr);
        }
    } else {
        found = value(target);
    }
    return found != nullptr && writable(*found) ? std::move(found) : nullptr;
}

bool Checker::writable(const checked::Expr& place) {
    if (const auto* variable = std::get_if<checked::VariableRef>(&place.node)) {
        if (out_.variables[variable->id].storage != checked::VariableClass::kernel) return true;
        error(place.span, "kernel variable " + shown(out_.variables[variable->id].name) + " cannot be written");
        return false;
    }
    if (std::holds_alternative<checked::ElementRef>(place.node)) return true;
    if (const auto* field = std::get_if<checked::FieldRef>(&place.node)) return writable(*field->base);
    if (const auto* index = std::get_if<checked::ArrayIndex>(&place.node)) return writable(*index->base);
    if (std::holds_alternative<checked::Dereference>(place.node)) {
        error(place.span, "this cannot be written", read_only_memory);
    } else if (const auto* builtin = std::get_if<checked::BuiltinRef>(&place.node)) {
        error(place.span, shown(builtin->row->name) + " is read-only");
    } else if (std::holds_alternative<checked::ArgumentRef>(place.node) ||
               std::holds_alternative<checked::ReturnValueRef>(place.node)) {
        error(place.span, "arguments and return values are read-only");
    } else if (std::holds_alternative<checked::IntegerConstant>(place.node)) {
        error(place.span, "a constant cannot be assigned to");
    } else {
        error(place.span, "this is no variable and cannot be assigned to");
    }
    return false;
}

// A member or an element of an automatic variable has been given a value: the variable counts as having one.
void Checker::assigned_now(const ast::Expr& target) {
    const ast::Name* name = base_name(target);
    if (name == nullptr) return;
    const Symbol* symbol = find(name->storage, name->text);
    if (symbol != nullptr && symbol->kind == Symbol::Kind::variable) infos_[symbol->id].assigned = true;
}

}  // namespace probevue::sema
