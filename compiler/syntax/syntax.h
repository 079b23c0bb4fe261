// Text to syntax tree. The generated ANTLR parser is seen behind this header only.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/diag/diag.h"
#include "compiler/source/source.h"
#include "compiler/syntax/ast.h"

namespace probevue {

// Caps that keep parsing bounded; each is a clear error when passed.
struct SyntaxLimits {
    static constexpr size_t nesting = 256;      // brackets inside brackets
    static constexpr size_t identifier = 1023;  // bytes
    static constexpr size_t tuple = 1023;       // bytes of one probe specification (AIX: probevue_con_point)
    static constexpr size_t operators = 1000;   // in one statement, calls, members and indices included
    static constexpr size_t else_if = 256;      // `if` and `else` in one chain or inside each other
    static constexpr size_t tokens = 200000;
};

// Parses a whole script. Problems go to `diagnostics`; what could be understood is returned: statements and
// declarations with errors are left out, so a later stage sees whole ones only (and may miss a name that stood in one
// of them). `type_names`: typedefs of headers read before; built-in types are known.
ast::Script parse_script(const Source& source, Diagnostics& diagnostics, std::span<const std::string> type_names = {});

// Parses a header for -I: preprocessed C, declarations only. Bodies of functions are skipped.
std::vector<ast::Declaration> parse_header(const Source& source, Diagnostics& diagnostics,
                                           std::span<const std::string> type_names = {});

// The script in the house style (docs/command.md), the same words and comments in the same order. Nothing when it has
// errors in its syntax, which are reported.
std::optional<std::string> format_script(const Source& source, Diagnostics& diagnostics,
                                         std::span<const std::string> type_names = {});

// Do two texts have the same words, comments and `#` lines in the same order, whatever their blanks?
bool same_words(const Source& one, const Source& other);

// The words of the language that are no names, as the grammar has them; for completion and colours.
std::vector<std::string> keywords();

// `-d tokens` and `-d ast`: text made for reading and for golden tests.
std::string dump_tokens(const Source& source, Diagnostics& diagnostics);
std::string dump_ast(const ast::Script& script);

}  // namespace probevue
