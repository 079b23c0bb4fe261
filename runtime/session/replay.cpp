// A session on files: their packets and events merged by time, intervals on the clock of these.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "runtime/session/core.h"
#include "runtime/session/event_filters.h"
#include "runtime/session/recorded_addresses.h"
#include "runtime/session/recorded_file.h"
#include "runtime/sources/tuple_match.h"

namespace probevue {
namespace {

class Replay final : public SessionCore {
public:
    Replay(const Program& program, SessionOptions options, Sink& sink, SessionParts parts, const Attachment& attachment,
           std::vector<BoundProbe> probes, std::shared_ptr<RecordedAddresses> addresses)
        : SessionCore(program, std::move(options), sink, parts, attachment, std::move(probes), {}),
          event_tuples_(attachment.events),
          filters_(probes_, event_tuples_, options_.engine.kind),
          addresses_(std::move(addresses)) {
        if (options_.shard.count > 1) dispatcher_.set_shard(options_.shard_key, options_.shard);
    }

    void open_files(std::vector<Problem>& problems) {
        for (const std::string& path : options_.replay) {
            auto reader = CaptureReader::open(path, waiting());
            if (!reader) {
                skip(reader.error(), problems);
                continue;
            }
            files_.emplace_back(std::move(*reader));
        }
    }

    void start() override {
        for (RecordedFile& file : files_) {
            advance(file);
            for (const std::string& note : file.reader().notes()) sink_.message(MessageKind::note, note);
        }
        report(filters_.problems(), MessageKind::error);
        report(not_recorded(probes_, event_tuples_, files_), MessageKind::warning);
        uint64_t first = 0;
        if (const RecordedFile* file = earliest()) {
            first = file->time_ns();
            addresses_->choose(file->reader());
        }
        reach(first);
        // The process of the session that is replayed, as far as a recording tells.
        if (const RecordedFile* file = first_recording()) dispatcher_.set_own_frame(file->recording().event().fields);
        sink_.set_start(first);
        if (options_.tap != nullptr) announce(first);
        fire_all(at_start_, first);
    }

    bool step(uint64_t) override {
        give_figures();
        RecordedFile* file = earliest();
        held_ = false;
        for (uint32_t i = 0; i < options_.step_packets; i++) {
            if (file == nullptr || over()) return false;
            if (file->time_ns() >= hold_at_) {
                held_ = true;
                return true;
            }
            handle(*file);
            if (has_enough()) end_here();
            advance(*file);
            if (files_.size() > 1 || file->ended()) file = earliest();
        }
        return true;
    }

    void hold_at(uint64_t time_ns) override { hold_at_ = time_ns; }
    bool held() const override { return held_; }

    FileProgress progress() const override {
        FileProgress all;
        for (const RecordedFile& file : files_) {
            const FileProgress one = file.reader().progress();
            if (one.size == 0) return {};
            all.read += one.read;
            all.size += one.size;
        }
        return all;
    }

    ExitStatus finish() override {
        // A file with nothing that we can read is an error, not an empty result.
        if (statistics_.unreadable_link > 0 && readable_ == 0) {
            report(fail("no packet has a link type that can be read",
                        fmt::format("protocol `*` takes all of them; link types with known headers: {}",
                                    decoded_link_types())));
        }
        if (statistics_.packets != 0)
            report(owners_not_recorded(probes_, router_.tuples(), files_), MessageKind::warning);
        for (const RecordedFile& file : files_) tell_losses(file);
        if (options_.tap != nullptr) options_.tap->end(reached_ns_, source_ends());
        return conclude(reached_ns_);
    }

private:
    // A file that cannot be opened, or with --skip-bad goes without.
    void skip(const Error& error, std::vector<Problem>& problems) {
        if (!options_.skip_bad) {
            problems.push_back({{}, error});
            return;
        }
        sink_.message(MessageKind::warning, fmt::format("{}: the file is left out", error.message));
        if (status_ == ExitStatus::ok) status_ = ExitStatus::run_time;
    }

    // A pipe that has nothing to read yet: what is known so far goes out, and who asks for figures is answered.
    Waiting waiting() {
        return {stop_.descriptor(), [this] { flush(); }, figures_wanted_.descriptor(), [this] { give_figures(); }};
    }

    // The next item of a file to its head.
    void advance(RecordedFile& file) {
        file.advance();
        if (file.head() == RecordedFile::Head::packet) [[likely]]
            return;
        if (const std::optional<Error> problem = file.take_problem()) report(*problem);
        if (file.ended() && !file.status()) report(file.status().error());
    }

