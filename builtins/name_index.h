// Look-up of table rows by name: the order of the names is computed while compiling, which also proves that no name
// stands in a table twice.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace probevue {

// Rows of a table in the order of their keys. `Key` is a type whose call gives a row's key, which is comparable with <.
template <typename Row, size_t size, typename Key>
class NameIndex {
public:
    explicit consteval NameIndex(const std::array<Row, size>& rows) : rows_(rows) {
        for (size_t i = 0; i < size; ++i) order_[i] = static_cast<uint16_t>(i);
        std::sort(order_.begin(), order_.end(),
                  [&](uint16_t a, uint16_t b) { return Key{}(rows[a]) < Key{}(rows[b]); });
    }

    constexpr bool unique() const {
        for (size_t i = 1; i < size; ++i) {
            if (Key{}(rows_[order_[i - 1]]) == Key{}(rows_[order_[i]])) return false;
        }
        return true;
    }

    // Null when there is no such row.
    template <typename Wanted>
    constexpr const Row* find(const Wanted& wanted) const {
        const Row* row = lower_bound(wanted);
        return row != nullptr && Key{}(*row) == wanted ? row : nullptr;
    }

    // The first row whose key is not less than `wanted`; null when all are.
    template <typename Wanted>
    constexpr const Row* lower_bound(const Wanted& wanted) const {
        const auto found = std::lower_bound(order_.begin(), order_.end(), wanted,
                                            [&](uint16_t i, const Wanted& key) { return Key{}(rows_[i]) < key; });
        return found == order_.end() ? nullptr : &rows_[*found];
    }

private:
    const std::array<Row, size>& rows_;
    std::array<uint16_t, size> order_{};
};

// Key of the many rows that have a `name`.
struct ByName {
    template <typename Row>
    constexpr std::string_view operator()(const Row& row) const {
        return row.name;
    }
};

template <typename Key = ByName, typename Row, size_t size>
consteval auto index_by(const std::array<Row, size>& rows) {
    return NameIndex<Row, size, Key>(rows);
}

}  // namespace probevue
