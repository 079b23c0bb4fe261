// Places of a text as the protocol has them: a line, and code units from its start, both counted from 0.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "builtins/base/utf8.h"
#include "runtime/lsp/json.h"

namespace probevue::lsp {

// What a position counts in a line. UTF-16 unless the client offers the other.
enum class Encoding : uint8_t { utf16, utf8 };

struct Position {
    uint32_t line = 0;
    uint32_t character = 0;
};

class Lines {
public:
    // Keeps no text: the one that it was made of is given again.
    Lines(std::string_view text, Encoding encoding);

    Position position(std::string_view text, size_t offset) const;
    // Beyond the end of a line: its end, as the protocol wants it. Beyond the last line: the end of the text.
    size_t offset(std::string_view text, Position position) const;

private:
    // A place within a long line: what stands behind it is found without a walk from the line's start.
    struct Mark {
        size_t offset;
        size_t character;
        size_t line;
    };
    size_t end_of(std::string_view text, size_t line) const;
    size_t width(const Utf8Sequence& sequence) const;

    std::vector<size_t> starts_;
    std::vector<Mark> marks_;  // ascending
    Encoding encoding_;
};

Json to_json(Position position);
// Throws RequestError.
Position position_of(const Json& json);

}  // namespace probevue::lsp
