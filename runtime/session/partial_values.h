// What is told where parts of a stream were put together and arrays had no room.
#pragma once

#include <string_view>

namespace probevue {

// A part whose array is full goes without an element that another part has. Its value there lacks what this part had no
// room for, and nobody can say which values are whole: each loss counts (`lost_array_full`), and this is said beside
// it.
inline constexpr std::string_view partial_values =
    "arrays were full in parts of the stream: values that others have may lack what these had no room for (-c "
    "abs_mem_for_dvars=KB gives more room; one process, with -j 1, shows whole values alone)";

}  // namespace probevue
