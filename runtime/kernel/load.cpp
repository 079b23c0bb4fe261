#include "runtime/kernel/load.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "runtime/kernel/cgroup.h"

namespace probevue {
namespace {

// Not GPL only: the helper functions that read the kernel's memory ask for a licence compatible with it.
constexpr const char* license = "Dual BSD/GPL";
constexpr const char* program_name = "probevue";

}  // namespace

std::string error_text(int error) {
    constexpr int not_supported = 524;  // the kernel's own ENOTSUPP, which no library has a text for
    return error == not_supported ? "not supported by this kernel" : std::strerror(error);
}

Error cannot_attach(std::string_view what) {
    const int error = errno;
    return fail(
        fmt::format("cannot attach to {}: {}{}", what, error_text(error), error == EPERM ? lockdown_note() : ""), {},
        ExitStatus::permission);
}

uint32_t event_source_type(std::string_view name) {
    uint32_t type = 0;
    std::ifstream(fmt::format("/sys/bus/event_source/devices/{}/type", name)) >> type;
    return type;
}

ProgramKind program_kind(const HookRow& row, uint32_t btf_id) {
    switch (row.point) {
        case HookPoint::tracepoint:
            return {BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, btf_id};
        case HookPoint::cgroup_ingress:
            return {BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_INGRESS, 0};
        case HookPoint::user_entry:
        case HookPoint::user_exit:
        case HookPoint::kernel_entry:
        case HookPoint::kernel_exit:
            return {BPF_PROG_TYPE_KPROBE, 0, 0};
        case HookPoint::clock:
            return {BPF_PROG_TYPE_PERF_EVENT, 0, 0};
        case HookPoint::entry:
        case HookPoint::exit:
            break;
    }
    if (row.rung == Rung::kprobe) return {BPF_PROG_TYPE_KPROBE, 0, 0};
    return {BPF_PROG_TYPE_TRACING,
            static_cast<uint32_t>(row.point == HookPoint::exit ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY), btf_id};
}

LoadResult load_program(const ProgramKind& kind, std::span<const bpf_insn> code) {
    LIBBPF_OPTS(bpf_prog_load_opts, options);
    options.expected_attach_type = static_cast<bpf_attach_type>(kind.attach_type);
    options.attach_btf_id = kind.btf_id;
    LoadResult out;
    int fd = bpf_prog_load(kind.type, program_name, license, code.data(), code.size(), &options);
    if (fd < 0 && errno != EPERM) {
        // Once more, to hear why.
        out.log.resize(1 << 20);
        options.log_buf = out.log.data();
        options.log_size = static_cast<uint32_t>(out.log.size());
        options.log_level = 1;
        fd = bpf_prog_load(kind.type, program_name, license, code.data(), code.size(), &options);
        const int error = errno;
        out.log.resize(std::strlen(out.log.c_str()));
        errno = error;
    }
    if (fd < 0) out.error = errno;
    out.program = Handle(fd);
    return out;
}

Result<Handle> attach_trampoline(int program) {
    Handle link(bpf_raw_tracepoint_open(nullptr, program));
    if (!link) return cannot_attach("the kernel's function");
    return link;
}

Result<Handle> attach_kprobe(std::string_view function, bool at_exit, int program) {
    const uint32_t type = event_source_type("kprobe");
    if (type == 0) return fail("the kernel has no kprobes", {}, ExitStatus::permission);
    const std::string name(function);
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = type;
    attributes.config = at_exit ? 1 : 0;
    attributes.config1 = reinterpret_cast<uint64_t>(name.c_str());
    const long fd = syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
    Handle event(static_cast<int>(fd));
    if (!event || ioctl(event.get(), PERF_EVENT_IOC_SET_BPF, program) != 0 ||
        ioctl(event.get(), PERF_EVENT_IOC_ENABLE, 0) != 0) {
        return cannot_attach(fmt::format("`{}`", function));
    }
    return event;
}

namespace {

Result<Handle> attach_one(const HookRow& row, const KernelTarget& target, int program) {
    if (row.point == HookPoint::cgroup_ingress) {
        const Result<Handle> root = open_cgroup_root();
        if (!root) return root.error();
        Handle link(bpf_link_create(program, root->get(), BPF_CGROUP_INET_INGRESS, nullptr));
        if (!link) return cannot_attach("the root of the unified cgroup hierarchy");
        return link;
    }
    if (row.rung == Rung::kprobe && row.point != HookPoint::tracepoint)
        return attach_kprobe(target.name, row.point == HookPoint::exit, program);
    Handle link(bpf_raw_tracepoint_open(nullptr, program));
    if (!link) return cannot_attach(fmt::format("`{}`", target.name));
    return link;
}

}  // namespace

Status attach_program(const HookRow& row, const KernelTarget& target, int program, std::vector<Handle>& links) {
    if (row.point == HookPoint::clock) return attach_clock(target, program, links);
    Result<Handle> link = attach_one(row, target, program);
    if (!link) return link.error();
    links.push_back(std::move(*link));
    return {};
}

namespace {

bool has_capability(int number) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
    if (syscall(SYS_capget, &header, data) != 0) return true;  // then the kernel will say
    return (data[CAP_TO_INDEX(number)].effective & CAP_TO_MASK(number)) != 0;
}

}  // namespace

std::string missing_capabilities() {
    std::vector<std::string_view> names;
    if (!has_capability(CAP_SYS_ADMIN)) {
        if (!has_capability(CAP_BPF)) names.emplace_back("CAP_BPF");
        if (!has_capability(CAP_PERFMON)) names.emplace_back("CAP_PERFMON");
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

bool may_administer_network() { return has_capability(CAP_NET_ADMIN); }

std::string lockdown_note() {
    std::ifstream file("/sys/kernel/security/lockdown");  // "none [integrity] confidentiality"
    std::string mode;
    while (file >> mode) {
        if (mode.front() != '[' || mode == "[none]") continue;
        return fmt::format(" (the kernel is locked down: {})", mode.substr(1, mode.size() - 2));
    }
    return {};
}

}  // namespace probevue
