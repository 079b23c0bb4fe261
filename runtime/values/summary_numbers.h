// Numbers of distributions by the names that lists have for them.
#pragma once

#include <cstdint>

#include "compiler/program/record.h"
#include "runtime/values/distribution.h"

namespace probevue {

// `wanted` is one of ArrayPrintOptions::ListValue.
inline int64_t distribution_number(const Distribution& of, uint8_t wanted) {
    switch (wanted) {
        case ArrayPrintOptions::list_sum:
            return of.sum();
        case ArrayPrintOptions::list_avg:
            return of.average();
        case ArrayPrintOptions::list_min:
            return of.min();
        case ArrayPrintOptions::list_max:
            return of.max();
        default:
            return static_cast<int64_t>(of.count());
    }
}

}  // namespace probevue
