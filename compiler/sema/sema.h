// The checker: from the syntax tree to the checked program. Resolves names, gives every expression its type, makes
// conversions explicit and verifies every rule of the language; what comes behind it reports no errors about the
// script.
#pragma once

#include <string>
#include <vector>

#include "compiler/diag/diag.h"
#include "compiler/program/kernel_facts.h"
#include "compiler/sema/checked.h"
#include "compiler/source/source.h"
#include "compiler/syntax/ast.h"

namespace probevue {

struct CheckOptions {
    bool replay = false;  // -r: probes read recordings; what only a live system can answer is not asked for
    bool may_lack_clauses = false;
    bool incomplete = false;  // statements with errors are missing: a name may have been declared in one of them
    // Types of the kernel, for what scripts reach without declaring it; null: there are none to be had.
    const KernelFacts* types = nullptr;
    bool for_kernel = false;              // the script is to run on that kernel: what it says of it must be so
    bool record = false;                  // -w: what a replay cannot know is not used
    std::vector<std::string> interfaces;  // of tuples that leave theirs out; empty: `any`
    // Headers of -I, parsed, in the order of the command line. Borrowed for the call.
    std::vector<const std::vector<ast::Declaration>*> headers;
};

// Checks a whole script. Problems go to `diagnostics`, every one of the script, each once: what hangs on an error is
// not reported again. A script is always returned; it may be compiled on only when `diagnostics` has no errors.
checked::Script check(const ast::Script& script, const Source& source, const CheckOptions& options,
                      Diagnostics& diagnostics);

// `-d types`: every symbol with its class, type and layout, and every clause as a typed tree (one S-expression a
// statement).
std::string dump_types(const checked::Script& script);

}  // namespace probevue
