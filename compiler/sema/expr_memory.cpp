// Members, indexes and pointers: places in variables, and memory of the packet, the kernel and the process.
#include <algorithm>

#include "builtins/base/text.h"
#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

// Whose memory a place lies in; none: a variable of the script.
AddressSpace space_of(const checked::Expr& place, const std::vector<checked::Variable>& variables) {
    if (const auto* deref = std::get_if<checked::Dereference>(&place.node)) return deref->pointer->type->space;
    if (const auto* field = std::get_if<checked::FieldRef>(&place.node)) return space_of(*field->base, variables);
    if (const auto* index = std::get_if<checked::ArrayIndex>(&place.node)) return space_of(*index->base, variables);
    if (const auto* variable = std::get_if<checked::VariableRef>(&place.node)) {
        return variables[variable->id].storage == checked::VariableClass::kernel ? AddressSpace::kernel
                                                                                 : AddressSpace::none;
    }
    return AddressSpace::none;
}

}  // namespace

// A pointer that is read from someone's memory points into that memory.
TypeRef Checker::in_space(TypeRef type, AddressSpace space) {
    if (type->kind != TypeKind::pointer || space == AddressSpace::none || type->space != AddressSpace::none)
        return type;
    return types().pointer(type->element, space);
}

// Decides where a pointer of unknown origin (cast from a number) points, by the probe.
bool Checker::resolve_space(checked::Expr& pointer) {
    if (pointer.type->space != AddressSpace::none) return true;
    if (clause_ == nullptr || !probes_known_) return false;
    if (probes_.contains(ProbeKind::bpf)) {
        error(pointer.span, "it is not known which memory this points into", "packet data is reached through __mdata");
        return false;
    }
    const AddressSpace space =
        process_probes.contains(probes_) && !probes_.empty() ? AddressSpace::user : AddressSpace::kernel;
    pointer.type = types().pointer(pointer.type->element, space);
    return true;
}

ExprPtr Checker::dereference(ExprPtr pointer, Span span) {
    pointer = typed_argument(std::move(pointer));
    if (pointer->type->kind == TypeKind::array) pointer = decay(std::move(pointer));
    if (pointer == nullptr) return nullptr;
    if (pointer->type->kind != TypeKind::pointer) {
        if (!refuse_untyped(*pointer, span)) error(span, shown(pointer->type) + " is no pointer");
        return nullptr;
    }
    TypeRef element = pointer->type->element;
    if (!element->complete && probes_known_ && clause_ != nullptr && !probes_.contains(ProbeKind::bpf) &&
        resolve_space(*pointer) && pointer->type->space == AddressSpace::kernel)
        element = known_structure(element);
    if (element->kind == TypeKind::void_) {
        error(span, "what a `void *` points to has no type", "cast it to a pointer with a type");
        return nullptr;
    }
    if (!element->complete) {
        lacks(span, shown(element) + " has no members here: " + why_unknown(element), hint_of_unknown(element));
        return nullptr;
    }
    if (!resolve_space(*pointer)) return nullptr;
    if (pointer->type->space == AddressSpace::kernel) structure_fits(element, span);
    const TypeRef type = in_space(element, pointer->type->space);
    return make(checked::Dereference{std::move(pointer)}, type, span);
}

ExprPtr Checker::offset_pointer(ExprPtr pointer, ExprPtr bytes, TypeRef type, Span span) {
    const TypeRef word = types().integer(8, true);
    if (const auto by = constant_value(*bytes); by && *by == 0) return convert(std::move(pointer), type);
    ExprPtr sum =
        make(checked::Binary{checked::BinaryOp::add, convert(std::move(pointer), word), std::move(bytes)}, word, span);
    return convert(std::move(sum), type);
}

