#include "runtime/kernel/uprobes.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>

#include "runtime/kernel/load.h"
#include "runtime/kernel/many_places.h"

namespace probevue {
namespace {

// What BPF_LINK_CREATE reads for many functions of one file, as of Linux 6.6; older headers do not have it.
struct MultiLink {
    uint32_t program = 0;
    uint32_t target = 0;
    uint32_t attach_type = uprobe_multi_attach_type;
    uint32_t flags = 0;
    uint64_t path = 0;
    uint64_t offsets = 0;
    uint64_t reference_counters = 0;
    uint64_t cookies = 0;
    uint32_t count = 0;
    uint32_t at_exit = 0;  // flags: BPF_F_UPROBE_MULTI_RETURN is 1
    uint32_t pid = 0;
    uint32_t unused = 0;
};

Handle create(const MultiLink& link) {
    return Handle(static_cast<int>(syscall(SYS_bpf, BPF_LINK_CREATE, &link, sizeof link)));
}

// Functions of one file.
struct Functions {
    std::vector<uint64_t> offsets;
    std::vector<uint64_t> cookies;  // indices of FunctionTarget::places
};

// A program that does nothing. A folder is no program: a kernel that knows the call says so, others do not understand.
// A process that cannot be is an error of its own only where processes are told apart rightly.
bool ask_for_uprobe_multi() {
    const std::array<bpf_insn, 2> nothing = {bpf_insn{BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0},
                                             bpf_insn{BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
    const LoadResult loaded = load_program({BPF_PROG_TYPE_KPROBE, uprobe_multi_attach_type, 0}, nothing);
    if (!loaded.program) return false;
    const uint64_t offset = 0;
    MultiLink link;
    link.program = static_cast<uint32_t>(loaded.program.get());
    link.path = reinterpret_cast<uint64_t>("/");
    link.offsets = reinterpret_cast<uint64_t>(&offset);
    link.count = 1;
    if (create(link) || errno != EBADF) return false;
    link.pid = UINT32_MAX;
    return !create(link) && errno == EINVAL;
}

}  // namespace

bool has_uprobes() { return event_source_type("uprobe") != 0; }

bool has_uprobe_multi() {
    static const bool has = ask_for_uprobe_multi();
    return has;
}

Result<Handle> attach_uprobe(const FunctionPlace& place, bool at_exit, int64_t pid, uint64_t number, int program) {
    const std::string what = fmt::format("`{}` of `{}`", place.function, place.path);
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = event_source_type("uprobe");
    if (attributes.type == 0) return fail("the kernel has no uprobes", {}, ExitStatus::permission);
    attributes.config = at_exit ? 1 : 0;
    attributes.config1 = reinterpret_cast<uint64_t>(place.path.c_str());
    attributes.config2 = place.offset;
    // Without a process: of all processes, whatever processor they run on.
    const auto process = static_cast<pid_t>(pid == 0 ? -1 : pid);
    const long fd = syscall(SYS_perf_event_open, &attributes, process, pid == 0 ? 0 : -1, -1, PERF_FLAG_FD_CLOEXEC);
    const Handle event(static_cast<int>(fd));
    if (!event) return cannot_attach(what);
    LIBBPF_OPTS(bpf_link_create_opts, options);
    options.perf_event.bpf_cookie = number;
    Handle link(bpf_link_create(program, event.get(), BPF_PERF_EVENT, &options));  // keeps the event open
    if (!link) return cannot_attach(what);
    return link;
}

Status attach_uprobes(const FunctionTarget& target, bool at_exit, int program, std::vector<Handle>& links) {
    std::map<std::string, Functions> files;
    for (size_t i = 0; i < target.places.size(); ++i) {
        Functions& file = files[target.places[i].path];
        file.offsets.push_back(target.places[i].offset);
        file.cookies.push_back(i);
    }
    ManyPlaces attacher(target.all_needed, links);
    for (const auto& [path, functions] : files) {
        MultiLink wanted;
        wanted.program = static_cast<uint32_t>(program);
        wanted.path = reinterpret_cast<uint64_t>(path.c_str());
        wanted.at_exit = at_exit ? 1 : 0;
        wanted.pid = static_cast<uint32_t>(target.pid);
        const Functions& file = functions;
        const auto link = [&](size_t first, size_t count) {
            wanted.offsets = reinterpret_cast<uint64_t>(file.offsets.data() + first);
            wanted.cookies = reinterpret_cast<uint64_t>(file.cookies.data() + first);
            wanted.count = static_cast<uint32_t>(count);
            return create(wanted);
        };
        const auto refused = [&](size_t place) {
            const FunctionPlace& function = target.places[file.cookies[place]];
            return cannot_attach(fmt::format("`{}` of `{}`", function.function, function.path));
        };
        attacher.attach(0, file.offsets.size(), link, refused);
    }
    return attacher.status();
}

}  // namespace probevue