    // Of the files named first when times are equal.
    RecordedFile* earliest() {
        RecordedFile* first = nullptr;
        for (RecordedFile& file : files_) {
            if (!file.ended() && (first == nullptr || file.time_ns() < first->time_ns())) first = &file;
        }
        return first;
    }

    void announce(uint64_t first) {
        for (const RecordedFile& file : files_) {
            for (const PacketInterface& interface : file.reader().interfaces()) options_.tap->interface(interface);
            for (const EventShape* shape : file.shapes()) {
                if (!tuples_of(file, *shape, probes_, event_tuples_).empty()) options_.tap->shape(*shape);
            }
        }
        options_.tap->begin(first, dispatcher_.own_frame());
    }

    const RecordedFile* first_recording() const {
        const RecordedFile* first = nullptr;
        for (const RecordedFile& file : files_) {
            if (file.head() == RecordedFile::Head::begin && (first == nullptr || file.time_ns() < first->time_ns()))
                first = &file;
        }
        return first;
    }

    void handle(RecordedFile& file) {
        addresses_->choose(file.reader());
        switch (file.head()) {
            case RecordedFile::Head::packet:
                return packet(file);
            case RecordedFile::Head::event:
                return event(file);
            case RecordedFile::Head::timers:
                if (!timers_.started()) start_timers(file.time_ns());
                return;
            case RecordedFile::Head::shifted:
                timers_.shift(file.recording().shift_ns());
                if (options_.tap != nullptr) options_.tap->shifted(file.time_ns(), file.recording().shift_ns());
                return;
            case RecordedFile::Head::reached:
            case RecordedFile::Head::end:
                clock_to(file.time_ns());
                return;
            case RecordedFile::Head::begin:
            case RecordedFile::Head::none:
                return;
        }
    }

    // Intervals that are due by then; false when one of them ended the session.
    bool clock_to(uint64_t time_ns) {
        if (time_ns >= timers_.next_due()) intervals(time_ns);
        if (over()) return false;
        reach(time_ns);
        return true;
    }

    // Without a recording intervals count from the first packet.
    bool clock_to_event(uint64_t time_ns) {
        if (!timers_.started()) start_timers(time_ns);
        return clock_to(time_ns);
    }

    uint64_t timers_now() const override { return reached_ns_; }

    void start_timers(uint64_t time_ns) {
        timers_.start(time_ns);
        engine_->started(time_ns);
        if (options_.tap != nullptr) options_.tap->timers(time_ns);
    }

    void packet(RecordedFile& file) {
        const PacketView& head = file.packet();
        const bool late = head.time_ns != 0 && is_out_of_order(head.time_ns);
        if (head.time_ns != 0 && !clock_to_event(head.time_ns)) return;
        const Routes* routes = file.routes.find(head.interface);
        if (routes == nullptr || file.routed_interfaces != file.reader().interface_count()) {
            routes = &route(file, head.interface);
        }
        readable_ += !routes->left_out || !routes->routes.empty() ? 1 : 0;
        if (dispatcher_.has_shard() && !dispatcher_.takes(head, routes->interface->kind)) return;
        note_order(late);
        if (routes->left_out) unreadable(file, head.interface, !routes->routes.empty());
        dispatcher_.packet(head, *routes);
    }

    void event(RecordedFile& file) {
        const bool late = is_out_of_order(file.time_ns());
        if (!clock_to_event(file.time_ns())) return;
        Event event = file.recording().event();
        if (dispatcher_.has_shard() && !dispatcher_.takes(event)) return;
        note_order(late);
        auto [at, added] = file.tuples.try_emplace(event.shape);
        if (added) at->second = tuples_of(file, *event.shape, probes_, event_tuples_);
        const bool counts_apart = file.counts_apart(event.shape->kind);
        bool matched = false;
        for (const uint32_t tuple : at->second) {
            if (over()) break;
            if (!concerns(*probes_[tuple].request, event, counts_apart)) continue;
            if (!filters_.let_pass(tuple, event)) continue;
            event.probe = tuple;
            event.skipped = skipped_arguments(*probes_[tuple].request, event);
            matched = dispatcher_.event(event) || matched;
            event.again = true;
        }
        if (matched && options_.tap != nullptr && options_.tap_matched) options_.tap->event(event);
    }

    void intervals(uint64_t now) {
        if (timers_.skip_to(now)) {
            sink_.message(MessageKind::warning, "time stamps far apart: intervals between them are left out");
        }
        while (timers_.next_due() <= now && !over()) fire_interval(timers_.next_due());
    }

