#include "runtime/kernel/facts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <map>
#include <span>
#include <sstream>

#include "runtime/kernel/cgroup.h"
#include "runtime/kernel/links.h"
#include "runtime/kernel/load.h"
#include "runtime/kernel/preemption.h"
#include "runtime/kernel/types.h"
#include "runtime/kernel/uprobes.h"

namespace probevue {
namespace {

// Present in every kernel with TCP; what is tried on them is detached at once.
constexpr std::string_view trial_tracepoint = "inet_sock_set_state";
constexpr std::string_view trial_function = "tcp_disconnect";

// The smallest program: returns 0 (of a packet: drops it, so that one is never attached).
constexpr std::array<bpf_insn, 2> empty_program = {bpf_insn{BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0},
                                                   bpf_insn{BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};

std::string words(int error) {
    return error == 0 ? std::string() : error_text(error) + (error == EPERM ? lockdown_note() : "");
}

}  // namespace

std::optional<Error> missing_privileges() {
    const std::string missing = missing_capabilities();
    if (!missing.empty()) {
        return fail(fmt::format("events of the kernel may not be traced: missing {}", missing),
                    "run it with sudo, or give the program the capabilities: sudo setcap "
                    "cap_bpf,cap_perfmon,cap_net_admin,cap_net_raw+ep PROGRAM",
                    ExitStatus::permission);
    }
    return std::nullopt;
}

bool processor_is_online(uint32_t number) {
    std::ifstream file("/sys/devices/system/cpu/online");
    std::string range;
    while (std::getline(file, range, ',')) {  // "0-3,5"
        unsigned first = 0;
        unsigned last = 0;
        const int read = std::sscanf(range.c_str(), "%u-%u", &first, &last);
        if (number == first || (read == 2 && number >= first && number <= last)) return true;
    }
    return false;
}

struct RunningKernel::State {
    bool loaded = false;
    std::unique_ptr<KernelTypes> types;
    std::map<Rung, std::string> refusals;

    const KernelTypes* get() {
        if (!loaded) types = KernelTypes::load();
        loaded = true;
        return types.get();
    }

    int try_load(const HookRow& row, std::optional<Prototype> prototype,
                 std::span<const bpf_insn> code = empty_program) {
        if (!prototype) return ENOENT;
        return load_program(program_kind(row, prototype->btf_id), code).error;
    }

    std::string ask(Rung rung);
    std::optional<int32_t> try_cast();

