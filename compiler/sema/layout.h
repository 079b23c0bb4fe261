// Private to compiler/sema: where the members of structures lie (System V ABI, x86-64, with gcc's bit-fields).
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
    std::optional<uint32_t> bits;  // bit-field width; 0 begins a new storage unit
};

// Lays `members` out and completes the structure. Returns false when it is larger than max_object_size.
bool lay_out(Type& structure, const std::vector<MemberPlan>& members);

}  // namespace probevue::sema
