// Lists of the language: only their aggregates are ever asked for, so that is all we keep (ListValue).
#pragma once

#include <algorithm>
#include <cstdint>

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

}  // namespace probevue
