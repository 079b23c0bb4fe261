// The words of a script as text: which one the cursor is at, and what the tables say of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "compiler/compile.h"
#include "runtime/lsp/json.h"

namespace probevue::lsp {

// What is said of something: code, and sentences.
struct Said {
    std::string code;  // a declaration; empty: nothing is said
    std::string doc;   // may be empty
};

// The name of the script that the cursor is in or behind; null when there is none.
const OutlineUse* use_at(const Outline& outline, size_t offset);

// The word around the offset, and where it begins; empty when there is none.
struct Word {
    size_t begin = 0;
    std::string_view text;
};
Word word_at(std::string_view text, size_t offset);
// The tuple around the offset, from its `@@` on, its filter included; empty when there is none.
Word tuple_at(std::string_view text, size_t offset);

Said about(const OutlineSymbol& symbol);
// A word of the language or of the tables. `owner`: the name before its `->` or `.`; empty when there is none.
Said about_word(std::string_view word, std::string_view owner);
Said about_tuple(std::string_view tuple);

// MarkupContent, or a string where only that is understood.
Json markup(const Said& said, bool markdown);

}  // namespace probevue::lsp
