#include "builtins/base/text.h"
#include "runtime/list/script_text.h"
#include "runtime/lsp/features.h"
#include "runtime/lsp/words.h"

namespace probevue::lsp {
namespace {

// The name before the `->` or `.` that stands before the word; empty when there is none.
std::string_view owner_of(std::string_view text, size_t begin) {
    std::string_view before = trim(text.substr(0, begin));
    const bool arrow = before.ends_with("->");
    if (!arrow && !before.ends_with('.')) return {};
    before = trim(before.substr(0, before.size() - (arrow ? 2 : 1)));
    return word_at(before, before.size()).text;
}

Json answer(const Asked& asked, const Said& said, TextRange range) {
    if (said.code.empty()) return nullptr;
    return {{"contents", markup(said, asked.client.markdown_hover)}, {"range", asked.document.range(range)}};
}

}  // namespace

Json hover(const Asked& asked) {
    const size_t offset = asked.offset();
    const std::string_view text = asked.document.text();
    const Outline& outline = asked.analysis.outline;
    if (const OutlineUse* use = use_at(outline, offset))
        return answer(asked, about(outline.symbols[use->symbol]), use->at);
    if (const Word tuple = tuple_at(text, offset); !tuple.text.empty()) {
        const auto begin = static_cast<uint32_t>(tuple.begin);
        return answer(asked, about_tuple(tuple.text), {begin, begin + static_cast<uint32_t>(tuple.text.size())});
    }
    const Word word = word_at(text, offset);
    const std::string_view before = text.substr(0, word.begin);
    if (word.text.empty() || ends_in_comment(before) || ends_in_quotes(before)) return nullptr;
    const auto begin = static_cast<uint32_t>(word.begin);
    return answer(asked, about_word(word.text, owner_of(text, word.begin)),
                  {begin, begin + static_cast<uint32_t>(word.text.size())});
}

}  // namespace probevue::lsp
