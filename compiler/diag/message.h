// Messages on a script as data, for editors and other programs: what render() (compiler/diag/diag.h) makes text of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/source/messages.h"
#include "compiler/source/source.h"

namespace probevue {

// In the file as the user wrote it, half open.
struct MessagePlace {
    Location begin;  // lines and columns count from 1, columns in characters
    Location end;
    uint32_t offset = 0;  // bytes of the file, a byte order mark included
    uint32_t end_offset = 0;
};

struct Message {
    Severity severity = Severity::error;
    std::string text;       // lower case, no full stop; may have bytes of the script that are no UTF-8
    std::string hint;       // what to do; may be empty
    std::string file = {};  // as the command shows it; empty: of no file
    std::optional<MessagePlace> at = {};
    std::vector<Message> notes = {};  // that belong to it, without notes of their own
};

// Those that render() prints, in its order. That there are more than are printed is a note without a place.
std::vector<Message> gather(const Diagnostics& diagnostics, const Source& source);

}  // namespace probevue
