// Private to compiler/sema: formats of printf and eprintf, and the layout of what they emit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/program/record.h"
#include "compiler/sema/record_field.h"
#include "compiler/sema/type.h"

namespace probevue::sema {

// Largest payload of one printf, in bytes.
inline constexpr uint32_t max_record_size = 32768;

// What a length modifier says about integers.
enum class Modifier : uint8_t { none, hh, h, l, ll };

struct Conversion {
    FormatPiece piece;
    Modifier modifier = Modifier::none;
    size_t at = 0;      // where the `%` stands, in the format's value
    size_t length = 0;  // of the whole conversion
    size_t value = 0;   // `%2$d`: which of the values it prints, from 1; 0: the next one
};

struct FormatFault {
    size_t at = 0;
    size_t length = 0;
    std::string text;
    std::string hint;
};

struct Format {
    std::vector<Conversion> conversions;
    std::string tail;  // literal text behind the last conversion
    std::vector<FormatFault> faults;
};

// `numbered`: a conversion may say which value it prints.
Format parse_format(std::string_view text, bool numbered = false);

// Does a value of this type go with the conversion? Empty: yes; else a hint.
struct Fit {
    bool fits = true;
    std::string hint;
};
Fit conversion_fits(char conversion, TypeRef type);

// The conversion that prints values of the type (without `%`), empty when there is none.
std::string_view natural_conversion(TypeRef type);

// Bytes that an integer is printed with (FormatPiece::bytes).
uint8_t printed_bytes(const Conversion& conversion, TypeRef type);

// Adds a field for a value of the type behind the others, and returns its index.
uint32_t add_field(RecordLayout& record, TypeRef type);

}  // namespace probevue::sema
