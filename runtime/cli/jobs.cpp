#include "runtime/cli/jobs.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <thread>

namespace probevue {
namespace {

// What keeps a replay on one thread; empty: nothing.
std::string obstacle(const Options& options, const Program& program) {
    for (const std::string& path : options.replay) {
        struct stat file {};
        if (path == "-" || (stat(path.c_str(), &file) == 0 && !S_ISREG(file.st_mode)))
            return fmt::format("`{}` is no file that can be read more than once", path);
    }
    if (!options.record.empty()) return "-w writes packets in their order";
    if (options.top) return "--top plays the capture by its clock";
    if (options.end_after_events != 0) return "-c N ends at an event";
    const MergeObstacle reason = program.merge.reason();
    if (options.shard && options.shard->count > 1 && reason.merge_class > MergeClass::window)
        return "--shard has split the connections already";
    if (reason.merge_class == MergeClass::serial)
        return fmt::format("{}:{}:{}: {}", program.script_name, reason.position.line, reason.position.column,
                           reason.reason);
    return {};
}

}  // namespace

Jobs choose_jobs(const Options& options, const Program& program) {
    if (!options.jobs || options.replay.empty()) return {};
    const uint32_t wanted =
        *options.jobs != 0 ? static_cast<uint32_t>(*options.jobs) : std::max(1U, std::thread::hardware_concurrency());
    if (wanted == 1) return {};
    if (const std::string found = obstacle(options, program); !found.empty())
        return {1, fmt::format("one thread instead of {}: {}", wanted, found)};
    return {wanted, {}};
}

}  // namespace probevue
