// `-d tokens`: one word a line, as the parser gets it.
#include <fmt/format.h>

#include "compiler/syntax/antlr.h"
#include "compiler/syntax/tokens.h"

namespace probevue {

std::string dump_tokens(const Source& source, Diagnostics& diagnostics) {
    syntax::TokenList list = syntax::read_tokens(source, diagnostics);
    syntax::match_brackets(list, source);
    syntax::mark_type_names(list, source, {});
    // The names of the kinds come from the grammar.
    antlr4::ANTLRInputStream nothing;
    const syntax::Lexer lexer(&nothing);
    std::string out;
    for (const syntax::Token& token : list.tokens) {
        const Location at = source.location(token.span.begin);
        out += fmt::format("{}:{}\t{}\t{}\n", at.line, at.column, lexer.getVocabulary().getSymbolicName(token.kind),
                           syntax::text_of(source, token.span));
    }
    return out;
}

}  // namespace probevue
