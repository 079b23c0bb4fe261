#include "runtime/sinks/text_width.h"

#include <wchar.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "builtins/base/text.h"

namespace probevue {

Character character_at(std::string_view text, size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80) return {1, first == 0x1b ? size_t{0} : size_t{1}};
    const size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    if (bytes == 1 || at + bytes > text.size()) return {};
    auto code = static_cast<wchar_t>(first & (0xff >> (bytes + 1)));
    for (size_t i = 1; i < bytes; ++i) code = (code << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3f);
    const int width = wcwidth(code);
    return {bytes, width < 0 ? size_t{1} : static_cast<size_t>(width)};
}

size_t width_of(std::string_view text) {
    size_t width = 0;
    for (size_t at = 0; at < text.size();) {
        if (text[at] == '\033') {  // an escape sequence ends with a letter
            while (at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) == 0) ++at;
            ++at;
            continue;
        }
        const Character one = character_at(text, at);
        width += one.columns;
        at += one.bytes;
    }
    return width;
}

namespace {

// Where a line goes on that is broken.
size_t hanging_indent(std::string_view line, size_t columns) {
    const size_t begin = std::min(line.find_first_not_of(' '), line.size());
    const size_t list = line.find("  ", begin);
    const size_t column = list == std::string_view::npos ? line.size() : line.find_first_not_of(' ', list);
    return column < columns / 2 ? column : std::min(begin + 2, columns / 2);
}

// The blank at which a line is broken: the last one before the edge, else the first one behind it; npos without any.
size_t break_at(std::string_view line, size_t indent, size_t columns) {
    size_t found = std::string_view::npos;
    const size_t first = std::max(indent, std::min(line.find_first_not_of(' '), line.size())) + 1;
    for (size_t at = line.find(' ', first); at != std::string_view::npos; at = line.find(' ', at + 1)) {
        if (width_of(line.substr(0, at)) > columns) return found != std::string_view::npos ? found : at;
        found = at;
    }
    return found;
}

void append_wrapped(std::string& out, std::string_view line, size_t columns) {
    const size_t indent = hanging_indent(line, columns);
    std::string rest(line);
    while (width_of(rest) > columns) {
        const size_t end = break_at(rest, indent, columns);
        if (end == std::string::npos) break;
        out.append(rest, 0, end).append("\n");
        rest = std::string(indent, ' ').append(trim(std::string_view(rest).substr(end)));
    }
    out += rest;
}

}  // namespace

std::string wrapped(std::string_view text, size_t columns) {
    std::string out;
    const std::vector<std::string_view> lines = split(text, '\n');
    for (size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) out += '\n';
        append_wrapped(out, lines[i], columns);
    }
    return out;
}

}  // namespace probevue
