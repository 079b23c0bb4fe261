// What a script tells at its end that prints nothing by itself: its counts, variables and arrays. Asked for by the
// command where a person waits for an answer (`-e`, a terminal); an extension.
#pragma once

#include <string>

#include "compiler/sema/checked.h"
#include "compiler/source/source.h"
#include "compiler/syntax/ast.h"

namespace probevue {

// Clauses without contents on events count what they are run for: `clause_1++`. The names are the same each time, and
// none that the script has.
void count_empty_clauses(ast::Script& script, const checked::Script& checked);

// The text of an @@END clause that prints all global variables of `checked`, which is `script` checked. Empty when it
// prints something by itself, or has nothing to tell; with `unprinted` what it prints is left out instead. Where
// count_empty_clauses() has made counters, it prints them.
std::string end_clause(const ast::Script& script, const checked::Script& checked, const Source& source, bool unprinted);

}  // namespace probevue
