// The managers, one class each; see probe_manager.h.
#pragma once

#include "runtime/probes/probe_manager.h"

namespace probevue {

// @@BEGIN and @@END.
class BeginEndManager final : public ProbeManager {
public:
    ProbeSet kinds() const override { return ProbeKind::begin | ProbeKind::end; }
    std::vector<ListedPoint> list() const override;
    void attach(std::span<const BoundProbe> probes, const AttachOptions& options, Attachment& attachment,
                std::vector<Problem>& problems) const override;
    void attach_replay(std::span<const BoundProbe> probes, Attachment& attachment,
                       std::vector<Problem>& problems) const override;
};

// @@interval:*:clock:MS.
class IntervalManager final : public ProbeManager {
public:
    ProbeSet kinds() const override { return ProbeSet(ProbeKind::interval); }
    std::vector<ListedPoint> list() const override;
    void attach(std::span<const BoundProbe> probes, const AttachOptions& options, Attachment& attachment,
                std::vector<Problem>& problems) const override;
    void attach_replay(std::span<const BoundProbe> probes, Attachment& attachment,
                       std::vector<Problem>& problems) const override;
};

// @@net:bpf: packets of interfaces. One socket an interface serves all its tuples.
class PacketManager final : public ProbeManager {
public:
    ProbeSet kinds() const override { return ProbeSet(ProbeKind::bpf); }
    std::vector<ListedPoint> list() const override;
    void check(const BoundProbe& probe, const AttachOptions& options, std::vector<Problem>& problems) const override;
    void attach(std::span<const BoundProbe> probes, const AttachOptions& options, Attachment& attachment,
                std::vector<Problem>& problems) const override;
    void attach_replay(std::span<const BoundProbe> probes, Attachment& attachment,
                       std::vector<Problem>& problems) const override;
};

// Events that programs in the kernel capture: @@net:tcp, @@net:udp, @@net:netdev, @@uft, @@kft, @@syscall, @@syscallx,
// @@sysproc, @@systrace, and @@interval of processes and processors. One ring serves them all.
class KernelEventManager final : public ProbeManager {
public:
    ProbeSet kinds() const override {
        return net_event_probes | function_probes | kernel_function_probes | syscall_probes | ProbeKind::sysproc |
               ProbeKind::systrace | ProbeKind::interval_pid | ProbeKind::interval_cpu;
    }
    std::vector<ListedPoint> list() const override;
    std::vector<ListedPoint> list_named() const override;
    void add_arguments(std::vector<ListedPoint>& points) const override;
    void check(const BoundProbe& probe, const AttachOptions& options, std::vector<Problem>& problems) const override;
    void attach(std::span<const BoundProbe> probes, const AttachOptions& options, Attachment& attachment,
                std::vector<Problem>& problems) const override;
    void attach_replay(std::span<const BoundProbe> probes, Attachment& attachment,
                       std::vector<Problem>& problems) const override;
};

}  // namespace probevue
