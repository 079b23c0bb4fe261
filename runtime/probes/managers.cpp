#include "runtime/probes/managers.h"

#include <array>

namespace probevue {
namespace {

constexpr uint64_t millisecond_ns = 1'000'000;

}  // namespace

std::span<const ProbeManager* const> probe_managers() {
    static const BeginEndManager begin_end;
    static const IntervalManager interval;
    static const PacketManager packets;
    static const KernelEventManager kernel_events;
    static const std::array<const ProbeManager*, 4> all = {&begin_end, &interval, &packets, &kernel_events};
    return all;
}

const ProbeManager* find_manager(ProbeKind kind) {
    for (const ProbeManager* manager : probe_managers()) {
        if (contains(manager->kinds(), kind)) return manager;
    }
    return nullptr;
}

void ProbeManager::attach_replay(std::span<const BoundProbe> probes, Attachment& attachment,
                                 std::vector<Problem>&) const {
    for (const BoundProbe& probe : probes) attachment.events.push_back(probe.index);
}

std::vector<ListedPoint> listed_points(ProbeSet kinds, std::string_view hook) {
    std::vector<ListedPoint> points;
    for (const ProbePointRow& row : probe_points()) {
        if (!contains(kinds, row.kind) || !row.unavailable.empty()) continue;
        points.push_back({std::string(row.form), std::string(row.doc), std::string(hook)});
    }
    return points;
}

std::vector<ListedPoint> BeginEndManager::list() const { return listed_points(kinds(), "the session"); }

void BeginEndManager::attach(std::span<const BoundProbe> probes, const AttachOptions&, Attachment& attachment,
                             std::vector<Problem>&) const {
    for (const BoundProbe& probe : probes) {
        (probe.request->kind == ProbeKind::begin ? attachment.at_start : attachment.at_end).push_back(probe.index);
    }
}

void BeginEndManager::attach_replay(std::span<const BoundProbe> probes, Attachment& attachment,
                                    std::vector<Problem>& problems) const {
    attach(probes, {}, attachment, problems);
}

std::vector<ListedPoint> IntervalManager::list() const { return listed_points(kinds(), "the clock of the session"); }

void IntervalManager::attach(std::span<const BoundProbe> probes, const AttachOptions&, Attachment& attachment,
                             std::vector<Problem>&) const {
    for (const BoundProbe& probe : probes) {
        attachment.timers.push_back({probe.index, probe.request->interval_ms() * millisecond_ns});
    }
}

void IntervalManager::attach_replay(std::span<const BoundProbe> probes, Attachment& attachment,
                                    std::vector<Problem>& problems) const {
    attach(probes, {}, attachment, problems);
}

}  // namespace probevue
