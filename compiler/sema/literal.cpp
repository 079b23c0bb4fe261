// From a place inside a literal's value back to the place in the text, through escapes.
#include "compiler/sema/literal.h"

#include <algorithm>

namespace probevue::sema {

namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Characters of the element (a character or an escape) that begins at `at`.
size_t element_length(std::string_view text, size_t at) {
    if (text[at] != '\\' || at + 1 >= text.size()) return 1;
    size_t end = at + 2;
    if (is_octal(text[at + 1])) {
        while (end < text.size() && end < at + 4 && is_octal(text[end])) ++end;
    } else if (text[at + 1] == 'x') {
        while (end < text.size() && is_hex(text[end])) ++end;
    }
    return end - at;
}

size_t advance(std::string_view text, size_t at, size_t elements) {
    for (; elements > 0 && at < text.size(); --elements) at += element_length(text, at);
    return at;
}

}  // namespace

Span span_in_literal(const Source& source, Span written, size_t index, size_t length) {
    std::string_view text = source.text();
    const size_t end = std::min<size_t>(written.end, text.size());
    size_t begin = std::min<size_t>(written.begin, end);
    text = text.substr(0, end);
    if (begin < end && (text[begin] == '"' || text[begin] == '\'')) ++begin;
    const size_t from = advance(text, begin, index);
    const size_t to = std::max(advance(text, from, length), std::min(from + 1, end));
    return {static_cast<uint32_t>(from), static_cast<uint32_t>(to)};
}

}  // namespace probevue::sema
