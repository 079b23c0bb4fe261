#include <array>
#include <utility>

#include "builtins/attribute.h"
#include "builtins/event.h"
#include "builtins/function.h"
#include "builtins/name_index.h"

namespace probevue {
namespace {

template <typename Enumeration>
constexpr int64_t number(Enumeration value) {
    return static_cast<int64_t>(value);
}

// Misprints have the value and group of the right constant; filled in below.
constexpr auto written = std::to_array<ConstantRow>({
#define CONSTANT(name, value, group, doc) {#name, value, group, doc},
#define MISPRINT(name, right) {#name, 0, {}, {}, #right},
#include "builtins/constants.def"
#undef MISPRINT
#undef CONSTANT
});

consteval auto resolve_misprints() {
    auto rows = written;
    for (ConstantRow& row : rows) {
        if (row.right.empty()) continue;
        bool found = false;
        for (const ConstantRow& right : written) {
            if (right.name != row.right) continue;
            row.value = right.value;
            row.group = right.group;
            row.doc = "misprint of the AIX documents";
            found = true;
        }
        if (!found) throw "the right spelling of a misprint is no constant";
    }
    return rows;
}

constexpr auto rows = resolve_misprints();

constexpr bool is_attribute(std::string_view group) { return group.ends_with("_attribute"); }

// Words of the language come before attributes of the same name, which come in the order of their groups.
struct NameAndGroup {
    constexpr std::pair<std::string_view, std::string_view> operator()(const ConstantRow& row) const {
        return {row.name, is_attribute(row.group) ? row.group : std::string_view{}};
    }
};
constexpr auto by_name = index_by<NameAndGroup>(rows);
static_assert(by_name.unique());

using Key = std::pair<std::string_view, std::string_view>;

}  // namespace

std::span<const ConstantRow> constants() { return rows; }

const ConstantRow* find_constant(std::string_view name) { return by_name.find(Key{name, {}}); }

const ConstantRow* find_constant(std::string_view name, std::string_view group) {
    const ConstantRow* row = by_name.find(Key{name, is_attribute(group) ? group : std::string_view{}});
    return row != nullptr && row->group == group ? row : nullptr;
}

}  // namespace probevue
