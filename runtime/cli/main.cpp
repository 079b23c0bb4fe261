#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "runtime/cli/run.h"

int main(int argc, char** argv) {
    try {
        return static_cast<int>(probevue::run_command(std::vector<std::string>(argv + 1, argv + argc)));
    } catch (const std::bad_alloc&) {
        // Outside of a run, which says where; what was printed so far stands.
        std::fputs("probevue: error: there is no more memory\n", stderr);
        return static_cast<int>(probevue::ExitStatus::run_time);
    } catch (const std::exception& problem) {
        std::fputs(fmt::format("probevue: error: {}\n", problem.what()).c_str(), stderr);
        return static_cast<int>(probevue::ExitStatus::run_time);
    }
}
