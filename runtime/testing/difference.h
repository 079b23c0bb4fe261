// What differs between two texts, as `diff -u` shows it.
#pragma once

#include <string>
#include <string_view>

namespace probevue {

// The lines of a unified difference, each with its end, without a head; empty when the texts are equal. Bytes that a
// terminal should not see (control characters, what is no UTF-8) are shown as \xNN. The smallest set of changes is
// looked for up to a thousand of them; of the result there are 200 lines, and how many were more.
std::string unified_difference(std::string_view expected, std::string_view got);

}  // namespace probevue
