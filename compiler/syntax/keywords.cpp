#include <algorithm>
#include <cctype>

#include "compiler/syntax/antlr.h"
#include "compiler/syntax/syntax.h"

namespace probevue {

// The grammar's vocabulary: words that stand in quotes there, one spelling a token.
std::vector<std::string> keywords() {
    antlr4::ANTLRInputStream nothing;
    const syntax::Lexer lexer(&nothing);
    const antlr4::dfa::Vocabulary& words = lexer.getVocabulary();
    std::vector<std::string> out;
    for (size_t kind = 1; kind <= words.getMaxTokenType(); ++kind) {
        const std::string quoted = words.getLiteralName(kind);
        if (quoted.size() < 3) continue;
        std::string word = quoted.substr(1, quoted.size() - 2);
        const bool plain =
            std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
        if (plain) out.push_back(std::move(word));
    }
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace probevue
