// What the server answers about an open script. Each takes the parameters of its request and gives its result; what
// clients got wrong is thrown as a RequestError.
#pragma once

#include "runtime/lsp/document.h"
#include "runtime/lsp/json.h"

namespace probevue::lsp {

// What a client understands.
struct ClientAbilities {
    Encoding encoding = Encoding::utf16;
    bool markdown_hover = false;
    bool markdown_items = false;  // in completion and signatures
    bool related_notes = false;   // of diagnostics
    bool symbol_tree = false;     // document symbols in symbols
    bool label_offsets = false;   // of parameters in a signature
};

struct Asked {
    Document& document;
    const Analysis& analysis;
    const ScriptChecker& checker;
    const Json& params;
    const ClientAbilities& client;

    // Of `position`.
    size_t offset() const { return document.offset(position_of(member(params, "position"))); }
};

Json hover(const Asked& asked);
Json completion(const Asked& asked);
Json definition(const Asked& asked);
Json references(const Asked& asked);
Json highlights(const Asked& asked);
Json document_symbols(const Asked& asked);
Json signature_help(const Asked& asked);
Json formatting(const Asked& asked);

// The parameters of `textDocument/publishDiagnostics`.
Json diagnostics(const Document& document, const Analysis& analysis, const ClientAbilities& client);

}  // namespace probevue::lsp
