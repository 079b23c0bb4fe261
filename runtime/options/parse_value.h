// What flags have behind them: numbers, words, sizes and times.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace probevue {

inline bool is_number(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

template <typename T>
bool parse_number(std::string_view text, T& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

// One of a few words.
template <typename T, size_t n>
std::optional<T> choose(std::string_view text, const std::array<std::pair<std::string_view, T>, n>& choices) {
    for (const auto& [name, value] : choices) {
        if (name == text) return value;
    }
    return std::nullopt;
}

// A number from 1 on and the first of the units that it ends with; `out` is in what units are in.
template <size_t n>
bool parse_with_unit(std::string_view text, const std::array<std::pair<std::string_view, uint64_t>, n>& units,
                     uint64_t& out) {
    for (const auto& [unit, size] : units) {
        if (!text.ends_with(unit)) continue;
        uint64_t number = 0;
        return parse_number(text.substr(0, text.size() - unit.size()), number) && number > 0 &&
               !__builtin_mul_overflow(number, size, &out);
    }
    return false;
}

}  // namespace probevue
