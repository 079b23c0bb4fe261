// The values of literals. Problems are reported at the character where they are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/source/messages.h"
#include "compiler/syntax/ast.h"

namespace probevue::syntax {

// `text` as it stands in the script at `span`; C's rules (AIX: probevue_con_elements).
ast::IntegerLiteral integer_value(std::string_view text, Span span, Diagnostics& diagnostics);
ast::FloatingLiteral floating_value(std::string_view text, Span span, Diagnostics& diagnostics);
// With the quotes; the closing one may be missing.
ast::CharacterLiteral character_value(std::string_view text, Span span, Diagnostics& diagnostics);
std::string string_value(std::string_view text, Span span, Diagnostics& diagnostics);

// A quoted field of a probe specification: only `\"`, `\'` and `\\` are escapes, because filters and regular
// expressions have backslashes of their own (`ip proto \tcp`).
std::string field_value(std::string_view text);

}  // namespace probevue::syntax
