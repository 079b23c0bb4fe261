// Everything only ever widens from walk to walk, so that the walks come to an end.
#include "compiler/sema/plan.h"

#include <algorithm>

namespace probevue::sema {

Shape Shape::of(TypeRef type) {
    Shape shape;
    shape.kind = type->kind;
    shape.size = type->size;
    shape.is_signed = type->is_signed;
    shape.length = type->count;
    shape.space = type->space;
    return shape;
}

TypeRef Shape::type(TypeTable& types) const {
    switch (kind) {
        case TypeKind::integer:
            return types.long_long(is_signed);
        case TypeKind::floating:
            return types.double_type();
        case TypeKind::string:
            return types.string(length);
        case TypeKind::pointer:
            return types.pointer(types.void_type(), space);
        default:
            return types.simple(kind);
    }
}

uint32_t Plan::begin_string(const std::string& key, uint32_t wanted) {
    uint32_t& length = lengths_[key];
    length = std::max(length, std::min(wanted, max_string));
    return length;
}

uint32_t Plan::widen_string(const std::string& key, uint32_t wanted) {
    uint32_t& length = lengths_[key];
    const uint32_t held = length;
    if (wanted > held && held < max_string && passes_ <= followed_passes + 1) {
        length = std::min(wanted, max_string);
        if (passes_ > followed_passes) length = std::max(held, open_string);
        changed_ = changed_ || length != held;
    }
    return held;
}

AddressSpace Plan::space(const std::string& key) const {
    const auto found = spaces_.find(key);
    return found == spaces_.end() ? AddressSpace::none : found->second;
}

void Plan::set_space(const std::string& key, AddressSpace space) {
    AddressSpace& known = spaces_[key];
    if (known != AddressSpace::none) return;
    known = space;
    changed_ = true;  // uses that stand before the assignment want to know
}

}  // namespace probevue::sema
