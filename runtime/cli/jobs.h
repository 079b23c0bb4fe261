// How many threads a replay runs on (`-j`).
#pragma once

#include <cstdint>
#include <string>

#include "compiler/program/program.h"
#include "runtime/options/options.h"

namespace probevue {

struct Jobs {
    uint32_t threads = 1;
    std::string note;  // why it is one thread where more were asked for; empty: nothing to say
};

Jobs choose_jobs(const Options& options, const Program& program);

}  // namespace probevue
