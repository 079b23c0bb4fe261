// Text to syntax tree. The generated ANTLR parser is seen behind this header only.
#pragma once

#include <string>

#include "compiler/diag/diag.h"
#include "compiler/source/source.h"
#include "compiler/syntax/ast.h"

namespace probevue {

// Caps that keep parsing bounded; each is a clear error when passed.
struct SyntaxLimits {
    static constexpr size_t nesting = 256;          // brackets inside brackets
    static constexpr size_t identifier = 1023;      // bytes
    static constexpr size_t tuple = 1023;           // bytes of one probe specification (AIX: probevue_con_point)
    static constexpr size_t operators = 1000;       // in one statement
    static constexpr size_t else_if = 256;          // chained
    static constexpr size_t tokens = 200000;
};

// Parses a whole script. Problems go to `diagnostics`; what could be understood is returned.
ast::Script parse_script(const Source& source, Diagnostics& diagnostics);

// Parses a header for -I: C declarations only.
std::vector<ast::Declaration> parse_header(const Source& source, Diagnostics& diagnostics);

// `-d tokens` and `-d ast`: text made for reading and for golden tests.
std::string dump_tokens(const Source& source, Diagnostics& diagnostics);
std::string dump_ast(const ast::Script& script);

}  // namespace probevue
