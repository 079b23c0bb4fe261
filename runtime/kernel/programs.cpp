#include "runtime/kernel/programs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "runtime/kernel/kprobes.h"
#include "runtime/kernel/load.h"
#include "runtime/kernel/uprobes.h"

namespace probevue {
namespace {

// The verifier's last words, and the instruction that they are about: lines of its log begin with "NUMBER: ".
struct Refusal {
    std::string text;
    size_t instruction = 0;
};

Refusal read_log(std::string_view log) {
    Refusal out;
    while (!log.empty()) {
        const size_t end = std::min(log.find('\n'), log.size());
        const std::string_view line = log.substr(0, end);
        log.remove_prefix(std::min(end + 1, log.size()));
        size_t number = 0;
        const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), number);
        if (error == std::errc() && rest != line.data() + line.size() && *rest == ':') {
            out.instruction = number;
        } else if (!line.empty() && !line.starts_with("processed ") && !line.starts_with("verification time") &&
                   !line.starts_with("stack depth") && !line.starts_with("max_states")) {
            out.text = line;
        }
    }
    return out;
}

std::vector<bpf_insn> with_maps(std::span<const bpf_insn> code, const std::vector<Handle>& maps) {
    std::vector<bpf_insn> out(code.begin(), code.end());
    for (bpf_insn& insn : out) {
        const bool of_map = insn.src_reg == BPF_PSEUDO_MAP_FD || insn.src_reg == BPF_PSEUDO_MAP_VALUE;
        if (insn.code == (BPF_LD | BPF_DW | BPF_IMM) && of_map) insn.imm = maps[static_cast<size_t>(insn.imm)].get();
    }
    return out;
}

bpf_map_type type_of(KernelMap::Use use) {
    switch (use) {
        case KernelMap::Use::ring:
            return BPF_MAP_TYPE_RINGBUF;
        case KernelMap::Use::lost:
            return BPF_MAP_TYPE_PERCPU_ARRAY;
        case KernelMap::Use::episodes:
            return BPF_MAP_TYPE_LRU_HASH;
        case KernelMap::Use::calls:
            return BPF_MAP_TYPE_HASH;
        case KernelMap::Use::executables:
            return BPF_MAP_TYPE_ARRAY;
        case KernelMap::Use::work:
            return BPF_MAP_TYPE_PERCPU_ARRAY;
        case KernelMap::Use::shared:
        case KernelMap::Use::ports:
            return BPF_MAP_TYPE_ARRAY;
        case KernelMap::Use::array:
            return BPF_MAP_TYPE_HASH;
        case KernelMap::Use::tally:
            return BPF_MAP_TYPE_ARRAY_OF_MAPS;
        case KernelMap::Use::owners:
            return BPF_MAP_TYPE_SK_STORAGE;
        case KernelMap::Use::ends:
            return BPF_MAP_TYPE_HASH;
        case KernelMap::Use::ended:
        case KernelMap::Use::packets:
            return BPF_MAP_TYPE_LRU_HASH;
    }
    return BPF_MAP_TYPE_UNSPEC;
}

// Of arrays the table is there from the beginning, elements are made when they come.
uint32_t entries_of(const KernelMap& map, const KernelRoom& room) {
    constexpr uint64_t most = 1 << 24;
    switch (map.use) {
        case KernelMap::Use::ring:
            return std::bit_ceil(std::max(room.ring_bytes, static_cast<uint32_t>(sysconf(_SC_PAGESIZE))));
        case KernelMap::Use::tally:
            return 1;
        case KernelMap::Use::array:
            return static_cast<uint32_t>(std::min(room.max_elements, most));
        default:
            return map.entries;
    }
}

}  // namespace

Status KernelPrograms::make_map(size_t number, const KernelRoom& room) {
    const KernelMap& map = program_.kernel_maps[number];
    LIBBPF_OPTS(bpf_map_create_opts, options);
    if (map.use == KernelMap::Use::shared) options.map_flags = BPF_F_MMAPABLE;
    if (map.use == KernelMap::Use::array || map.use == KernelMap::Use::ends) options.map_flags = BPF_F_NO_PREALLOC;
    Handle inner;
    uint32_t key_size = map.key_size;
    uint32_t value_size = map.value_size;
    if (map.use == KernelMap::Use::tally) {
        inner = make_tally(map, true);
        options.inner_map_fd = static_cast<uint32_t>(std::max(inner.get(), 0));
        key_size = value_size = sizeof(uint32_t);
    }
    maps_[number] = map.use == KernelMap::Use::owners
                        ? make_owner_map(map)
                        : Handle(bpf_map_create(type_of(map.use), "probevue", key_size, value_size,
                                                entries_of(map, room), &options));
    if (maps_[number]) return {};
    return fail(fmt::format("cannot make the kernel map for {}: {}", map.name, std::strerror(errno)),
                map.use == KernelMap::Use::ring ? "ask for a smaller buffer with -s" : "", ExitStatus::permission);
}

