// The scale above the bars of quantize() and lquantize().
#pragma once

#include <string>

#include "builtins/unit.h"
#include "compiler/program/record.h"

namespace probevue {

inline constexpr int longest_bar = 40;  // characters

// How long a value's bar is before it is scaled: the value itself, or for logarithmic bars log2(value) + 1. 0 for what
// is not positive.
double bar_length(double value, ArrayPrintOptions::Form form);

// Round numbers where bars of their length end, `0    500    1000`, when the longest bar is so long. Empty when there
// is no bar.
std::string ruler(double longest, ArrayPrintOptions::Form form, Unit unit);

}  // namespace probevue
