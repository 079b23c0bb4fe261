#include "compiler/sema/imported_types.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace probevue::sema {

TypeRef ImportedTypes::import(KernelTypeId id) {
    if (id == 0) return types_.void_type();
    const auto known = made_.find(id);
    if (known != made_.end()) return known->second;
    // Ends although structures point to each other: a structure is made without its members (fill()).
    const TypeRef type = make(id);
    made_[id] = type;
    return type;
}

TypeRef ImportedTypes::structure(std::string_view name) {
    const size_t blank = name.find(' ');
    if (blank == std::string_view::npos) return nullptr;
    const std::optional<KernelTypeId> id = kernel_.structure(name.substr(blank + 1), name.starts_with("union "));
    return id ? import(*id) : nullptr;
}

TypeRef ImportedTypes::make(KernelTypeId id) {
    const std::optional<KernelType> of = kernel_.type(id);
    if (!of) return types_.void_type();
    switch (of->kind) {
        case KernelType::Kind::integer:
            if (of->size == 1 || of->size == 2 || of->size == 4 || of->size == 8)
                return types_.integer(of->size, of->is_signed);
            // Such as __int128, for which there is no type here: its bytes.
            return types_.array(types_.integer(1, false), of->size);
        case KernelType::Kind::pointer:
            return types_.pointer(import(of->target), AddressSpace::kernel);
        case KernelType::Kind::array:
            return types_.array(import(of->target), of->count);
        case KernelType::Kind::structure:
            return make_structure(id, *of);
        case KernelType::Kind::opaque:
            break;
    }
    // A structure whose body another part of the type information may have.
    if (!of->name.empty()) {
        const std::optional<KernelTypeId> whole = kernel_.structure(of->name, of->is_union);
        if (whole && *whole != id) return import(*whole);
    }
    Type* unknown = types_.structure(of->name, of->is_union);
    of_kernel_[unknown] = {unknown, id, true};
    unknown->refused = "the kernel's type information does not say more of it";
    return unknown;
}

TypeRef ImportedTypes::make_structure(KernelTypeId id, const KernelType& of) {
    Type* made = types_.structure(of.name, of.is_union);
    made->size = of.size;
    made->complete = true;
    of_kernel_[made] = {made, id, false};
    return made;
}

void ImportedTypes::fill(TypeRef type) {
    const auto at = of_kernel_.find(type);
    if (at == of_kernel_.end() || at->second.filled) return;
    at->second.filled = true;
    const std::optional<KernelType> of = kernel_.type(at->second.id);
    if (of) add_members(*at->second.type, *of, 0);
}

// Members of what has no name are reached as if they were the outer one's.
// `bit`: where `from` begins, in bits from the start of `to`.
void ImportedTypes::add_members(Type& to, const KernelType& from, uint32_t bit) {
    for (const KernelMember& member : from.members) {
        const uint32_t at = bit + member.bit;
        if (member.name.empty()) {
            const std::optional<KernelType> inner = kernel_.type(member.type);
            if (inner && inner->kind == KernelType::Kind::structure) add_members(to, *inner, at);
            continue;
        }
        const TypeRef type = import(member.type);
        if (member.width != 0) {
            add_bits(to, member, type, at);
        } else {
            to.fields.push_back({member.name, type, at / 8});
        }
    }
}

// In the unit of its type where it fits that, else in the smallest one that holds it.
// The type information counts bits from the start of the structure, Field from that of a storage unit. What no unit of
// up to 8 bytes holds at once is left out: no single load reads it.
void ImportedTypes::add_bits(Type& to, const KernelMember& member, TypeRef type, uint32_t bit) {
    for (uint32_t size = type->size; size <= 8 && size != 0; size *= 2) {
        const uint32_t unit = bit / (size * 8) * size;
        if (bit + member.width > (unit + size) * 8) continue;
        const TypeRef held = size == type->size ? type : types_.integer(size, type->is_signed);
        to.fields.push_back({member.name, held, unit, static_cast<uint8_t>(bit - unit * 8), member.width});
        return;
    }
}

}  // namespace probevue::sema
