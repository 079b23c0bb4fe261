#include "runtime/kernel/load.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/capability.h>
#include <linux/netfilter.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "runtime/kernel/cgroup.h"
#include "runtime/kernel/network.h"

namespace probevue {
namespace {

// Not GPL only: the helper functions that read the kernel's memory ask for a licence compatible with it.
constexpr const char* license = "Dual BSD/GPL";
constexpr const char* program_name = "probevue";

// Since Linux 6.4 (include/uapi/linux/bpf.h); older headers lack them.
constexpr uint32_t netfilter_program = 32;     // BPF_PROG_TYPE_NETFILTER
constexpr uint32_t netfilter_attachment = 45;  // BPF_NETFILTER

}  // namespace

std::string error_text(int error) {
    constexpr int not_supported = 524;  // the kernel's own ENOTSUPP, which no library has a text for
    return error == not_supported ? "not supported by this kernel" : std::strerror(error);
}

Result<Handle> load_noting_program(const ProgramKind& kind, std::span<const bpf_insn> code, std::string_view purpose,
                                   std::string_view where, std::string_view builtin) {
    LoadResult loaded = load_program(kind, code);
    if (loaded.program) return std::move(loaded.program);
    return fail(fmt::format("the kernel refuses the program that {}, for {}: {}{}", purpose, where,
                            error_text(loaded.error), lockdown_note()),
                fmt::format("scripts that do not read `{}` go without", builtin), ExitStatus::permission);
}

uint64_t missed_runs(const Handle& program) {
    bpf_prog_info info{};
    uint32_t size = sizeof info;
    return bpf_obj_get_info_by_fd(program.get(), &info, &size) == 0 ? info.recursion_misses : 0;
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
        case HookPoint::netfilter_input:
            return {netfilter_program, netfilter_attachment, 0};
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
        case HookPoint::message:  // has no program
            break;
    }
    if (row.rung == Rung::kprobe) return {BPF_PROG_TYPE_KPROBE, 0, 0};
    return {BPF_PROG_TYPE_TRACING,
            static_cast<uint32_t>(row.point == HookPoint::exit ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY), btf_id};
}

namespace {

// The library takes only types of programs that its headers have a name for. The kernel's verifier leaves off when a
// signal comes, and asks to be called again: as often as libbpf does (sys_bpf_prog_load()).
int ask_to_load(bpf_attr& attributes) {
    constexpr int attempts = 5;
    long fd = -1;
    for (int i = 0; i < attempts; ++i) {
        fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes);
        if (fd >= 0 || errno != EAGAIN) break;
    }
    return static_cast<int>(fd);
}

uint64_t address_of(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

}  // namespace

LoadResult load_program(const ProgramKind& kind, std::span<const bpf_insn> code) {
    bpf_attr attributes{};
    attributes.prog_type = kind.type;
    attributes.expected_attach_type = kind.attach_type;
    attributes.attach_btf_id = kind.btf_id;
    attributes.insns = address_of(code.data());
    attributes.insn_cnt = static_cast<uint32_t>(code.size());
    attributes.license = address_of(license);
    std::strncpy(attributes.prog_name, program_name, sizeof attributes.prog_name - 1);
    LoadResult out;
    int fd = ask_to_load(attributes);
    if (fd < 0 && errno != EPERM) {
        // Once more, to hear why.
        out.log.resize(1 << 20);
        attributes.log_buf = address_of(out.log.data());
        attributes.log_size = static_cast<uint32_t>(out.log.size());
        attributes.log_level = 1;
        fd = ask_to_load(attributes);
        const int error = errno;
        out.log.resize(std::strlen(out.log.c_str()));
        errno = error;
    }
    if (fd < 0) out.error = errno;
    out.program = Handle(fd);
    return out;
}

Result<Handle> attach_typed(int program, std::string_view what) {
    Handle link(bpf_raw_tracepoint_open(nullptr, program));
    if (!link) return cannot_attach(what);
    return link;
}

Result<Handle> attach_to_cgroups(int program, uint32_t attach_type) {
    const Result<Handle> root = open_cgroup_root();
    if (!root) return root.error();
    Handle link(bpf_link_create(program, root->get(), static_cast<bpf_attach_type>(attach_type), nullptr));
    if (!link) return cannot_attach("the root of the unified cgroup hierarchy");
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

// Of union bpf_attr, for BPF_LINK_CREATE of a netfilter program.
struct NetfilterLink {
    uint32_t program;
    uint32_t target;
    uint32_t attachment;
    uint32_t flags;
    uint32_t family;
    uint32_t hook;
    int32_t priority;
    uint32_t netfilter_flags;
};

// Last of all that netfilter does with packets for this host: what a rule drops is not delivered. No two programs of a
// network namespace have the same priority, and the very last is not for programs (net/netfilter/nf_bpf_link.c): the
// last one that is free.
Result<Handle> attach_to_input(bool six, int program, int network) {
    const InNetwork there(network);
    if (!there.status()) return there.status().error();
    constexpr int sessions = 64;  // that hold a priority at the same time, at most
    NetfilterLink link{static_cast<uint32_t>(program),
                       0,
                       netfilter_attachment,
                       0,
                       six ? uint32_t{NFPROTO_IPV6} : uint32_t{NFPROTO_IPV4},
                       NF_INET_LOCAL_IN,
                       0,
                       0};
    for (int i = 1; i <= sessions; ++i) {
        link.priority = INT32_MAX - i;
        Handle made(static_cast<int>(syscall(SYS_bpf, BPF_LINK_CREATE, &link, sizeof link)));
        if (made) return made;
        if (errno != EBUSY) break;
    }
    return cannot_attach(fmt::format("what netfilter delivers of {}", six ? "IPv6" : "IPv4"));
}

Result<Handle> attach_one(const HookRow& row, const KernelTarget& target, int program, int network) {
    if (row.point == HookPoint::cgroup_ingress) return attach_to_cgroups(program, program_kind(row, 0).attach_type);
    if (row.point == HookPoint::netfilter_input) return attach_to_input(row.target == "ipv6", program, network);
    if (row.rung == Rung::kprobe && row.point != HookPoint::tracepoint)
        return attach_kprobe(target.name, row.point == HookPoint::exit, program);
    return attach_typed(program, fmt::format("`{}`", target.name));
}

}  // namespace

Status attach_program(const HookRow& row, const KernelTarget& target, int program, int network,
                      std::vector<Handle>& links) {
    if (row.point == HookPoint::clock) return attach_clock(target, program, links);
    Result<Handle> link = attach_one(row, target, program, network);
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
