// Small text helpers that every floor needs.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace probevue {

// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`; stops counting above `limit`.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit = 8);

// The candidate nearest to `name`, or empty when none is near enough to be what was meant.
std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates);

// "did you mean `x`?" for the nearest candidate, or empty.
std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates);

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);

// Splits like a shell without expansions: blanks separate, quotes and backslashes protect. `unclosed` (may be null) is
// set to whether a quote was open at the end.
std::vector<std::string> split_words(std::string_view text, bool* unclosed = nullptr);

// C escapes for everything that is not printable, so that foreign bytes never reach a terminal raw.
std::string escape(std::string_view bytes);

}  // namespace probevue
