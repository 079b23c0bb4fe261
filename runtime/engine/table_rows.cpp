// Arrays may keep the Strings of their keys in different lengths: rows have room for the longest.
#include "runtime/engine/table_rows.h"

#include <algorithm>
#include <cstring>

#include "runtime/values/list.h"
#include "runtime/values/summary_numbers.h"

namespace probevue {
namespace {

constexpr uint32_t padded(uint32_t size) { return (size + 7) & ~7u; }

}  // namespace

TableRows::TableRows(const TableLayout& layout, std::span<const MapMemory> maps, const Summaries& summaries)
    : layout_(layout), maps_(maps), summaries_(summaries) {
    std::vector<KeyPart> parts;
    const std::vector<RecordField>& fields = layout.row.fields;
    for (size_t i = 0; i < layout.keys; ++i) parts.push_back({fields[i].offset, padded(fields[i].size)});
    const uint32_t key_size = fields[layout.keys].offset;
    uint64_t most = 0;
    // At the most all keys differ.
    for (const TableColumn& column : layout.columns) most += maps[column.map].array->size();
    key_.resize(key_size / sizeof(uint64_t));
    rows_ = std::make_unique<AssociativeArray>(std::move(parts), key_size, padded(layout.row.size) - key_size, most,
                                               random_seed());
    for (size_t i = 0; i < layout.columns.size(); ++i) {
        const auto before = layout.columns.begin() + static_cast<ptrdiff_t>(i);
        // add() has filled in all columns of a map when it came to the first of them.
        const bool seen = std::any_of(layout.columns.begin(), before,
                                      [&](const TableColumn& other) { return other.map == before->map; });
        if (!seen) add(i);
    }
}

// The array of a column, for all columns that show it.
void TableRows::add(size_t first_column) {
    const uint32_t number = layout_.columns[first_column].map;
    const MapMemory& map = maps_[number];
    const uint32_t key_size = rows_->key_size();
    map.array->for_each([&](const std::byte* key, const std::byte* value) {
        read_key(*map.layout, key);
        std::byte* values = rows_->ref(reinterpret_cast<const std::byte*>(key_.data()));
        if (values == nullptr) return;  // there is room for all keys
        for (size_t i = first_column; i < layout_.columns.size(); ++i) {
            if (layout_.columns[i].map == number) put_value(i, map.layout->value, value, values - key_size);
        }
    });
}

// Where a value of an element goes in its row.
void TableRows::put_value(size_t number, const RecordField& from, const std::byte* value, std::byte* row) const {
    const TableColumn& column = layout_.columns[number];
    const RecordField& to = layout_.row.fields[layout_.keys + number];
    std::byte* at = row + to.offset;
    const auto put = [&](int64_t what) { std::memcpy(at, &what, sizeof what); };
    if (from.kind == FieldKind::dist) {
        const Distribution* found = summaries_.distributions.find(load_word(value + from.offset));
        if (found != nullptr && column.quantile) put(found->quantile(*column.quantile));
        if (found != nullptr && !column.quantile) put(distribution_number(*found, column.list_value));
    } else if (from.kind == FieldKind::distinct) {
        const Distinct* found = summaries_.distincts.find(load_word(value + from.offset));
        if (found != nullptr) put(static_cast<int64_t>(found->count()));
    } else if (column.list_value == 0) {
        std::memcpy(at, value + from.offset, padded(std::min(to.size, from.size)));
    } else {
        ListValue list;
        std::memcpy(&list, value + from.offset, sizeof list);
        put(list_number(list, column.list_value));
    }
    if (column.divisor == 1) return;
    const uint64_t whole = load_word(at);
    const uint64_t quotient = to.is_signed ? static_cast<uint64_t>(static_cast<int64_t>(whole) / column.divisor)
                                           : whole / static_cast<uint64_t>(column.divisor);
    std::memcpy(at, &quotient, sizeof quotient);
}

void TableRows::read_key(const ArrayLayout& from, const std::byte* key) {
    // What stands behind a shorter String is a part of the key: arrays of other lengths must come to the same row.
    std::fill(key_.begin(), key_.end(), 0);
    auto* to = reinterpret_cast<std::byte*>(key_.data());
    for (size_t i = 0; i < layout_.keys; ++i) {
        const RecordField& target = layout_.row.fields[i];
        std::memcpy(to + target.offset, key + from.keys[i].offset,
                    std::min(padded(target.size), padded(from.keys[i].size)));
    }
}

std::vector<const std::byte*> TableRows::rows() const {
    std::vector<const std::byte*> out;
    out.reserve(rows_->size());
    rows_->for_each([&](const std::byte* key, const std::byte*) { out.push_back(key); });
    return out;
}

}  // namespace probevue
