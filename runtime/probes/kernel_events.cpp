#include <fmt/format.h>

#include <algorithm>

#include "compiler/program/hook_choice.h"
#include "runtime/engine/attributes.h"
#include "runtime/kernel/events.h"
#include "runtime/kernel/facts.h"
#include "runtime/kernel/links.h"
#include "runtime/kernel/packet_owners.h"
#include "runtime/probes/function_targets.h"
#include "runtime/probes/managers.h"
#include "runtime/probes/tracepoint_types.h"

namespace probevue {
namespace {

constexpr uint32_t default_ring_kb = 4096;

// The tuple of a clause as the session numbers it.
const BoundProbe* find_tuple(std::span<const BoundProbe> probes, const Program& program, const TupleIndex& index) {
    const ProbeRequest* request = &program.clauses[index.clause].probes[index.tuple];
    const auto at =
        std::find_if(probes.begin(), probes.end(), [&](const BoundProbe& probe) { return probe.request == request; });
    return at == probes.end() ? nullptr : &*at;
}

std::string_view point_name(HookPoint point) {
    switch (point) {
        case HookPoint::tracepoint:
            return "tracepoint";
        case HookPoint::entry:
            return "entry of";
        case HookPoint::exit:
            return "return of";
        case HookPoint::cgroup_ingress:
            return "cgroup";
        case HookPoint::netfilter_input:
            return "netfilter";
        case HookPoint::user_entry:
        case HookPoint::kernel_entry:
            return "entry of";
        case HookPoint::user_exit:
        case HookPoint::kernel_exit:
            return "return of";
        case HookPoint::clock:
            return "clock";
        case HookPoint::message:
            return "netlink";
    }
    return {};
}

// What events of a program, or of messages, name its tuples by.
std::vector<uint32_t> numbers_of(std::span<const BoundProbe> probes, const Program& program,
                                 const std::vector<TupleIndex>& tuples) {
    std::vector<uint32_t> out;
    for (const TupleIndex& tuple : tuples) {
        const BoundProbe* probe = find_tuple(probes, program, tuple);
        out.push_back(probe == nullptr ? no_tuple : probe->index);
    }
    return out;
}

void attach_programs(std::span<const BoundProbe> probes, const AttachOptions& options, Attachment& attachment,
                     std::vector<Problem>& problems) {
    const Program& program = *options.program;
    std::vector<FunctionTarget> targets = function_targets(program, options, problems);
    if (!problems.empty()) return;
    std::vector<KernelProblem> refused;
    const uint32_t ring_kb = program.kernel_programs.empty() ? 0 : default_ring_kb;
    const KernelRoom room{(options.buffer_kb != 0 ? options.buffer_kb : ring_kb) * 1024, options.max_elements};
    auto programs = KernelPrograms::load(program, room, options.network, std::move(targets), refused);
    for (const KernelProblem& problem : refused) problems.push_back({problem.position, problem.error});
    if (programs == nullptr) return;
    if (program.packet_owners) {
        auto owners = packet_owners(*programs, options.network);
        if (!owners) return problems.push_back({probes.front().request->position, owners.error()});
        attachment.owners = std::move(*owners);
    }
    TupleNumbers numbers;
    for (const KernelProgram& one : program.kernel_programs) numbers.push_back(numbers_of(probes, program, one.tuples));
    auto source = kernel_events(program, std::move(programs), std::move(numbers));
    if (!source) {
        problems.push_back({probes.front().request->position, source.error()});
        return;
    }
    // First of all: who uses sockets is known before the first packet is seen.
    attachment.sources.insert(attachment.sources.begin(), std::move(*source));
}

void attach_messages(std::span<const BoundProbe> probes, const AttachOptions& options, Attachment& attachment) {
    TupleNumbers numbers;
    for (const KernelMessages& one : options.program->kernel_messages)
        numbers.push_back(numbers_of(probes, *options.program, one.tuples));
    const uint32_t buffer_kb = options.buffer_kb != 0 ? options.buffer_kb : default_ring_kb;
    attachment.sources.push_back(
        link_events(*options.program, std::move(numbers), {options.network, buffer_kb * 1024}));
}

}  // namespace

void report_refusals(std::span<const BoundProbe> probes, const Program& program, std::vector<Problem>& problems) {
    for (const KernelRefusal& refusal : program.kernel_refusals) {
        const BoundProbe* probe = find_tuple(probes, program, refusal.tuple);
        if (probe == nullptr) continue;
        problems.push_back(
            {probe->request->position,
             fail(fmt::format("{} cannot be had on this kernel: {}", probe->request->text, refusal.tried),
                  refusal.hint.empty() ? "`probevue -l -v` lists the hooks that this kernel has" : refusal.hint,
                  ExitStatus::permission)});
    }
}

void attach_packet_owners(std::span<const BoundProbe> probes, const AttachOptions& options, Attachment& attachment,
                          std::vector<Problem>& problems) {
    attach_programs(probes, options, attachment, problems);
}

std::vector<ListedPoint> KernelEventManager::list() const {
    std::vector<ListedPoint> points = listed_points(kinds(), "");
    const RunningKernel kernel;
    const std::optional<Error> unusable = kernel.unusable();
    size_t i = 0;
    for (const ProbePointRow& row : probe_points()) {
        if (!contains(kinds(), row.kind) || !row.unavailable.empty()) continue;
        std::string tried;
        std::string hooks;
        if (!unusable) {
            // Which tracepoint is said by the tuple.
            if (row.kind == ProbeKind::systrace) hooks = "tracepoint of the name";
            const std::string_view event = row.kind == ProbeKind::sysproc ? row.fields.front().text : "";
            for (const HookRow* hook : hooks.empty() ? choose_hooks({row.kind, event}, kernel, std::nullopt, tried)
                                                     : std::vector<const HookRow*>()) {
                const std::string_view rung = rung_row(hook->rung).name;
                const std::string_view point = point_name(hook->point);
                const std::string one =
                    fmt::format("{}{} {}", rung == point ? "" : fmt::format("{}: ", rung), point, hook->target);
                // Several programs may stand at one place.
                if (hooks.find(one) == std::string::npos) hooks += (hooks.empty() ? "" : ", ") + one;
                if (const std::string_view beginning = hook_beginning(*hook); !beginning.empty())
                    hooks += fmt::format(", tracepoint {}", beginning);
            }
        }
        if (!hooks.empty() && !tried.empty()) hooks += "; not " + tried;
        points[i++].hook = unusable ? "nothing: " + unusable->message : hooks.empty() ? "nothing: " + tried : hooks;
    }
    return points;
}

// System calls, and the tracepoints of this kernel.
std::vector<ListedPoint> KernelEventManager::list_named() const {
    std::vector<ListedPoint> points;
    const std::vector<ListedPoint> forms = list();
    const auto add = [&](const ProbePointRow& row, const std::string& hook, const std::vector<std::string>& names) {
        const bool exit = row.kind == ProbeKind::syscall_exit;
        for (const std::string& name : names) {
            const char* end = row.kind == ProbeKind::systrace ? "" : exit ? ":exit" : ":entry";
            points.push_back({fmt::format("@@{}:*:{}{}", row.manager, name, end), std::string(row.doc), hook});
        }
    };
    for (const ProbePointRow& row : probe_points()) {
        const auto form =
            std::find_if(forms.begin(), forms.end(), [&](const ListedPoint& point) { return point.point == row.form; });
        if (form == forms.end()) continue;
        if (contains(syscall_probes, row.kind))
            add(row, form->hook, system_call_names(row.manager == "syscall" ? CallNames::library : CallNames::kernel));
        if (row.kind == ProbeKind::systrace) add(row, form->hook, RunningKernel().tracepoints());
    }
    return points;
}

void KernelEventManager::add_arguments(std::vector<ListedPoint>& points) const {
    const RunningKernel kernel;
    constexpr std::string_view form = "@@systrace:*:";
    for (ListedPoint& point : points) {
        if (point.point.starts_with(form))
            point.arguments = tracepoint_arguments(kernel, std::string_view(point.point).substr(form.size()));
    }
}

void KernelEventManager::attach(std::span<const BoundProbe> probes, const AttachOptions& options,
                                Attachment& attachment, std::vector<Problem>& problems) const {
    if (const std::optional<Error> missing = missing_privileges()) {
        problems.push_back({probes.front().request->position, *missing});
        return;
    }
    if (options.program == nullptr || !options.program->for_kernel) {
        problems.push_back({probes.front().request->position,
                            fail("the script was not compiled for this kernel", {}, ExitStatus::permission)});
        return;
    }
    report_refusals(probes, *options.program, problems);
    if (!problems.empty()) return;
    if (!options.program->kernel_programs.empty()) attach_programs(probes, options, attachment, problems);
    if (problems.empty() && !options.program->kernel_messages.empty()) attach_messages(probes, options, attachment);
}

void KernelEventManager::check(const BoundProbe& probe, const AttachOptions&, std::vector<Problem>& problems) const {
    const ProbeRequest& request = *probe.request;
    if (request.pid && !process_exists(*request.pid)) {
        problems.push_back(
            {request.position, fail(fmt::format("there is no process {}", *request.pid), {}, ExitStatus::usage)});
    }
    const auto* interval = request.as<IntervalProbe>();
    if (interval == nullptr) return;
    for (const uint32_t cpu : interval->cpus) {
        if (processor_is_online(cpu)) continue;
        problems.push_back(
            {request.position, fail(fmt::format("there is no processor {}, or it is not online", cpu),
                                    "/sys/devices/system/cpu/online says which are", ExitStatus::usage)});
    }
}

// Events come from files. Intervals on processors have none there: they fire once.
void KernelEventManager::attach_replay(std::span<const BoundProbe> probes, Attachment& attachment,
                                       std::vector<Problem>&) const {
    for (const BoundProbe& probe : probes) {
        if (probe.request->kind == ProbeKind::interval_cpu) {
            attachment.timers.push_back({probe.index, probe.request->interval_ms() * 1'000'000});
        } else {
            attachment.events.push_back(probe.index);
        }
    }
}

}  // namespace probevue
