// A session on files: their packets merged by time, intervals on the packets' own clock.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "runtime/session/core.h"
#include "runtime/sources/capture.h"

namespace probevue {
namespace {

// A file, and the packet of it that comes next.
struct File {
    std::unique_ptr<CaptureReader> reader;
    PacketView head;
    bool ended = false;
    SourceRoutes routes;
    size_t routed_interfaces = 0;  // interfaces known when the routes were made
    bool noted = false;            // that no interface has the name
    std::vector<bool> unreadable;  // interfaces of which that has been said
};

class Replay final : public SessionCore {
public:
    Replay(const Program& program, SessionOptions options, Sink& sink, SessionParts parts, const Attachment& attachment,
           std::vector<BoundProbe> probes)
        : SessionCore(program, std::move(options), sink, parts, attachment, std::move(probes), {}) {}

    void open_files(std::vector<Problem>& problems) {
        for (const std::string& path : options_.replay) {
            auto reader = CaptureReader::open(path, Waiting{stop_.descriptor(), [this] { flush(); }});
            if (!reader) {
                problems.push_back({{}, reader.error()});
                continue;
            }
            files_.emplace_back().reader = std::move(*reader);
        }
    }

    void start() override {
        for (File& file : files_) advance(file);
        uint64_t first = 0;
        if (File* file = earliest()) first = file->head.time_ns;
        last_ns_ = first;
        sink_.set_start(first);
        fire_all(at_start_, first);
    }

    bool step(uint64_t) override {
        File* file = earliest();
        for (uint32_t i = 0; i < options_.step_packets; i++) {
            if (file == nullptr || over()) return false;
            packet(*file);
            advance(*file);
            if (files_.size() > 1 || file->ended) file = earliest();
        }
        return true;
    }

    ExitStatus finish() override {
        // A file with nothing that we can read is an error, not an empty result.
        if (statistics_.unreadable_link > 0 && readable_ == 0) {
            report(fail("no packet has a link type that can be read",
                        "link types: Ethernet, raw IP, BSD loopback, Linux cooked capture"));
        }
        return conclude(last_ns_);
    }

private:
    // The next packet of a file to its head.
    void advance(File& file) {
        CaptureReader::Item item = file.reader->next(file.head);
        while (item == CaptureReader::Item::custom) item = file.reader->next(file.head);
        if (item == CaptureReader::Item::packet) [[likely]]
            return;
        file.ended = true;
        if (!file.reader->status()) report(file.reader->status().error());
    }

    // Of the files named first when times are equal.
    File* earliest() {
        File* first = nullptr;
        for (File& file : files_) {
            if (!file.ended && (first == nullptr || file.head.time_ns < first->head.time_ns)) first = &file;
        }
        return first;
    }

    void packet(File& file) {
        const PacketView& head = file.head;
        if (head.time_ns != 0) [[likely]] {
            if (!timers_.started()) timers_.start(head.time_ns);
            if (head.time_ns >= timers_.next_due()) intervals(head.time_ns);
            if (over()) return;
            last_ns_ = head.time_ns;
        }
        const Routes* routes = file.routes.find(head.interface);
        if (routes == nullptr || file.routed_interfaces != file.reader->interface_count()) {
            routes = &route(file, head.interface);
        }
        if (routes->interface->kind == LinkKind::unsupported) {
            statistics_.packets++;
            unreadable(file, head.interface);
            return;
        }
        readable_++;
        dispatcher_.packet(head, *routes);
    }

    void intervals(uint64_t now) {
        if (timers_.skip_to(now)) {
            sink_.message(MessageKind::warning, "time stamps far apart: intervals between them are left out");
        }
        while (timers_.next_due() <= now && !over()) {
            uint64_t due = timers_.next_due();
            last_ns_ = due;
            dispatcher_.fire(timers_.pop(), due);
        }
    }

    // A tuple is for the interfaces that it names, where the file has one of them, else for all.
    const Routes& route(File& file, uint32_t interface) {
        const auto& interfaces = file.reader->interfaces();
        if (file.routed_interfaces != interfaces.size()) file.routes.clear();
        file.routed_interfaces = interfaces.size();
        auto known = [&](const ProbeRequest& request) {
            return std::any_of(interfaces.begin(), interfaces.end(),
                               [&](const PacketInterface& one) { return names_interface(request, one.name); });
        };
        auto wanted = [&](const ProbeRequest& request) {
            return names_interface(request, "any") || names_interface(request, interfaces[interface].name) ||
                   !known(request);
        };
        bool named = std::any_of(interfaces.begin(), interfaces.end(),
                                 [](const PacketInterface& one) { return !one.name.empty(); });
        if (named && !file.noted) note_unknown(file, known);
        std::vector<Problem> problems;
        const Routes& routes = file.routes.set(interface, router_.routes(interfaces[interface], wanted, problems));
        report(problems, MessageKind::warning);
        return routes;
    }

    void note_unknown(File& file, const std::function<bool(const ProbeRequest&)>& known) {
        std::string names;
        for (uint32_t tuple : router_.tuples()) {
            const ProbeRequest& request = *router_.probe(tuple).request;
            if (names_interface(request, "any") || known(request)) continue;
            for (const std::string& name : request.interfaces) {
                if (names.find(fmt::format("`{}`", name)) != std::string::npos) continue;
                names += fmt::format("{}`{}`", names.empty() ? "" : ", ", name);
            }
        }
        if (names.empty()) return;
        file.noted = true;
        sink_.message(MessageKind::note, fmt::format("{} has no interface {}: packets of all its interfaces are taken",
                                                     file.reader->name(), names));
    }

    void unreadable(File& file, uint32_t interface) {
        statistics_.unreadable_link++;
        if (interface >= file.unreadable.size()) file.unreadable.resize(interface + 1);
        if (file.unreadable[interface]) return;
        file.unreadable[interface] = true;
        const PacketInterface& one = file.reader->interfaces()[interface];
        sink_.message(
            MessageKind::warning,
            fmt::format("{}: packets of interface {} are left out: link type {} cannot be read", file.reader->name(),
                        one.name.empty() ? std::to_string(interface) : one.name, link_type_name(one.link_type)));
    }

    void add_losses(Statistics&) override {}

    std::vector<File> files_;
    uint64_t last_ns_ = 0;
    uint64_t readable_ = 0;
};

}  // namespace

std::unique_ptr<Session> make_replay(const Program& program, SessionOptions options, Sink& sink, SessionParts parts,
                                     const Attachment& attachment, std::vector<BoundProbe> probes,
                                     std::vector<Problem>& problems) {
    auto session =
        std::make_unique<Replay>(program, std::move(options), sink, std::move(parts), attachment, std::move(probes));
    session->open_files(problems);
    if (!problems.empty()) return nullptr;
    return session;
}

}  // namespace probevue
