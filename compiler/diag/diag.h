// Messages on a script: collected by every stage (compiler/source/messages.h), printed once, sorted by position.
// Form (design, section 7): `file:line:col: error: text`, the source line, a caret span, at most one hint.
#pragma once

#include <string>

#include "builtins/base/result.h"
#include "compiler/source/messages.h"
#include "compiler/source/source.h"

namespace probevue {

struct RenderOptions {
    bool color = false;
    size_t width = 120;  // source lines are shortened around the caret beyond this many columns
};

// All messages as text, sorted by position; notes stay behind the message that they follow. The same message at the
// same place is printed once. Behind a message on text that stands for a shell element comes a note with its value.
std::string render(const Diagnostics& diagnostics, const Source& source, const RenderOptions& options);

// An error of a later stage, on `length` bytes at a place of what the user wrote, in the same form.
std::string render(const Error& error, const Source& source, Location at, size_t length, const RenderOptions& options);

}  // namespace probevue
