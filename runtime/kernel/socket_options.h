// Names of the options that setsockopt(2) sets. Private to runtime/kernel.
#pragma once

#include <cstdint>
#include <string>

namespace probevue {

// "TCP_NODELAY"; "UNDEF_SOCKOPT(n)", as SystemTap has it, where the level has no such option.
std::string socket_option_name(int64_t level, int64_t option);

}  // namespace probevue
