// What the sentences of a script say about its layout: for each word, what stands before it when it is written out.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "compiler/source/source.h"
#include "compiler/syntax/antlr.h"

namespace probevue::syntax {

// Of one word. What none of this says is decided by the kinds of two neighbours (read_pieces.cpp).
struct Mark {
    static constexpr uint8_t comma = 0;
    static constexpr uint8_t value = 254;  // of an assignment: goes to the next line when it is whole there only
    static constexpr uint8_t no_break = 255;

    bool begins_line = false;
    bool apart = false;         // a blank line stands before it
    bool closes_block = false;  // the `}` of lines that stand one level deeper
    bool tight_before = false;  // no blank
    bool tight_after = false;
    uint8_t rank = no_break;  // a line that is too long may go on here, with the lowest ranks first
    uint16_t level = 0;       // of indentation, where it begins a line
};

// By the offset in Source::text() at which the word begins: every word that the parser has seen. It never sees some
// (`__extension__`).
using Marks = std::unordered_map<uint32_t, Mark>;

// `tree`: parsed without errors.
Marks mark_layout(Parser::ScriptContext* tree, const Source& source);

}  // namespace probevue::syntax