    void tell_losses(const RecordedFile& file) {
        const RecordingReader::Losses& losses = file.losses();
        // Of the whole recording: it is told in each shard, and counted in the first.
        statistics_.recording_lost += options_.shard.number == 1 ? losses.all() : 0;
        const std::string& name = file.reader().name();
        if (losses.all() != 0) {
            sink_.message(MessageKind::warning,
                          fmt::format("{}: {} events and {} packets were lost when it was recorded", name,
                                      losses.events, losses.packets + losses.interface_drops));
        }
        if (file.recording().is_recording() && file.ended() && file.status() && !file.has_end())
            sink_.message(MessageKind::warning, fmt::format("{}: the recording was not ended properly", name));
    }

    std::vector<SessionTap::SourceEnd> source_ends() override {
        std::vector<SessionTap::SourceEnd> ends;
        for (const RecordedFile& file : files_) {
            const RecordingReader::Losses& losses = file.losses();
            ends.push_back({nullptr, {losses.events, 0}});
            const auto& interfaces = file.reader().interfaces();
            if (!interfaces.empty()) ends.push_back({&interfaces.front(), {losses.packets, losses.interface_drops}});
        }
        return ends;
    }

    // A tuple is for the interfaces that it names, where the file has one of them, else for all.
    const Routes& route(RecordedFile& file, uint32_t interface) {
        const auto& interfaces = file.reader().interfaces();
        if (file.routed_interfaces != interfaces.size()) file.routes.clear();
        file.routed_interfaces = interfaces.size();
        auto known = [&](const ProbeRequest& request) {
            return std::any_of(interfaces.begin(), interfaces.end(),
                               [&](const PacketInterface& one) { return names_interface(request, one.name); });
        };
        // In a recording of ours, what came through `any` came through the others too. Elsewhere it is only a name.
        const bool all_in_one = file.recording().is_recording() &&
                                std::any_of(interfaces.begin(), interfaces.end(),
                                            [](const PacketInterface& one) { return one.name == "any"; });
        auto wanted = [&](const ProbeRequest& request) {
            const std::string& name = interfaces[interface].name;
            if (names_interface(request, "any")) return !all_in_one || name == "any";
            return names_interface(request, name) || !known(request);
        };
        bool named = std::any_of(interfaces.begin(), interfaces.end(),
                                 [](const PacketInterface& one) { return !one.name.empty(); });
        if (named && !file.noted) note_unknown(file, known);
        FilterProblems problems;
        const Routes& routes = file.routes.set(interface, router_.routes(interfaces[interface], wanted, problems));
        report(problems);
        return routes;
    }

    void note_unknown(RecordedFile& file, const std::function<bool(const ProbeRequest&)>& known) {
        std::string names;
        for (uint32_t tuple : router_.tuples()) {
            const ProbeRequest& request = *router_.probe(tuple).request;
            if (names_interface(request, "any") || known(request)) continue;
            for (const std::string& name : request.packets().interfaces) {
                if (names.find(fmt::format("`{}`", name)) != std::string::npos) continue;
                names += fmt::format("{}`{}`", names.empty() ? "" : ", ", name);
            }
        }
        if (names.empty()) return;
        file.noted = true;
        sink_.message(MessageKind::note, fmt::format("{} has no interface {}: packets of all its interfaces are taken",
                                                     file.reader().name(), names));
    }

    void unreadable(RecordedFile& file, uint32_t interface, bool in_part) {
        statistics_.unreadable_link++;
        if (interface >= file.unreadable.size()) file.unreadable.resize(interface + 1);
        if (file.unreadable[interface]) return;
        file.unreadable[interface] = true;
        const PacketInterface& one = file.reader().interfaces()[interface];
        sink_.message(MessageKind::warning,
                      fmt::format("{}: packets of interface {} are left out{}: link type {} cannot be read",
                                  file.reader().name(), one.name.empty() ? std::to_string(interface) : one.name,
                                  in_part ? " by clauses with a protocol" : "", link_type_name(one.link_type)));
    }

    void add_losses(Statistics& statistics) override { statistics.unfiltered = filters_.untold(); }

    std::vector<uint32_t> event_tuples_;
    EventFilters filters_;
    const std::shared_ptr<RecordedAddresses> addresses_;
    std::vector<RecordedFile> files_;
    uint64_t readable_ = 0;
    uint64_t hold_at_ = UINT64_MAX;
    bool held_ = false;
};

}  // namespace

std::unique_ptr<Session> make_replay(const Program& program, SessionOptions options, Sink& sink, SessionParts parts,
                                     const Attachment& attachment, std::vector<BoundProbe> probes,
                                     std::shared_ptr<RecordedAddresses> addresses, std::vector<Problem>& problems) {
    auto session = std::make_unique<Replay>(program, std::move(options), sink, std::move(parts), attachment,
                                            std::move(probes), std::move(addresses));
    session->open_files(problems);
    if (!problems.empty()) return nullptr;
    return session;
}

}  // namespace probevue
