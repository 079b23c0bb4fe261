// Texts from outside (packets, names of files, interfaces and processes) as they may be shown on a terminal: nothing in
// them steers it, and a line stays a line.
#pragma once

#include <string>
#include <string_view>

namespace probevue {

// Characters of shown.def and bytes that are no UTF-8 as C escapes: `\n`, `\t`, `\r`, else `\xHH` for each byte. All
// else as it is; backslashes too, so that it is for eyes and not to be read back.
std::string shown(std::string_view text);
// The same, of a text whose lines and tabs are ours.
std::string shown_lines(std::string_view text);
// Is it a character of shown.def?
bool steers(char32_t code_point);
// Is it shown as it is?
bool is_shown_plain(std::string_view text);

}  // namespace probevue
