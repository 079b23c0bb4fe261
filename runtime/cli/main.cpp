#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "runtime/cli/run.h"

#if PROBEVUE_STATIC
#include <nss.h>
#endif

namespace {

// What /etc/nsswitch.conf has loaded for names fits the C library of its system, and that of a statically linked
// program is another: it would crash, or find nothing. builtins/base/name_service.h says what is not asked.
void keep_to_files_and_dns() {
#if PROBEVUE_STATIC
    for (const char* database : {"passwd", "group", "initgroups", "services", "protocols", "networks", "ethers"})
        __nss_configure_lookup(database, "files");
    __nss_configure_lookup("hosts", "files dns");
#endif
}

}  // namespace

int main(int argc, char** argv) {
    try {
        keep_to_files_and_dns();
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
