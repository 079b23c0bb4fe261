// The order in which print() shows the elements of an associative array, and print_table() its rows.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "compiler/program/record.h"
#include "runtime/records/sink.h"
#include "runtime/sinks/fields.h"

namespace probevue {

// The elements to be shown, in order, no more than the limit. Numbers sort by value and signedness, addresses by value
// with IPv4 first, Strings by their bytes, paths and stacks by their text, lists by the first aggregate asked for,
// ranges by what they counted in all; a key of several dimensions by the first that differs. Equal values stand in
// ascending order of their keys.
std::vector<ElementView> ordered_elements(const ArrayLayout& layout, std::span<const ElementView> elements,
                                          const ArrayPrintOptions& options, const Names& names);

// The order of keys by itself. `keys` and `names` outlive it; texts of paths and stacks are made once.
class KeyOrder {
public:
    KeyOrder(std::span<const RecordField> keys, const Names& names);
    ~KeyOrder();
    KeyOrder(const KeyOrder&) = delete;
    KeyOrder& operator=(const KeyOrder&) = delete;
    // Less than, equal to or greater than 0.
    int operator()(const std::byte* a, const std::byte* b);

private:
    class Parts;
    std::span<const RecordField> keys_;
    std::unique_ptr<Parts> parts_;
};

// The same for the rows of a table: by its keys or by one field, as the layout says.
std::vector<const std::byte*> ordered_rows(const TableLayout& layout, std::span<const std::byte* const> rows,
                                           const Names& names);

}  // namespace probevue
