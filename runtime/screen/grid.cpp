#include "runtime/screen/grid.h"

#include <algorithm>
#include <array>

#include "builtins/base/utf8.h"

namespace probevue {
namespace {

struct Codes {
    char32_t from;
    char32_t to;
};

// What takes two cells, and what takes none: no table of the terminal's, which differs from host to host.
constexpr auto wide_codes = std::to_array<Codes>({{0x1100, 0x115f},
                                                  {0x2e80, 0xa4cf},
                                                  {0xac00, 0xd7a3},
                                                  {0xf900, 0xfaff},
                                                  {0xfe30, 0xfe6f},
                                                  {0xff00, 0xff60},
                                                  {0xffe0, 0xffe6},
                                                  {0x1f300, 0x1f64f},
                                                  {0x1f680, 0x1f6ff},
                                                  {0x1f900, 0x1f9ff},
                                                  {0x20000, 0x3fffd}});
constexpr auto empty_codes = std::to_array<Codes>({{0x300, 0x36f},
                                                   {0x200b, 0x200f},
                                                   {0x2028, 0x202e},
                                                   {0x2060, 0x206f},
                                                   {0xfe00, 0xfe0f},
                                                   {0xfeff, 0xfeff},
                                                   {0xe0000, 0xe01ef}});

template <size_t n>
bool is_in(const std::array<Codes, n>& list, char32_t code) {
    return std::any_of(list.begin(), list.end(), [&](const Codes& one) { return code >= one.from && code <= one.to; });
}

// The next character of UTF-8, `?` for bytes that are none and for what steers terminals.
char32_t take(std::string_view& text) {
    const Utf8Sequence next = utf8_sequence_at(text);
    const char32_t code = next.valid ? code_point(text.substr(0, next.size)) : U'?';
    text.remove_prefix(next.valid ? next.size : 1);
    return code < 0x20 || (code >= 0x7f && code < 0xa0) ? U'?' : code;
}

size_t width_of(char32_t code) {
    if (code < 0x300) return 1;
    return is_in(empty_codes, code) ? 0 : is_in(wide_codes, code) ? 2 : 1;
}

}  // namespace

size_t text_width(std::string_view text) {
    size_t width = 0;
    while (!text.empty()) width += width_of(take(text));
    return width;
}

void append_code(std::string& to, char32_t code) {
    if (code < 0x80) {
        to += static_cast<char>(code);
        return;
    }
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    constexpr std::array<unsigned, 4> marks = {0, 0xc0, 0xe0, 0xf0};
    to += static_cast<char>(marks[static_cast<size_t>(more)] | code >> (6 * more));
    for (int i = more - 1; i >= 0; --i) to += static_cast<char>(0x80u | (code >> (6 * i) & 0x3fu));
}

void Grid::set(size_t row, size_t column, char32_t code, CellStyle style) {
    if (row >= rows() || column >= columns_) return;
    cells_[row * columns_ + column] = {ascii_ && code >= 0x80 ? U'?' : code, style};
}

size_t Grid::put(size_t row, size_t column, size_t width, std::string_view text, CellStyle style) {
    if (row >= rows() || column >= columns_) return 0;
    width = std::min(width, columns_ - column);
    if (width == 0) return 0;
    // No character takes more cells than it has bytes: most texts need not be measured.
    const bool fits = text.size() <= width || text_width(text) <= width;
    const size_t room = fits ? width : width - 1;
    size_t at = 0;
    while (!text.empty()) {
        const char32_t code = take(text);
        const size_t takes = width_of(code);
        if (takes == 0) continue;
        if (at + takes > room) break;
        set(row, column + at, code, style);
        // Its second cell: nothing is drawn there.
        if (takes == 2) set(row, column + at + 1, 0, style);
        at += takes;
    }
    if (!fits) set(row, column + at++, U'~', style);
    return at;
}

void Grid::put_right(size_t row, size_t column, size_t width, std::string_view text, CellStyle style) {
    const size_t takes = text_width(text);
    put(row, column + (takes < width ? width - takes : 0), std::min(width, std::max<size_t>(takes, 1)), text, style);
}

void Grid::paint(size_t row, CellStyle style) {
    for (size_t column = 0; column < columns_ && row < rows(); ++column) cells_[row * columns_ + column].style = style;
}

std::string Grid::row_text(size_t row) const {
    std::string out;
    for (size_t column = 0; column < columns_; ++column) {
        if (const char32_t code = at(row, column).code; code != 0) append_code(out, code);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out;
}

std::string Grid::text() const {
    std::string out;
    for (size_t row = 0; row < rows(); ++row) out += row_text(row) + "\n";
    return out;
}

}  // namespace probevue
