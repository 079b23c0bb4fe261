// Reading the small files of /proc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace probevue {

std::optional<std::string> read_file(const std::string& path);
std::optional<std::string> read_link(const std::string& path);

std::vector<std::string_view> lines_of(std::string_view text);  // without their line feeds
std::vector<std::string_view> words_of(std::string_view line);  // parted by blanks
// The rest of the line that begins with `label`, trimmed; empty when there is none.
std::string_view value_after(std::string_view text, std::string_view label);
int64_t number_of(std::string_view text, int base = 10);  // 0 when it is none

// Words of /proc/<pid>/stat behind the name, which may hold blanks and parentheses: [0] is the state (field 3 of
// proc(5)).
std::vector<std::string_view> stat_words(std::string_view stat);

std::string process_name(int64_t pid);  // empty when it is gone
int64_t parent_of(int64_t pid);         // 0 when it is gone

}  // namespace probevue
