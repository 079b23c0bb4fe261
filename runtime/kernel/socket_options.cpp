#include "runtime/kernel/socket_options.h"

#include <fmt/format.h>

#include <string_view>

namespace probevue {
namespace {

struct Option {
    int64_t level;
    int64_t number;
    std::string_view name;
};

constexpr Option options[] = {
#define OPTION(level, number, name) {level, number, name},
#include "runtime/kernel/socket_options.def"
#undef OPTION
};

}  // namespace

std::string socket_option_name(int64_t level, int64_t option) {
    for (const Option& row : options) {
        if (row.level == level && row.number == option) return std::string(row.name);
    }
    return fmt::format("UNDEF_SOCKOPT({})", option);
}

}  // namespace probevue
