// The flags of the command as rows; standard library only, so that the generator of the documentation can read them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace probevue {

enum class FlagId : uint8_t {
#define FLAG(id, letter, name, argument, choices, summary, doc) id,
#include "runtime/options/flags.def"
#undef FLAG
};

struct FlagRow {
    FlagId id;
    char letter;                // 0: no short form
    std::string_view name;      // empty: no long form
    std::string_view argument;  // empty: takes none; in brackets: may be left out
    std::string_view choices;   // words joined by `|`; empty: free
    std::string_view summary;   // for --help; empty: not shown there
    std::string_view doc;       // whole sentences; `code` in backquotes
};

inline constexpr auto flag_rows = std::to_array<FlagRow>({
#define FLAG(id, letter, name, argument, choices, summary, doc) \
    {FlagId::id, letter, name, argument, choices, summary, doc},
#include "runtime/options/flags.def"
#undef FLAG
});

}  // namespace probevue
