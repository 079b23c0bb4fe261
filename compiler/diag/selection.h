// Which messages are shown, and in which order; render() and gather() are two forms of the same ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/source/messages.h"
#include "compiler/source/source.h"

namespace probevue {

// A message and the notes behind it.
struct MessageGroup {
    const Diagnostic* first;
    const Diagnostic* last;  // inclusive
    uint32_t position;       // in the raw text
};

struct SelectedMessages {
    std::vector<MessageGroup> groups;   // by position; the same message at the same place once
    std::vector<std::string> left_out;  // "3 more errors"
};
SelectedMessages select_messages(const Diagnostics& diagnostics, const Source& source);

// "`$1` stands for `eth0`", where the text at this offset of text() stands for a shell element; else empty.
std::string substitution_note(const Source& source, uint32_t offset);

}  // namespace probevue
