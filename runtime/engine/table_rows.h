// The rows of print_table(): what several associative arrays hold for the same key, put side by side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "compiler/program/table.h"
#include "runtime/engine/machine.h"
#include "runtime/values/associative_array.h"

namespace probevue {

class TableRows {
public:
    // `maps` are those of the program, `summaries` what handles in them stand for. All outlive this.
    TableRows(const TableLayout& layout, std::span<const MapMemory> maps, const Summaries& summaries);

    // A payload of `layout.row` for each key that one of the arrays has; what an array lacks is zeros. In the order in
    // which the arrays, from the first on, made their elements.
    std::vector<const std::byte*> rows() const;

private:
    void add(size_t first_column);
    void put_value(size_t column, const RecordField& from, const std::byte* value, std::byte* row) const;
    void read_key(const ArrayLayout& from, const std::byte* key);

    const TableLayout& layout_;
    const std::span<const MapMemory> maps_;
    const Summaries& summaries_;
    std::vector<uint64_t> key_;               // of the row that is looked up, in words
    std::unique_ptr<AssociativeArray> rows_;  // the keys and the values of a row, one behind the other
};

}  // namespace probevue
