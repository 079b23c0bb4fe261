// What an editor asks of a script: which names it has, what they are, where they are made and where they are used. Made
// of the syntax tree and of what is known of its names, also of a script that has errors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/checked.h"
#include "compiler/source/source.h"
#include "compiler/syntax/ast.h"

namespace probevue {

// Bytes of the file as the user wrote it, a byte order mark included; half open.
struct TextRange {
    uint32_t begin = 0;
    uint32_t end = 0;
};

enum class OutlineKind : uint8_t {
    clause,
    variable,
    array,  // associative
    list,
    range,
    structure,  // or a union
    enumeration,
    enumerator,
    type,      // of a typedef
    function,  // a prototype
    member,
};

struct OutlineSymbol {
    OutlineKind kind = OutlineKind::variable;
    std::string name;       // of a clause its tuples
    std::string text;       // as a declaration: "global int n", "unsigned long long bytes[ip_addr_t]"
    std::string type = {};  // of a variable the name of its type; empty: not known
    std::string unit = {};  // of its numbers, "bytes"; empty: not known
    // The clause that it belongs to, as an index of symbols; of a member its structure.
    std::optional<uint32_t> parent = {};
    // The declaration or clause, and its name in it; none: it stands in a header.
    std::optional<TextRange> whole = {};
    TextRange name_at = {};
};

struct OutlineUse {
    TextRange at;
    uint32_t symbol = 0;  // index of symbols
};

struct Outline {
    std::vector<OutlineSymbol> symbols;
    std::vector<OutlineUse> uses;  // by their place; the name in the declaration is one
};

Outline make_outline(const ast::Script& tree, const checked::Script& script, const Source& source);

}  // namespace probevue
