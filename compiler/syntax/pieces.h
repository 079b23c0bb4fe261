// A script as it is written out again: its words, comments and `#` lines, each with what stands before it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"
#include "compiler/syntax/marks.h"

namespace probevue::syntax {

enum class PieceKind : uint8_t { word, line_comment, block_comment, hash_line };

struct Piece {
    PieceKind kind = PieceKind::word;
    uint32_t token = 0;  // of a word: a token type of VueLexer
    std::string text;    // as the user wrote it, shell elements included; without blanks at its end
    Mark mark;           // of a word
    bool blank = false;  // of a word: a blank stands before it, where it begins no line
    // How it stood in the user's text.
    bool began_line = false;
    bool behind_blank_line = false;
    uint32_t column = 0;  // of what began a line, from 0; a tab reaches to the next multiple of 8
};

// Columns that the blanks at the beginning of a line take, as the whole of `blanks`.
uint32_t width_of_blanks(std::string_view blanks);

// `source` has no errors in its syntax.
std::vector<Piece> read_pieces(const Source& source, const Marks& marks);

// The same as text: four blanks a level, LF, and 120 columns where that is possible.
std::string write_pieces(const std::vector<Piece>& pieces);

}  // namespace probevue::syntax
