#include "runtime/engine/helpers.h"

#include <array>

namespace probevue {

namespace {

constexpr std::array table{
#define HELPER(name, arguments, doc) &helpers::name,
#include "compiler/program/helpers.def"
#undef HELPER
};

}  // namespace

HelperFunction find_helper(int32_t number) {
    const int64_t index = int64_t{number} - helper_base;
    return index >= 0 && index < static_cast<int64_t>(table.size()) ? table[static_cast<size_t>(index)] : nullptr;
}

}  // namespace probevue
