// Lists of the language: only their aggregates are ever asked for, so that is all we keep (ListValue).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "compiler/program/record.h"

namespace probevue {

// The sum wraps around like the 64-bit integers of the language.
inline void append(ListValue& list, int64_t value) {
    list.min = list.count == 0 ? value : std::min(list.min, value);
    list.max = list.count == 0 ? value : std::max(list.max, value);
    list.sum = static_cast<int64_t>(static_cast<uint64_t>(list.sum) + static_cast<uint64_t>(value));
    ++list.count;
}

// Appends all elements of `other`, which may be the same list.
inline void append(ListValue& list, const ListValue& other) {
    if (other.count == 0) return;
    list.min = list.count == 0 ? other.min : std::min(list.min, other.min);
    list.max = list.count == 0 ? other.max : std::max(list.max, other.max);
    list.sum = static_cast<int64_t>(static_cast<uint64_t>(list.sum) + static_cast<uint64_t>(other.sum));
    list.count += other.count;
}

// Sum divided by count, toward zero; 0 for an empty list.
inline int64_t list_average(const ListValue& list) { return list.count > 0 ? list.sum / list.count : 0; }

// One aggregate of a list: its name and value.
struct ListAggregate {
    ArrayPrintOptions::ListValue flag;
    std::string_view name;
    int64_t (*value)(const ListValue&);
};
// In the order they are printed in.
inline constexpr ListAggregate list_aggregates[] = {
    {ArrayPrintOptions::list_count, "count", [](const ListValue& list) { return list.count; }},
    {ArrayPrintOptions::list_sum, "sum", [](const ListValue& list) { return list.sum; }},
    {ArrayPrintOptions::list_avg, "avg", list_average},
    {ArrayPrintOptions::list_min, "min", [](const ListValue& list) { return list.min; }},
    {ArrayPrintOptions::list_max, "max", [](const ListValue& list) { return list.max; }},
};

// The aggregate that stands for a list where one number is wanted (sorting, bars, a column of a table): the first of
// those asked for.
inline int64_t list_number(const ListValue& list, uint8_t wanted) {
    for (const ListAggregate& aggregate : list_aggregates) {
        if ((wanted & aggregate.flag) != 0) return aggregate.value(list);
    }
    return list.count;
}

}  // namespace probevue