// Tallies first: the kernel lets us wait for them, and the others are made in that time.
Status KernelPrograms::make_maps(const KernelRoom& room) {
    const std::vector<KernelMap>& maps = program_.kernel_maps;
    const auto has = [&](KernelMap::Use use) {
        return std::any_of(maps.begin(), maps.end(), [use](const KernelMap& map) { return map.use == use; });
    };
    maps_.resize(maps.size());
    if (has(KernelMap::Use::work)) values_.emplace(program_, maps_);
    for (const bool tallies : {true, false}) {
        for (size_t i = 0; i < maps.size(); ++i) {
            if ((maps[i].use == KernelMap::Use::tally) != tallies) continue;
            const Status made = make_map(i, room);
            if (!made) return made;
        }
        if (tallies && values_) values_->prepare();
    }
    return {};
}

Status KernelPrograms::fill_maps() {
    for (size_t i = 0; i < maps_.size(); ++i) {
        const KernelMap& map = program_.kernel_maps[i];
        if (map.use != KernelMap::Use::executables) continue;
        for (uint32_t key = 0; key < map.entries && key < targets_.size(); ++key) {
            if (bpf_map_update_elem(maps_[i].get(), &key, &targets_[key].executable, BPF_ANY) != 0)
                return fail(fmt::format("cannot fill the kernel map for {}: {}", map.name, std::strerror(errno)), {},
                            ExitStatus::permission);
        }
    }
    return values_ ? values_->open() : Status{};
}

Status KernelPrograms::find_preemption_calls() {
    const bool wanted = std::any_of(program_.kernel_programs.begin(), program_.kernel_programs.end(),
                                    [](const KernelProgram& kernel) { return is_user(kernel.hook->point); });
    if (!wanted) return {};
    const Result<std::optional<PreemptionCalls>> calls = preemption_calls();
    if (!calls) return calls.error();
    preemption_ = *calls;
    return {};
}

bool KernelPrograms::load_one(const KernelProgram& kernel, std::span<const bpf_insn> code, bool is_entry,
                              std::vector<KernelProblem>& problems) {
    HookRow row = *kernel.hook;
    if (is_entry && row.point == HookPoint::exit) row.point = HookPoint::entry;
    ProgramKind kind = program_kind(row, is_entry ? kernel.entry_target.btf_id : kernel.target.btf_id);
    const bool many =
        is_user(kernel.hook->point) ? has_uprobe_multi() : has_places(kernel.hook->point) && has_kprobe_multi();
    if (many) kind.attach_type = is_user(kernel.hook->point) ? uprobe_multi_attach_type : kprobe_multi_attach_type;
    std::vector<bpf_insn> linked = with_maps(code, maps_);
    const bool guarded = is_user(kernel.hook->point) && preemption_.has_value();
    if (guarded) linked = without_preemption(linked, *preemption_);
    LoadResult loaded = load_program(kind, linked);
    if (loaded.program) {
        programs_.push_back({&kernel, std::move(loaded.program), is_entry, many});
        return true;
    }
    Refusal refusal = read_log(loaded.log);
    if (guarded) refusal.instruction -= std::min<size_t>(refusal.instruction, preemption_prologue);
    SourcePosition position = kernel.lines.empty() ? SourcePosition{} : kernel.lines.front();
    if (!is_entry && refusal.instruction < kernel.lines.size()) position = kernel.lines[refusal.instruction];
    std::string text = fmt::format("the kernel refuses the program for {} `{}`: {}", rung_row(kernel.hook->rung).name,
                                   kernel.target.name, error_text(loaded.error));
    if (!refusal.text.empty())
        text += fmt::format(" (its verifier: {}, at instruction {})", refusal.text, refusal.instruction);
    text += lockdown_note();
    const char* const hint = loaded.error == E2BIG ? "--home engine leaves less of the clauses to the kernel"
                                                   : "`-d ebpf` shows the instructions";
    problems.push_back({position, fail(std::move(text), hint, ExitStatus::permission)});
    return false;
}

// Programs that note what those of events read.
Status KernelPrograms::load_noting() {
    for (const OwnerProgram& owners : program_.owner_programs) {
        if (Status loaded = owners_.load(owners, with_maps(owners.code, maps_)); !loaded) return loaded;
    }
    for (const StepProgram& step : program_.step_programs) {
        if (Status loaded = steps_.load(step, with_maps(step.code, maps_)); !loaded) return loaded;
    }
    return {};
}

