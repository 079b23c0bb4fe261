// Structures that the script has not declared, taken from the kernel's type information as they are asked for.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "compiler/program/kernel_facts.h"
#include "compiler/sema/type.h"

namespace probevue::sema {

class ImportedTypes {
public:
    ImportedTypes(TypeTable& types, const KernelFacts& kernel) : types_(types), kernel_(kernel) {}

    // The type as the checker knows it; pointers point into the kernel. Structures get their members when fill() is
    // asked for them: what one can reach from a socket is most of the kernel.
    TypeRef import(KernelTypeId id);
    // The structure with that name as messages have it ("struct sock"); null: the kernel has none.
    TypeRef structure(std::string_view name);
    // Gives a structure its members, when it is one of the kernel's.
    void fill(TypeRef type);
    bool owns(TypeRef type) const { return of_kernel_.contains(type); }

private:
    struct Origin {
        Type* type = nullptr;
        KernelTypeId id = 0;
        bool filled = false;
    };
    TypeRef make(KernelTypeId id);
    TypeRef make_structure(KernelTypeId id, const KernelType& of);
    void add_members(Type& to, const KernelType& from, uint32_t bit);
    void add_bits(Type& to, const KernelMember& member, TypeRef type, uint32_t bit);

    TypeTable& types_;
    const KernelFacts& kernel_;
    std::map<KernelTypeId, TypeRef> made_;
    std::map<TypeRef, Origin> of_kernel_;
};

}  // namespace probevue::sema