    std::optional<std::optional<int32_t>> cast;  // known when it has been asked for
};

// Without the just-in-time compiler programs cannot call it, whatever the types say: tried.
std::optional<int32_t> RunningKernel::State::try_cast() {
    const KernelTypes* known = get();
    if (known == nullptr) return std::nullopt;
    const std::optional<Prototype> function = known->function("bpf_rdonly_cast");
    const std::optional<KernelTypeId> target = known->structure("iphdr", false);
    if (!function || !target) return std::nullopt;
    const auto number = static_cast<int32_t>(function->btf_id);
    const std::array<bpf_insn, 5> code = {bpf_insn{BPF_ALU64 | BPF_MOV | BPF_K, 1, 0, 0, 0},
                                          bpf_insn{BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, static_cast<int32_t>(*target)},
                                          bpf_insn{BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, number},
                                          empty_program[0], empty_program[1]};
    HookRow row{};
    row.rung = Rung::tracepoint;
    row.point = HookPoint::tracepoint;
    return try_load(row, known->tracepoint(trial_tracepoint), code) == 0 ? std::optional(number) : std::nullopt;
}

std::string RunningKernel::State::ask(Rung rung) {
    const KernelTypes* known = get();
    if (known == nullptr) return "the kernel has no type information (/sys/kernel/btf/vmlinux)";
    HookRow row{};
    row.rung = rung;
    switch (rung) {
        case Rung::tracepoint:
        case Rung::syscall:
            row.point = HookPoint::tracepoint;
            return words(try_load(row, known->tracepoint(trial_tracepoint)));
        case Rung::function: {
            row.point = HookPoint::entry;
            const std::optional<Prototype> prototype = known->function(trial_function);
            if (!prototype) return fmt::format("the kernel has no function `{}` to try it on", trial_function);
            const LoadResult loaded_program = load_program(program_kind(row, prototype->btf_id), empty_program);
            if (!loaded_program.program) return "trampolines are refused: " + words(loaded_program.error);
            const Result<Handle> link = attach_typed(loaded_program.program.get(), "the kernel's function");
            return link ? "" : link.error().message;
        }
        case Rung::kprobe: {
            row.point = HookPoint::entry;
            const LoadResult loaded_program = load_program(program_kind(row, 0), empty_program);
            if (!loaded_program.program) return words(loaded_program.error);
            const Result<Handle> link = attach_kprobe(trial_function, false, loaded_program.program.get());
            return link ? "" : link.error().message;
        }
        case Rung::cgroup:
            row.point = HookPoint::cgroup_ingress;
            if (!may_administer_network()) return "missing CAP_NET_ADMIN";
            if (const Result<Handle> root = open_cgroup_root(); !root)
                return fmt::format("{} ({})", root.error().message, root.error().hint);
            return words(try_load(row, Prototype{}));
        case Rung::netfilter:
            row.point = HookPoint::netfilter_input;
            if (!may_administer_network()) return "missing CAP_NET_ADMIN";
            return words(try_load(row, Prototype{}));
        case Rung::perf:
            row.point = HookPoint::clock;
            return words(try_load(row, Prototype{}));
        case Rung::uprobe:
            row.point = HookPoint::user_entry;
            if (!has_uprobes()) return "the kernel has no uprobes";
            return words(try_load(row, Prototype{}));
        case Rung::netlink:
            return links_refusal();
    }
    return {};
}

RunningKernel::RunningKernel() : state_(std::make_unique<State>()) {}
RunningKernel::~RunningKernel() = default;

std::optional<Error> RunningKernel::unusable() const {
    if (std::optional<Error> missing = missing_privileges()) return missing;
    if (state_->get() == nullptr) return no_kernel_types();
    return std::nullopt;
}

std::optional<Prototype> RunningKernel::tracepoint(std::string_view name) const {
    return state_->get() == nullptr ? std::nullopt : state_->types->tracepoint(name);
}

std::optional<Prototype> RunningKernel::function(std::string_view name) const {
    return state_->get() == nullptr ? std::nullopt : state_->types->function(name);
}

std::optional<ResolvedPath> RunningKernel::resolve(std::string_view path) const {
    return state_->get() == nullptr ? std::nullopt : state_->types->resolve(path);
}

std::optional<uint32_t> RunningKernel::struct_size(std::string_view name) const {
    return state_->get() == nullptr ? std::nullopt : state_->types->struct_size(name);
}

std::optional<int64_t> RunningKernel::enumerator(std::string_view enumeration, std::string_view name) const {
    return state_->get() == nullptr ? std::nullopt : state_->types->enumerator(enumeration, name);
}

std::vector<Enumerator> RunningKernel::enumerators(std::string_view enumeration) const {
    return state_->get() == nullptr ? std::vector<Enumerator>() : state_->types->enumerators(enumeration);
}

bool RunningKernel::has_types() const { return state_->get() != nullptr; }

std::vector<std::string> RunningKernel::argument_names(std::string_view tracepoint) const {
    return state_->get() == nullptr ? std::vector<std::string>() : state_->types->argument_names(tracepoint);
}

std::optional<KernelType> RunningKernel::type(KernelTypeId id) const {
    return state_->get() == nullptr ? std::nullopt : state_->types->type(id);
}

std::optional<KernelTypeId> RunningKernel::structure(std::string_view name, bool is_union) const {
    return state_->get() == nullptr ? std::nullopt : state_->types->structure(name, is_union);
}

int64_t RunningKernel::own_process() const { return getpid(); }

uint64_t RunningKernel::boot_time_ns() const {
    const auto read = [](clockid_t clock) {
        timespec time{};
        clock_gettime(clock, &time);
        return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
    };
    return read(CLOCK_REALTIME) - read(CLOCK_BOOTTIME);
}

std::vector<std::string> RunningKernel::tracepoints() const {
    return state_->get() == nullptr ? std::vector<std::string>() : state_->types->tracepoints();
}

std::optional<uint64_t> RunningKernel::symbol(std::string_view name) const {
    std::ifstream all("/proc/kallsyms");
    for (std::string line; std::getline(all, line);) {
        std::istringstream words(line);  // address, kind, name, for modules their name
        std::string address;
        std::string kind;
        std::string symbol;
        constexpr size_t least = 19;  // before the name
        if (line.size() <= least || line.compare(least, name.size(), name) != 0) continue;
        words >> address >> kind >> symbol;
        // Functions are no variables. Who may not see addresses sees zeros.
        if (symbol != name || kind == "t" || kind == "T" || kind == "w" || kind == "W") continue;
        const uint64_t value = std::strtoull(address.c_str(), nullptr, 16);
        return value == 0 ? std::nullopt : std::optional(value);
    }
    return std::nullopt;
}

std::string RunningKernel::refusal(Rung rung) const {
    const auto [at, fresh] = state_->refusals.try_emplace(rung);
    if (fresh) at->second = state_->ask(rung);
    return at->second;
}

// Trampolines pass on a limited number of arguments, kernels before 6.5 as many as there are registers for them.
std::string RunningKernel::hook_refusal(const HookRow& row, const Prototype& prototype) const {
    constexpr size_t always = 6;
    if (row.rung != Rung::function || row.point == HookPoint::tracepoint || prototype.arguments.size() <= always)
        return {};
    const LoadResult trial = load_program(program_kind(row, prototype.btf_id), empty_program);
    if (!trial.program) return fmt::format("`{}`: {}", row.target, words(trial.error));
    const Result<Handle> link = attach_typed(trial.program.get(), "the kernel's function");
    return link ? "" : fmt::format("`{}`: {}", row.target, link.error().message);
}

bool RunningKernel::forbids_preemption() const {
    const auto calls = preemption_calls();
    return calls && calls->has_value();
}

std::optional<int32_t> RunningKernel::cast_function() const {
    if (!state_->cast) state_->cast = state_->try_cast();
    return *state_->cast;
}

}  // namespace probevue
