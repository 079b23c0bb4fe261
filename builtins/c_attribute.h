// GNU attributes of C declarations, by what they do to the layout of what they stand on.
// Source: "Extending GNU C", Attribute Syntax; Common Function, Variable and Type Attributes.
#pragma once

#include <cstdint>
#include <string_view>

namespace probevue {

enum class CAttributeEffect : uint8_t {
    none,    // on layout
    packed,  // no gaps between members
    aligned,
    mode,  // an integer of another size
};

struct CAttributeRow {
    std::string_view name;  // without the underscores that may stand around it
    CAttributeEffect effect = CAttributeEffect::none;
};

// Null: an attribute that is not known may change the layout.
const CAttributeRow* find_c_attribute(std::string_view name);

// `packed` of `__packed__`.
std::string_view plain_attribute(std::string_view written);

// Bytes of an integer with `__attribute__((mode(name)))`; 0: there is no such mode of integers up to 64 bits.
uint32_t bytes_of_mode(std::string_view name);

}  // namespace probevue
