// Private to compiler/sema: where the members of structures lie (System V ABI, x86-64, with gcc's bit-fields, `packed`,
// `aligned` and `#pragma pack`: gcc/stor-layout.cc).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/type.h"

namespace probevue::sema {

// Largest object that a script can describe, in bytes.
inline constexpr uint32_t max_object_size = 1u << 20;

struct MemberPlan {
    std::string
        name;  // empty: a nameless bit-field, or a nameless structure whose members count as members of this one
    TypeRef type = nullptr;
    std::optional<uint32_t> bits = std::nullopt;  // bit-field width; 0 begins a new storage unit
    uint32_t type_align = 0;  // bytes, of the typedef that names the type; 0: the alignment of the type itself
    uint32_t aligned = 0;     // bytes, `aligned(n)` of the member; 0: none
    bool packed = false;
};

// What is asked for a whole structure.
struct LayoutRules {
    bool packed = false;
    uint32_t aligned = 0;  // bytes, at least; 0: nothing
    uint32_t packing = 0;  // bytes, `#pragma pack`: the largest alignment of a member; 0: any
};

// What cannot be laid out, and why: empty when all could.
struct LayoutFault {
    std::string text;
    std::string hint;
};

// Lays `members` out and completes the structure. A fault: it is larger than max_object_size, or the bits of a packed
// bit-field lie in no storage unit of their type that they share with bit-fields only.
LayoutFault lay_out(Type& structure, const std::vector<MemberPlan>& members, const LayoutRules& rules);

}  // namespace probevue::sema
