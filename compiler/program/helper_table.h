// What is known of each helper function besides its number: ours (helpers.def) and those of the kernel
// (kernel_helpers.def).
#pragma once

#include <cstdint>
#include <string_view>

#include "compiler/program/abi.h"

namespace probevue {

struct Program;

// "?" for a number that is no helper's.
std::string_view helper_name(int32_t number);
// Arguments that it takes; -1 for a number that is no helper's.
int helper_arguments(int32_t number);

// Does a clause that runs in the engine call the helper function?
bool calls(const Program& program, Helper helper);

}  // namespace probevue
