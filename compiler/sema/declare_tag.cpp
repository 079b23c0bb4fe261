// Structures, unions and enumerations.
#include <algorithm>
#include <set>

#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

TypeRef Checker::structure_type(const ast::TypeSpec& spec) {
    const bool is_union = spec.kind == ast::TypeSpec::Kind::union_;
    const std::string word = is_union ? "union " : "struct ";
    Type* structure = nullptr;
    if (spec.name.empty()) {
        structure = types().structure({}, is_union);
    } else {
        Type*& known = tags_[word + spec.name];
        if (known == nullptr) known = types().structure(spec.name, is_union);
        structure = known;
    }
    if (!spec.has_body) return structure;
    if (structure->complete || !structure->fields.empty()) {
        error(spec.span, shown(word + spec.name) + " is defined twice");
        return structure;
    }
    structure_body(spec, *structure);
    return structure;
}

void Checker::structure_body(const ast::TypeSpec& spec, Type& structure) {
    std::vector<MemberPlan> members;
    for (const ast::Declaration& declaration : spec.members) member(declaration, members);
    if (members.empty()) {
        if (spec.members.empty()) error(spec.span, shown(structure.name) + " has no members");
        structure.complete = true;  // so that its uses say nothing more
        return;
    }
    if (!lay_out(structure, members)) {
        error(spec.span, shown(structure.name) + " is larger than " + std::to_string(max_object_size) + " bytes");
        structure.complete = true;
    }
    std::set<std::string_view> names;
    for (const Field& field : structure.fields) {
        if (!names.insert(field.name).second)
            error(spec.span, shown(structure.name) + " has two members " + shown(field.name));
    }
}

void Checker::member(const ast::Declaration& declaration, std::vector<MemberPlan>& members) {
    if (declaration.storage != ast::StorageClass::none || declaration.is_typedef) {
        error(declaration.span, "a member has no storage class");
    }
    const TypeRef base = type_of(declaration.type);
    if (base == nullptr) return;
    if (declaration.declarators.empty()) {
        if (base->kind == TypeKind::structure && declaration.type.has_body && declaration.type.name.empty())
            members.push_back({{}, base, std::nullopt});
        return;
    }
    for (const ast::Declarator& declarator : declaration.declarators) {
        if (declarator.is_function) {
            error(declarator.span, "a member cannot be a function");
            continue;
        }
        if (declarator.initializer != nullptr)
            error(declarator.initializer->span, "a member cannot be given a value here");
        const TypeRef type = declared_type(base, declarator, Role::member);
        if (type == nullptr) continue;
        if (declarator.bits == nullptr) {
            members.push_back({declarator.name, type, std::nullopt});
        } else if (const std::optional<uint32_t> bits = bit_width(declarator, type)) {
            members.push_back({declarator.name, type, bits});
        }
    }
}

std::optional<uint32_t> Checker::bit_width(const ast::Declarator& declarator, TypeRef type) {
    if (!type->is_integer()) {
        error(declarator.span, "a bit-field is an integer, not " + shown(type));
        return std::nullopt;
    }
    const std::optional<int64_t> bits = constant(*declarator.bits, "the width of a bit-field");
    if (!bits) return std::nullopt;
    if (*bits < 0 || *bits > int64_t{type->size} * 8 || (*bits == 0 && !declarator.name.empty())) {
        error(declarator.bits->span,
              "a bit-field of " + shown(type) + " has 1 to " + std::to_string(type->size * 8) + " bits");
        return std::nullopt;
    }
    return static_cast<uint32_t>(*bits);
}

TypeRef Checker::enumeration_type(const ast::TypeSpec& spec) {
    if (!spec.has_body) {
        const auto known = enums_.find(spec.name);
        if (known != enums_.end()) return known->second;
        lacks(spec.span, shown("enum " + spec.name) + " was never defined");
        return nullptr;
    }
    if (!spec.name.empty() && enums_.contains(spec.name)) {
        error(spec.span, shown("enum " + spec.name) + " is defined twice");
        return enums_[spec.name];
    }
    int64_t next = 0;
    bool negative = false;
    for (const ast::Enumerator& enumerator : spec.enumerators) {
        if (enumerator.value != nullptr)
            next = constant(*enumerator.value, "the value of an enumerator").value_or(next);
        if (next < INT32_MIN || next > UINT32_MAX) {
            error(enumerator.span, "enumerator " + shown(enumerator.name) + " does not fit an int");
            next = 0;
        }
        negative = negative || next < 0;
        const Symbol* known = find(ast::StorageClass::none, enumerator.name);
        const ConstantRow* row = find_constant(enumerator.name);
        const bool same = row != nullptr && row->value == next;  // a header that says what the language knows already
        if (known != nullptr) {
            if (known->kind != Symbol::Kind::enumerator || known->value != next)
                error(enumerator.span, shown(enumerator.name) + " is declared twice");
        } else if (!same) {
            if (row != nullptr && !in_header_)
                warning(enumerator.span,
                        shown(enumerator.name) + " is a constant of the language with another value, which it hides");
            globals_[enumerator.name] = {Symbol::Kind::enumerator, 0, wrap(next, int_type()), enumerator.span};
        }
        ++next;
    }
    const TypeRef type = types().enumeration(spec.name, negative);
    if (!spec.name.empty()) enums_[spec.name] = type;
    return type;
}

}  // namespace probevue::sema
