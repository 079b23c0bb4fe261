// Software clocks of perf events: the programs of @@interval with a process or processors.
#include <dirent.h>
#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <set>

#include "runtime/kernel/facts.h"
#include "runtime/kernel/load.h"

namespace probevue {
namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { closedir(directory); }
};

std::set<int> threads_of(int64_t pid) {
    std::set<int> out;
    const std::unique_ptr<DIR, CloseDirectory> directory(opendir(fmt::format("/proc/{}/task", pid).c_str()));
    while (const dirent* entry = directory == nullptr ? nullptr : readdir(directory.get())) {
        const std::string_view name = entry->d_name;
        int number = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), number).ec == std::errc()) out.insert(number);
    }
    return out;
}

// errno; 0 when the handle was added.
int open_clock(const KernelTarget& target, int thread, int cpu, int program, std::vector<Handle>& links) {
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.config = thread > 0 ? PERF_COUNT_SW_TASK_CLOCK : PERF_COUNT_SW_CPU_CLOCK;
    attributes.sample_period = target.period_ns;
    attributes.disabled = 1;
    attributes.inherit = thread > 0 ? 1 : 0;  // threads that it starts, and no processes
    attributes.inherit_thread = attributes.inherit;
    const long fd = syscall(SYS_perf_event_open, &attributes, thread, cpu, -1, PERF_FLAG_FD_CLOEXEC);
    Handle event(static_cast<int>(fd));
    if (!event || ioctl(event.get(), PERF_EVENT_IOC_SET_BPF, program) != 0 ||
        ioctl(event.get(), PERF_EVENT_IOC_ENABLE, 0) != 0) {
        return errno;
    }
    links.push_back(std::move(event));
    return 0;
}

Error refused(const std::string& what, int error) {
    return fail(fmt::format("no clock can be had for {}: {}", what, std::strerror(error)),
                error == EMFILE ? "it takes a file for each thread: raise the limit with `ulimit -n`" : "",
                ExitStatus::permission);
}

// Threads that begin while we look are found when we look again, or have the clock from those that started them.
Status attach_to_process(const KernelTarget& target, int program, std::vector<Handle>& links) {
    std::set<int> known;
    for (bool again = true; again;) {
        again = false;
        for (const int thread : threads_of(*target.pid)) {
            if (!known.insert(thread).second) continue;
            again = true;
            const int error = open_clock(target, thread, -1, program, links);
            if (error != 0 && error != ESRCH) return refused(fmt::format("thread {}", thread), error);
        }
    }
    if (links.empty()) return refused(fmt::format("process {}", *target.pid), ESRCH);
    return {};
}

}  // namespace

Status attach_clock(const KernelTarget& target, int program, std::vector<Handle>& links) {
    std::vector<Handle> fresh;
    if (target.pid) {
        if (Status status = attach_to_process(target, program, fresh); !status) return status;
    } else {
        std::vector<uint32_t> cpus = target.cpus;
        if (cpus.empty()) {
            for (uint32_t cpu = 0; cpu < static_cast<uint32_t>(sysconf(_SC_NPROCESSORS_CONF)); ++cpu) {
                if (processor_is_online(cpu)) cpus.push_back(cpu);
            }
        }
        for (const uint32_t cpu : cpus) {
            const int error = open_clock(target, -1, static_cast<int>(cpu), program, fresh);
            if (error != 0) return refused(fmt::format("processor {}", cpu), error);
        }
    }
    for (Handle& handle : fresh) links.push_back(std::move(handle));
    return {};
}

}  // namespace probevue