std::unique_ptr<KernelPrograms> KernelPrograms::load(const Program& program, const KernelRoom& room, int network,
                                                     std::vector<FunctionTarget> targets,
                                                     std::vector<KernelProblem>& problems) {
    libbpf_set_print(nullptr);
    std::unique_ptr<KernelPrograms> out(new KernelPrograms(program, network, std::move(targets)));
    Status made = out->make_maps(room);
    if (made) made = out->fill_maps();
    if (made) made = out->find_preemption_calls();
    if (made) made = out->load_noting();
    if (!made) {
        problems.push_back({{}, made.error()});
        return nullptr;
    }
    bool good = true;
    for (const KernelProgram& kernel : program.kernel_programs) {
        good = out->load_one(kernel, kernel.code, false, problems) && good;
        if (!kernel.entry_code.empty()) good = out->load_one(kernel, kernel.entry_code, true, problems) && good;
    }
    const Status complete = out->values_ ? out->values_->complete() : Status{};
    if (!complete) {
        problems.push_back({{}, complete.error()});
        good = false;
    }
    return good ? std::move(out) : nullptr;
}

Status KernelPrograms::attach_one(const Loaded& loaded) {
    const KernelTarget& target = loaded.source->target;
    if (has_places(loaded.source->hook->point)) return attach_places(loaded);
    if (!loaded.is_entry) return attach_program(*loaded.source->hook, target, loaded.program.get(), network_, links_);
    const KernelTarget& beginning = loaded.source->entry_target;
    if (beginning.btf_id != 0)
        return attach_program(*loaded.source->hook, beginning, loaded.program.get(), network_, links_);
    Result<Handle> link = attach_kprobe(beginning.name, false, loaded.program.get());
    if (!link) return link.error();
    links_.push_back(std::move(*link));
    return {};
}

// In text order. Where several are at one place, tracepoints run first what has come first, functions of programs what
// has come last.
Status KernelPrograms::attach_events() {
    std::vector<const Loaded*> order;
    for (const Loaded& loaded : programs_) order.push_back(&loaded);
    const auto users = std::stable_partition(
        order.begin(), order.end(), [](const Loaded* loaded) { return !is_user(loaded->source->hook->point); });
    std::reverse(users, order.end());
    for (const Loaded* loaded : order) {
        if (Status attached = attach_one(*loaded); !attached) return attached;
    }
    return {};
}

// Who notes what events read comes first, who takes it out last.
Status KernelPrograms::attach() {
    Status attached = owners_.attach();
    if (attached) attached = steps_.attach(false, links_);
    if (attached) attached = attach_events();
    if (attached) attached = steps_.attach(true, links_);
    if (!attached) detach();
    return attached;
}

// What has come last goes first: who keeps something at the beginning of calls before who takes it at their end.
// Programs that are at work then, also on a processor that was taken away from them, still hand over their records.
// They run as readers of RCU, for which this system call waits (kernel/sched/membarrier.c: synchronize_rcu()); kernels
// that keep processors free of ticks refuse it, and there the session's wait for late records is all.
void KernelPrograms::detach() {
    if (!links_.empty()) {
        while (!links_.empty()) links_.pop_back();
        syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
    }
    owners_.detach();
}

const FunctionTarget& KernelPrograms::target_of(const KernelProgram& kernel) const {
    return targets_[static_cast<size_t>(&kernel - program_.kernel_programs.data())];
}

Status KernelPrograms::attach_places(const Loaded& loaded) {
    const FunctionTarget& target = target_of(*loaded.source);
    const HookPoint point = loaded.source->hook->point;
    const bool at_exit = point == HookPoint::user_exit || point == HookPoint::kernel_exit;
    if (!is_user(point)) return attach_kprobes(target, at_exit, loaded.at_many, loaded.program.get(), links_);
    if (loaded.at_many) return attach_uprobes(target, at_exit, loaded.program.get(), links_);
    std::optional<Error> refused;
    size_t attached = 0;
    for (size_t i = 0; i < target.places.size(); ++i) {
        Result<Handle> link = attach_uprobe(target.places[i], at_exit, target.pid, i, loaded.program.get());
        if (link) {
            links_.push_back(std::move(*link));
            ++attached;
        } else if (!refused) {
            refused = link.error();
        }
        if (refused && target.all_needed) return *refused;
    }
    if (attached == 0 && refused) return *refused;
    return {};
}

std::string_view KernelPrograms::numbered(uint32_t program, uint64_t number) const {
    if (program >= targets_.size() || number >= targets_[program].places.size()) return {};
    return targets_[program].places[number].function;
}

Handle KernelPrograms::duplicate(KernelMap::Use use) const {
    for (size_t i = 0; i < maps_.size(); ++i) {
        if (program_.kernel_maps[i].use == use) return Handle(fcntl(maps_[i].get(), F_DUPFD_CLOEXEC, 0));
    }
    return Handle();
}

uint64_t KernelPrograms::lost(KernelLoss what) const {
    std::vector<uint64_t> counts(static_cast<size_t>(std::max(libbpf_num_possible_cpus(), 1)));
    const auto key = static_cast<uint32_t>(what);
    if (bpf_map_lookup_elem(maps_[kernel_lost].get(), &key, counts.data()) != 0) return 0;
    uint64_t sum = 0;
    for (uint64_t count : counts) sum += count;
    return sum;
}

uint64_t KernelPrograms::missed() const { return missed_runs(programs_); }

}  // namespace probevue
