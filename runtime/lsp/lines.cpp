#include "runtime/lsp/lines.h"

#include <algorithm>
#include <iterator>

namespace probevue::lsp {
Lines::Lines(std::string_view text, Encoding encoding) : starts_{0}, encoding_(encoding) {
    constexpr size_t apart = 1024;
    Mark last{0, 0, 0};
    size_t character = 0;
    for (size_t at = 0; at < text.size();) {
        // The protocol knows three ends of a line: \n, \r\n and \r alone.
        const bool ends = text[at] == '\n' || (text[at] == '\r' && !text.substr(at + 1).starts_with('\n'));
        const Utf8Sequence next = utf8_sequence_at(text.substr(at));
        character += width(next);
        at += next.size;
        if (ends) {
            starts_.push_back(at);
            character = 0;
            last = {at, 0, starts_.size() - 1};
        } else if (at - last.offset >= apart) {
            // Lines are mostly short: few texts have a mark at all.
            last = {at, character, starts_.size() - 1};
            marks_.push_back(last);
        }
    }
}

// Code units that a sequence stands for; a byte that belongs to none is one of UTF-16.
size_t Lines::width(const Utf8Sequence& sequence) const {
    if (encoding_ == Encoding::utf8) return sequence.size;
    return sequence.valid && sequence.size == 4 ? 2 : 1;
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
    size_t at = starts_[line];
    size_t character = 0;
    const auto mark = std::upper_bound(marks_.begin(), marks_.end(), offset,
                                       [](size_t value, const Mark& one) { return value < one.offset; });
    if (mark != marks_.begin() && std::prev(mark)->line == line) {
        at = std::prev(mark)->offset;
        character = std::prev(mark)->character;
    }
    while (at < offset) {
        const Utf8Sequence next = utf8_sequence_at(text.substr(at, offset - at));
        character += width(next);
        at += next.size;
    }
    return {static_cast<uint32_t>(line), static_cast<uint32_t>(character)};
}

size_t Lines::offset(std::string_view text, Position position) const {
    if (position.line >= starts_.size()) return text.size();
    const size_t end = end_of(text, position.line);
    size_t at = starts_[position.line];
    size_t character = 0;
    const auto mark = std::upper_bound(marks_.begin(), marks_.end(), position, [](Position value, const Mark& one) {
        return value.line < one.line || (value.line == one.line && value.character < one.character);
    });
    if (mark != marks_.begin() && std::prev(mark)->line == position.line) {
        at = std::prev(mark)->offset;
        character = std::prev(mark)->character;
    }
    while (at < end && character < position.character) {
        const Utf8Sequence next = utf8_sequence_at(text.substr(at, end - at));
        // Within a character: it begins before.
        if (character + width(next) > position.character) break;
        character += width(next);
        at += next.size;
    }
    return at;
}

Json to_json(Position position) { return {{"line", position.line}, {"character", position.character}}; }

Position position_of(const Json& json) { return {number(json, "line"), number(json, "character")}; }

}  // namespace probevue::lsp
