// Structures, unions and enumerations.
#include <algorithm>
#include <set>

#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

// Of the smallest integer that holds both.
uint32_t bytes_of_range(int64_t least, int64_t most) {
    for (const uint32_t bytes : {1u, 2u}) {
        const int64_t half = int64_t{1} << (bytes * 8 - 1);
        if (least < 0 ? least >= -half && most < half : most < 2 * half) return bytes;
    }
    return 4;
}

}  // namespace

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
    if (!spec.has_body) {
        misplaced_packed(attributes(spec.attributes));
        return structure;
    }
    if (structure->complete || !structure->fields.empty()) {
        error(spec.span, shown(word + spec.name) + " is defined twice");
        return structure;
    }
    structure_body(spec, *structure);
    return structure;
}

void Checker::structure_body(const ast::TypeSpec& spec, Type& structure) {
    Attributes asked = attributes(spec.attributes);
    std::vector<MemberPlan> members;
    const size_t errors = diagnostics_.error_count();
    for (const ast::Declaration& declaration : spec.members) member(declaration, members, asked.refused);
    structure.lacks_members = diagnostics_.error_count() != errors;
    if (!asked.refused.empty()) {
        structure.refused = std::move(asked.refused);
        structure.lacks_members = true;
        structure.complete = !in_header_;  // an error has been reported, unless nobody needs it
        return;
    }
    if (members.empty()) {
        if (spec.members.empty()) error(spec.span, shown(structure.name) + " has no members");
        structure.complete = true;  // so that its uses say nothing more
        return;
    }
    LayoutFault fault = lay_out(structure, members, {asked.packed, asked.aligned, spec.packing});
    if (!fault.text.empty()) {
        structure.refused = fault.text;
        structure.complete = !in_header_;
        if (!in_header_) error(spec.span, std::move(fault.text), std::move(fault.hint));
        return;
    }
    std::set<std::string_view> names;
    for (const Field& field : structure.fields) {
        if (!names.insert(field.name).second)
            error(spec.span, shown(structure.name) + " has two members " + shown(field.name));
    }
}

// `refused` takes what of the member's attributes cannot be obeyed.
void Checker::member(const ast::Declaration& declaration, std::vector<MemberPlan>& members, std::string& refused) {
    if (declaration.storage != ast::StorageClass::none || declaration.is_typedef) {
        error(declaration.span, "a member has no storage class");
    }
    const TypeRef base = type_of(declaration.type);
    const Attributes shared = attributes(declaration.attributes);
    if (!shared.refused.empty()) refused = shared.refused;
    if (base == nullptr) return;
    if (declaration.declarators.empty()) {
        if (base->kind == TypeKind::structure && declaration.type.has_body && declaration.type.name.empty())
            members.push_back({.name = {}, .type = base, .aligned = shared.aligned});
        return;
    }
    for (const ast::Declarator& declarator : declaration.declarators) {
        if (declarator.is_function) {
            error(declarator.span, "a member cannot be a function");
            continue;
        }
        if (declarator.initializer != nullptr)
            error(declarator.initializer->span, "a member cannot be given a value here");
        const Attributes own = attributes(declarator.attributes, shared);
        if (!own.refused.empty()) refused = own.refused;
        const bool holds = declarator.pointers == 0 && !declarator.is_function_pointer;
        if (in_header_ && holds && !base->refused.empty()) {
            refused = base->refused;  // what holds it is of no use either
            continue;
        }
        const TypeRef type = declared_type(of_mode(base, own), declarator, Role::member);
        if (type == nullptr) continue;
        MemberPlan plan{.name = declarator.name,
                        .type = type,
                        .type_align = typedef_align(declaration.type, declarator),
                        .aligned = own.aligned,
                        .packed = own.packed};
        if (declarator.bits != nullptr) {
            plan.bits = bit_width(declarator, type);
            if (!plan.bits) continue;
        }
        members.push_back(std::move(plan));
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
    int64_t least = 0;
    int64_t most = 0;
    for (const ast::Enumerator& enumerator : spec.enumerators) {
        if (enumerator.value != nullptr)
            next = constant(*enumerator.value, "the value of an enumerator").value_or(next);
        if (next < INT32_MIN || next > UINT32_MAX) {
            error(enumerator.span, "enumerator " + shown(enumerator.name) + " does not fit an int");
            next = 0;
        }
        negative = negative || next < 0;
        least = std::min(least, next);
        most = std::max(most, next);
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
            globals_[enumerator.name] = {Symbol::Kind::enumerator, 0, next, enumerator.span};
        }
        ++next;
    }
    const Attributes asked = attributes(spec.attributes);
    TypeRef type = types().enumeration(spec.name, negative);
    if (asked.packed) type = types().integer(bytes_of_range(least, most), negative);
    if (!asked.refused.empty()) type = nullptr;
    if (!spec.name.empty()) enums_[spec.name] = type;
    return type;
}

}  // namespace probevue::sema