// `&place`: only memory outside the script has addresses.
ExprPtr Checker::address_of(ExprPtr place, Span span) {
    const TypeRef type = place->type;
    if (space_of(*place, out_.variables) == AddressSpace::none) {
        error(span, "`&` cannot be applied to variables of the script",
              "copy_kdata(), sockfd_netinfo() and the like take the variable by its name");
        return nullptr;
    }
    if (auto* deref = std::get_if<checked::Dereference>(&place->node)) {
        ExprPtr pointer = std::move(deref->pointer);
        const TypeRef to = types().pointer(type, pointer->type->space);
        return convert(std::move(pointer), to);
    }
    const TypeRef word = types().integer(8, true);
    if (auto* field = std::get_if<checked::FieldRef>(&place->node)) {
        if (field->field->bit_width != 0) {
            error(span, "a bit-field has no address");
            return nullptr;
        }
        const int64_t offset = field->field->offset;
        ExprPtr base = address_of(std::move(field->base), span);
        if (base == nullptr) return nullptr;
        const TypeRef to = types().pointer(type, base->type->space);
        return offset_pointer(std::move(base), integer(offset, word, span), to, span);
    }
    if (auto* index = std::get_if<checked::ArrayIndex>(&place->node)) {
        ExprPtr bytes = convert(std::move(index->index), word);
        const auto size = static_cast<int64_t>(type->size);
        bytes = make(checked::Binary{checked::BinaryOp::mul, std::move(bytes), integer(size, word, span)}, word, span);
        ExprPtr base = address_of(std::move(index->base), span);
        if (base == nullptr) return nullptr;
        const TypeRef to = types().pointer(type, base->type->space);
        return offset_pointer(std::move(base), std::move(bytes), to, span);
    }
    error(span, "`&` cannot be applied to a kernel variable");
    return nullptr;
}

// An array outside the script becomes a pointer to its first element.
ExprPtr Checker::decay(ExprPtr array) {
    const Span span = array->span;
    const TypeRef element = array->type->element;
    if (space_of(*array, out_.variables) == AddressSpace::none) {
        error(span, "an array of the script has no address", "give an index");
        return nullptr;
    }
    ExprPtr address = address_of(std::move(array), span);
    if (address == nullptr) return nullptr;
    const TypeRef to = types().pointer(element, address->type->space);
    return convert(std::move(address), to);
}

ExprPtr Checker::member(const ast::Member& member, Span span, bool stored) {
    if (const auto* base = std::get_if<ast::Name>(&member.base->node)) {
        if (base->storage == ast::StorageClass::none && find(base->storage, base->text) == nullptr &&
            is_builtin(base->text)) {
            const BuiltinRow* scalar = find_builtin(base->text, {});
            const bool is_pointer = scalar != nullptr && scalar->unavailable.empty() &&
                                    (scalar->type.kind == ValueKind::packet || scalar->type.kind == ValueKind::pointer);
            if (!is_pointer) {
                if (!member.arrow && (scalar == nullptr || scalar->unavailable.empty())) {
                    error(span, "members of " + shown(base->text) + " are reached with `->`",
                          "write " + base->text + "->" + member.name);
                    return nullptr;
                }
                return builtin(base->text, member.name, member.base->span, member.name_span, span);
            }
        }
    }
    ExprPtr base = stored ? place(*member.base) : value(*member.base);
    return base == nullptr ? nullptr : member_of(std::move(base), member, span);
}

