// Numbers with their units, as people say them (--si): `1.23 MB`, `15.2 ms`.
#pragma once

#include <cstdint>
#include <string>

#include "builtins/unit.h"

namespace probevue {

// Three digits, with the prefix of the International System of Units that fits (powers of 1000): `512 B`, `1.02 kB`,
// `-15.2 us`, `3600 s`. Times go up to seconds. What is no finite number, or has no unit, stays as print() shows it.
std::string si_text(double value, Unit unit);
// The same, exact below 1000.
std::string si_text(int64_t value, Unit unit);
std::string si_text(uint64_t value, Unit unit);

// A round number beside a ruler, in at most 8 characters: `0`, `250`, `1.5k`, `20M`; with a unit as si_text().
std::string tick_text(double value, Unit unit);

}  // namespace probevue
