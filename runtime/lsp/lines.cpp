#include "runtime/lsp/lines.h"

#include <algorithm>

#include "runtime/sinks/utf8.h"

namespace probevue::lsp {
namespace {

// Code units of UTF-16 that a sequence of UTF-8 stands for; a byte that belongs to none is one.
size_t units(const Utf8Sequence& sequence) { return sequence.valid && sequence.size == 4 ? 2 : 1; }

}  // namespace

Lines::Lines(std::string_view text, Encoding encoding) : starts_{0}, encoding_(encoding) {
    for (size_t at = 0; at < text.size(); ++at) {
        const bool ends = text[at] == '\n' || (text[at] == '\r' && !text.substr(at + 1).starts_with('\n'));
        if (ends) starts_.push_back(at + 1);
    }
}

size_t Lines::end_of(std::string_view text, size_t line) const {
    if (line + 1 >= starts_.size()) return text.size();
    size_t end = starts_[line + 1] - 1;
    if (end > starts_[line] && text[end] == '\n' && text[end - 1] == '\r') --end;
    return end;
}

Position Lines::position(std::string_view text, size_t offset) const {
    offset = std::min(offset, text.size());
    const auto line =
        static_cast<size_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin()) - 1;
    offset = std::min(offset, end_of(text, line));
    std::string_view before = text.substr(starts_[line], offset - starts_[line]);
    size_t character = 0;
    if (encoding_ == Encoding::utf8) {
        character = before.size();
    } else {
        while (!before.empty()) {
            const Utf8Sequence next = utf8_sequence_at(before);
            character += units(next);
            before.remove_prefix(next.size);
        }
    }
    return {static_cast<uint32_t>(line), static_cast<uint32_t>(character)};
}

size_t Lines::offset(std::string_view text, Position position) const {
    if (position.line >= starts_.size()) return text.size();
    const size_t start = starts_[position.line];
    const size_t end = end_of(text, position.line);
    size_t at = start;
    size_t character = 0;
    while (at < end && character < position.character) {
        const Utf8Sequence next = utf8_sequence_at(text.substr(at, end - at));
        const size_t width = encoding_ == Encoding::utf8 ? next.size : units(next);
        // Within a character: it begins before.
        if (character + width > position.character) break;
        character += width;
        at += next.size;
    }
    return at;
}

Json to_json(Position position) { return {{"line", position.line}, {"character", position.character}}; }

Position position_of(const Json& json) { return {number(json, "line"), number(json, "character")}; }

}  // namespace probevue::lsp
