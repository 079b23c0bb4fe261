// Numbers of the live screen: as they are in the language, so that none is shown otherwise than print() shows it.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace probevue {

struct Figure {
    enum class Kind : uint8_t { none, whole, natural, real };  // none: the value is no number

    Kind kind = Kind::none;
    uint64_t bits = 0;

    static Figure whole(int64_t value) { return {Kind::whole, std::bit_cast<uint64_t>(value)}; }
    static Figure natural(uint64_t value) { return {Kind::natural, value}; }
    static Figure real(double value) { return {Kind::real, std::bit_cast<uint64_t>(value)}; }

    bool is_number() const { return kind != Kind::none; }
    // Rounded where 64 bits are more than a double holds; 0 for none.
    double number() const;
    // As print() shows it; empty for none.
    std::string text() const;
    // This one less `before`, exact for integers of one kind.
    double less(const Figure& before) const;
};

// Less than, equal to or greater than 0. What is no number stands below all numbers.
int compare(const Figure& a, const Figure& b);

// A rate, a speed or a count for people, in at most 7 characters: `0`, `0.25`, `12.5`, `1234`, `12.3M`.
std::string short_number(double value);

// What a column of figures is called, and whether its figures are counted up, so that their growth is a rate.
struct FigureName {
    std::string name;
    bool grows = true;
};

}  // namespace probevue