ExprPtr Checker::member_of(ExprPtr base, const ast::Member& member, Span span) {
    const auto has_members = [](TypeRef type) {
        return type->kind == TypeKind::structure || type->kind == TypeKind::net_info;
    };
    base = typed_argument(std::move(base));
    const TypeRef type = base->type;
    if (type->kind == TypeKind::pointer && has_members(type->element)) {
        if (!member.arrow) {
            error(span, shown(type) + " is a pointer: its members are reached with `->`",
                  "write `->" + member.name + "`");
            return nullptr;
        }
        base = dereference(std::move(base), span);
        if (base == nullptr) return nullptr;
    } else if (!has_members(type)) {
        if (!refuse_untyped(*base, span)) error(member.name_span, shown(type) + " has no members");
        return nullptr;
    } else if (member.arrow) {
        error(span, shown(type) + " is no pointer: its members are reached with `.`", "write `." + member.name + "`");
        return nullptr;
    }
    if (!base->type->complete) {
        lacks(span, shown(base->type) + " has no members here: " + why_unknown(base->type),
              hint_of_unknown(base->type));
        return nullptr;
    }
    // Structures of the kernel get their members when one is asked for.
    if (imported_) imported_->fill(base->type);
    const Field* field = base->type->find_field(member.name);
    // It may be the member that has an error.
    if (field == nullptr && base->type->lacks_members) return nullptr;
    if (field == nullptr) {
        std::vector<std::string_view> names;
        for (const Field& other : base->type->fields) names.push_back(other.name);
        std::string listed;
        std::string hint = did_you_mean(member.name, names);
        for (size_t i = 0; hint.empty() && i < names.size(); ++i)
            listed += (i == 0 ? "its members are " : ", ") + std::string(names[i]);
        lacks(member.name_span, shown(base->type) + " has no member " + shown(member.name), hint + listed);
        return nullptr;
    }
    const TypeRef result = in_space(field->type, space_of(*base, out_.variables));
    return make(checked::FieldRef{std::move(base), field}, result, span);
}

// base[index] of a C array or a pointer; associative arrays have been recognised before.
ExprPtr Checker::index(const ast::Index& node, Span span, bool stored) {
    ExprPtr base = stored ? place(*node.base) : value(*node.base);
    ExprPtr at = value(*node.index);
    if (base == nullptr || at == nullptr) return nullptr;
    return index_of(std::move(base), std::move(at), span);
}

ExprPtr Checker::index_of(ExprPtr base, ExprPtr at, Span span) {
    base = typed_argument(std::move(base));
    const TypeRef type = base->type;
    if (type->kind == TypeKind::string) {
        error(span, "single characters of a String cannot be taken");
        return nullptr;
    }
    if (type->kind != TypeKind::array && type->kind != TypeKind::pointer) {
        if (!refuse_untyped(*base, span)) error(span, shown(type) + " is no array");
        return nullptr;
    }
    if (!at->type->is_integer()) {
        error(at->span, "the index of an array is an integer, this is " + shown(at->type));
        return nullptr;
    }
    if (type->kind == TypeKind::pointer) {
        ExprPtr moved = pointer_arithmetic(ast::BinaryOp::add, std::move(base), std::move(at), span, span);
        return moved == nullptr ? nullptr : dereference(std::move(moved), span);
    }
    const std::optional<int64_t> constant = constant_value(*at);
    const AddressSpace space = space_of(*base, out_.variables);
    const bool open_end = space != AddressSpace::none && type->count <= 1;  // behind the end of a structure
    if (constant && (*constant < 0 || (*constant >= int64_t{type->count} && !open_end))) {
        error(at->span, "index " + std::to_string(*constant) + " lies outside " + shown(type),
              type->count == 0 ? "" : "it has the elements 0 to " + std::to_string(type->count - 1));
        return nullptr;
    }
    // Of the kernel's memory no more is read than the element, if it is known to be one.
    if (space == AddressSpace::kernel && (open_end || constant)) {
        ExprPtr first = decay(std::move(base));
        if (first == nullptr) return nullptr;
        ExprPtr moved = pointer_arithmetic(ast::BinaryOp::add, std::move(first), std::move(at), span, span);
        return moved == nullptr ? nullptr : dereference(std::move(moved), span);
    }
    const TypeRef element = in_space(type->element, space);
    at = convert(std::move(at), types().integer(8, true));
    return make(checked::ArrayIndex{std::move(base), std::move(at)}, element, span);
}

}  // namespace probevue::sema
