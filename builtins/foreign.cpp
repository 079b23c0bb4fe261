#include "builtins/foreign.h"

#include <array>

namespace probevue {

namespace {

struct ForeignRow {
    ForeignPlace place;
    std::string_view word;
    std::string_view hint;
};

constexpr auto rows = std::to_array<ForeignRow>({
#define FOREIGN(place, word, hint) {ForeignPlace::place, #word, hint},
#include "builtins/foreign.def"
#undef FOREIGN
});

bool is(std::string_view row, std::string_view word) {
    if (row.ends_with('*')) return word.starts_with(row.substr(0, row.size() - 1));
    return row == word;
}

}  // namespace

std::string_view hint_of_foreign(ForeignPlace place, std::string_view word) {
    for (const ForeignRow& row : rows) {
        if (row.place == place && is(row.word, word)) return row.hint;
    }
    return {};
}

}  // namespace probevue
