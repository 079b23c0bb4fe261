#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "runtime/kernel/facts.h"
#include "runtime/kernel/network.h"
#include "runtime/probes/managers.h"
#include "runtime/sources/filtering.h"
#include "runtime/sources/live.h"

namespace probevue {
namespace {

// Enough for a link header with tags, an IP header with options or extensions, and a transport header.
constexpr uint32_t least_snap_length = 256;
constexpr uint32_t largest_snap_length = 262'144;

bool lists_all(const ProbeRequest& request) {
    return std::find(request.packets().interfaces.begin(), request.packets().interfaces.end(), "any") !=
           request.packets().interfaces.end();
}

// The tuples of each interface. A tuple that lists `any` has no need of the others, and would see packets twice.
std::map<std::string, std::vector<BoundProbe>> by_interface(std::span<const BoundProbe> probes) {
    std::map<std::string, std::vector<BoundProbe>> interfaces;
    for (const BoundProbe& probe : probes) {
        std::vector<std::string> names =
            lists_all(*probe.request) ? std::vector<std::string>{"any"} : probe.request->packets().interfaces;
        for (const std::string& name : names) {
            std::vector<BoundProbe>& tuples = interfaces[name];
            if (tuples.empty() || tuples.back().index != probe.index) tuples.push_back(probe);
        }
    }
    return interfaces;
}

// The different filters of an interface's tuples, but those that can never match. None: there is nothing to keep less.
std::vector<std::vector<sock_filter>> different_filters(std::span<const BoundProbe> probes,
                                                        const PacketInterface& interface) {
    FilterTarget target = filter_target(interface);
    target.snap_length = static_cast<int>(interface.snap_length);
    std::map<std::string_view, std::vector<sock_filter>> filters;
    for (const BoundProbe& probe : probes) {
        FilterError fault;
        const auto [at, added] = filters.try_emplace(probe.request->packets().filter);
        if (added) at->second = compile_filter(probe.request->packets().filter, target, fault);
    }
    std::vector<std::vector<sock_filter>> different;
    for (auto& [expression, code] : filters) {
        if (!code.empty()) different.push_back(std::move(code));
    }
    return different;
}

// Bytes that clauses look at, without those of their filters.
uint32_t snap_length(std::span<const BoundProbe> probes) {
    uint32_t length = least_snap_length;
    for (const BoundProbe& probe : probes) length = std::max(length, probe.clause->packet_bytes);
    return std::min(length, largest_snap_length);
}

// Finds out whether the tuples can be had at an interface. Returns the bytes that their filters look at.
uint32_t check_filters(std::span<const BoundProbe> probes, const PacketInterface& interface,
                       std::vector<Problem>& problems) {
    uint32_t length = 0;
    for (const BoundProbe& probe : probes) {
        const ProbeRequest& request = *probe.request;
        if (interface.kind == LinkKind::unsupported && request.packets().protocol != Protocol::any) {
            problems.push_back({request.position,
                                fail(fmt::format("packets of `{}` have the link type {}, whose headers are not known",
                                                 interface.name, link_type_name(interface.link_type)),
                                     fmt::format("protocol `*` takes them; link types with known headers: {}",
                                                 decoded_link_types()))});
            continue;
        }
        FilterError fault;
        const std::vector<sock_filter> code = compile_filter(request.packets().filter, filter_target(interface), fault);
        length = std::max(length, bytes_read_by(code));
        // One that can only never match is told of where packets are routed.
        if (code.empty() && !fault.never) {
            problems.push_back({filter_place(request, fault), filter_error(fault, interface)});
        }
    }
    return length;
}

// What stands against knowing whose packets are, for the clauses that read it.
void check_owners(std::span<const BoundProbe> probes, const AttachOptions& options, std::vector<Problem>& problems) {
    const auto asking =
        std::find_if(probes.begin(), probes.end(), [](const BoundProbe& probe) { return reads_owner(*probe.clause); });
    if (asking == probes.end() || options.program == nullptr) return;
    if (const std::optional<Error> missing = missing_privileges()) {
        problems.push_back({asking->request->position, *missing});
        return;
    }
    report_refusals(probes, *options.program, problems);
}

// Problems with an interface are told once for each tuple that names it.
void report(std::span<const BoundProbe> probes, const Error& error, std::vector<Problem>& problems) {
    for (const BoundProbe& probe : probes) problems.push_back({probe.request->position, error});
}

}  // namespace

std::vector<ListedPoint> PacketManager::list() const {
    std::vector<ListedPoint> points;
    for (const ListedPoint& form : listed_points(kinds(), "packet socket with a classic BPF filter")) {
        // The field of the interface is the third; the form names it in angle brackets.
        size_t begin = form.point.find(":<");
        size_t end = begin == std::string::npos ? begin : form.point.find(':', begin + 1);
        for (const std::string& name : interface_names()) {
            std::string point = form.point;
            if (end != std::string::npos) point.replace(begin + 1, end - begin - 1, name);
            points.push_back({std::move(point), form.doc, form.hook});
        }
    }
    return points;
}

void PacketManager::check(const BoundProbe& probe, const AttachOptions& options, std::vector<Problem>& problems) const {
    const InNetwork in(options.network);
    if (!in.status()) return problems.push_back({probe.request->position, in.status().error()});
    for (const std::string& name : probe.request->packets().interfaces) {
        if (!interface_exists(name)) problems.push_back({probe.request->position, no_such_interface(name)});
    }
}

void PacketManager::attach(std::span<const BoundProbe> probes, const AttachOptions& options, Attachment& attachment,
                           std::vector<Problem>& problems) const {
    const InNetwork in(options.network);
    if (!in.status()) return report(probes, in.status().error(), problems);
    check_owners(probes, options, problems);
    if (!problems.empty()) return;
    for (const auto& [name, tuples] : by_interface(probes)) {
        LiveOptions live;
        live.snap_length = options.snap_length != 0 ? options.snap_length : snap_length(tuples);
        if (options.buffer_kb != 0) live.buffer_kb = options.buffer_kb;
        if (options.read_ms != 0) live.delay_ms = options.read_ms;
        auto capture = LiveCapture::open(name, live);
        if (!capture) {
            report(tuples, capture.error(), problems);
            continue;
        }
        const uint32_t needed = check_filters(tuples, *(*capture)->interface(0), problems);
        if (options.snap_length == 0 && needed > live.snap_length) {
            // How far filters look depends on the link type, which only an open socket tells.
            live.snap_length = needed;
            capture = LiveCapture::open(name, live);
            if (!capture) {
                report(tuples, capture.error(), problems);
                continue;
            }
        }
        const PacketInterface& interface = *(*capture)->interface(0);
        std::vector<sock_filter> kept = kernel_filter(different_filters(tuples, interface), interface);
        if (!kept.empty()) (*capture)->set_filter(std::move(kept));
        attachment.sources.push_back(std::move(*capture));
    }
    for (const BoundProbe& probe : probes) attachment.packets.push_back(probe.index);
}

void PacketManager::attach_replay(std::span<const BoundProbe> probes, Attachment& attachment,
                                  std::vector<Problem>&) const {
    for (const BoundProbe& probe : probes) attachment.packets.push_back(probe.index);
}

}  // namespace probevue
