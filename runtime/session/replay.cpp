// A session on files: their packets and events merged by time, intervals on the clock of these.
#include "runtime/session/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "runtime/sources/tuple_match.h"

namespace probevue {
void Replay::open_files(std::vector<Problem>& problems) {
    for (const std::string& path : options_.replay) {
        auto reader = CaptureReader::open(path, waiting());
        if (!reader) {
            skip(reader.error(), problems);
            continue;
        }
        files_.emplace_back(std::move(*reader));
    }
}

void Replay::start() {
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
    if (Status taken = take_mark(); !taken) {
        refused_ = true;
        report(taken.error());
        at_end_.clear();
        return end_here();
    }
    if (mark_) first = mark_->begin_ns;
    reach(first);
    // The process of the session that is replayed, as far as a recording tells.
    if (const RecordedFile* file = first_recording()) dispatcher_.set_own_frame(file->recording().event().fields);
    begin_ns_ = first;
    sink_.set_start(first);
    if (options_.tap != nullptr) announce(first);
    fire_all(at_start_, first);
    if (mark_ && first != 0) start_timers(first);
}

Status Replay::take_mark() {
    if (!options_.state_out) return {};
    for (const RecordedFile& file : files_) {
        const std::optional<ShardMark>& mark = file.reader().shard();
        if (!mark || mark->stream.empty()) continue;
        const auto refused = [&](std::string_view why, std::string_view what_to_do) {
            return fail(fmt::format("{} is shard {} of {} of a split: {}", file.reader().name(), mark->shard.number,
                                    mark->shard.count, why),
                        std::string(what_to_do), ExitStatus::usage);
        };
        if (files_.size() > 1)
            return refused("each has a state of its own", "give one -r to each process, and put the states together");
        if (options_.shard.count > 1) return refused("it is a part already", "leave out --shard");
        if (program_.merge.merge_class() > MergeClass::window && program_.merge.key != ShardKey())
            return refused("it has not all that the tables of this script hold together, by what they are keyed by",
                           "run it on the whole capture, with --shard K/N; -d merge shows the keys");
        mark_ = mark;
    }
    if (!mark_) return {};
    options_.shard = mark_->shard;
    if (mark_->shard.number != 1) dispatcher_.leave_own_to_others();
    return {};
}

bool Replay::knows_windows() {
    // An end that has come is no timer any more.
    if (!mark_ || (!timed_ && timers_.empty())) return true;
    if (mark_->begin_ns == 0) return position_ == 0;  // there was nothing to be cut
    RecordedFile& file = files_.front();
    while (!file.ended() && !file.has_stream_end()) file.advance();
    return file.has_stream_end();
}

bool Replay::step(uint64_t) {
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

FileProgress Replay::progress() const {
    if (shared_) return {capture_->end().offset, files_.front().reader().progress().size};
    FileProgress all;
    for (const RecordedFile& file : files_) {
        const FileProgress one = file.reader().progress();
        if (one.size == 0) return {};
        all.read += one.read;
        all.size += one.size;
    }
    return all;
}

void Replay::begin_part() {
    // What BEGIN has said of the end holds for every part: asked for before what BEGIN has counted is forgotten.
    static_cast<void>(over());
    engine_->forget_sums();
    at_end_.clear();
    const std::vector<ClauseStatistics> clauses = std::move(statistics_.clauses);
    statistics_ = {};
    for (const ClauseStatistics& clause : clauses) statistics_.clauses.push_back({clause.probe, 0, 0});
}

void Replay::take_share(uint32_t number, uint32_t parts, bool by_hash) {
    // Of a hash those that are of this shard already, in so many parts again.
    if (by_hash)
        dispatcher_.set_shard(program_.merge.key,
                              {(options_.shard.number - 1) * parts + number + 1, options_.shard.count * parts}, false);
    part_ = number;
    parts_ = by_hash ? 1 : parts;
}

std::unique_ptr<SharedCapture> Replay::share(uint32_t parts) {
    if (over() || files_.size() != 1 || files_.front().ended() || !timers_.idle()) return nullptr;
    const uint64_t fraction = files_.front().reader().plain_fraction();
    return fraction == 0 ? nullptr : SharedCapture::share(files_.front().reader().descriptor(), fraction, parts);
}

void Replay::take_share(uint32_t number, SharedCapture& capture) {
    part_ = number;
    capture_ = &capture;
    shared_.emplace(capture, number);
}

// Each thread takes so many blocks: those before its own are then walked by the others.
void Replay::shared_round(uint64_t packets) {
    constexpr uint64_t packets_of_block = 8'192;  // in the middle
    round_end_ = RoundEnd::packets;
    PacketView packet;
    for (uint64_t blocks = packets / packets_of_block; blocks > 0; --blocks) {
        if (!shared_->next()) {
            round_end_ = RoundEnd::input;
            break;
        }
        reach(shared_->before().reached_ns);
        position_ = shared_->before().packets;
        while (shared_->next(packet)) this->packet(files_.front(), packet);
    }
    if (round_end_ == RoundEnd::packets || part_ != 0) return;
    // What lies behind the last whole record is for the reader, which says what is wrong with it.
    const SharedCapture::Place end = capture_->end();
    shared_.reset();
    position_ = end.packets;
    reach(end.reached_ns);
    if (end.packets != 0) {
        files_.front().go_to(end.offset, end.packets);
        tell_problems(files_.front());
    }
    round_end_ = RoundEnd::packets;
}

std::string Replay::place() const {
    const RecordedFile* file = earliest();
    return fmt::format("at packet or event {}{}", position_, file == nullptr ? "" : " of " + file->reader().name());
}

bool Replay::holds_recording() const {
    return std::any_of(files_.begin(), files_.end(),
                       [](const RecordedFile& file) { return file.recording().is_recording(); });
}

void Replay::round(uint64_t packets) {
    if (shared_) return shared_round(packets);
    RecordedFile* file = earliest();
    const uint64_t limit = position_ + packets;
    round_end_ = RoundEnd::packets;
    while (position_ < limit) {
        if (file == nullptr || file->time_ns() >= timers_.next_due()) {
            round_end_ = file == nullptr ? RoundEnd::input : RoundEnd::due;
            return;
        }
        handle(*file);
        advance(*file);
        if (files_.size() > 1 || file->ended()) file = earliest();
    }
}

uint64_t Replay::seen_with(const RecordedFile& file) const {
    const bool counts = file.head() == RecordedFile::Head::packet || file.head() == RecordedFile::Head::event;
    if (mark_ && counts) return file.packet().number;
    return position_ + (counts ? 1 : 0);
}

void Replay::fire_due() {
    if (const RecordedFile* file = earliest(); file != nullptr) intervals(file->time_ns(), seen_with(*file));
}

std::vector<StateDue> Replay::skip_due() {
    std::vector<StateDue> out;
    const RecordedFile* file = earliest();
    if (file == nullptr) return out;
    const uint64_t now = file->time_ns();
    bound_intervals(now, seen_with(*file));
    while (timers_.next_due() <= now && !over()) {
        const uint64_t due = timers_.next_due();
        reach(due);
        const uint32_t tuple = timers_.pop();
        if (tuple != Timers::the_end)
            out.push_back({due, tuple});
        else
            end_here();
    }
    return out;
}

void Replay::take_in(const Replay& part) {
    readable_ += part.readable_;
    statistics_.add_part(part.statistics_);
    if (status_ == ExitStatus::ok) status_ = part.status_;
}

ExitStatus Replay::finish() {
    // A file with nothing that we can read is an error, not an empty result.
    if (statistics_.unreadable_link > 0 && readable_ == 0) {
        report(fail(
            "no packet has a link type that can be read",
            fmt::format("protocol `*` takes all of them; link types with known headers: {}", decoded_link_types())));
    }
    if (statistics_.packets != 0) report(owners_not_recorded(probes_, router_.tuples(), files_), MessageKind::warning);
    for (const RecordedFile& file : files_) tell_losses(file);
    if (options_.tap != nullptr) options_.tap->end(reached_ns_, source_ends());
    return conclude(reached_ns_);
}

void Replay::skip(const Error& error, std::vector<Problem>& problems) {
    if (!options_.skip_bad) {
        problems.push_back({{}, error});
        return;
    }
    sink_.message(MessageKind::warning, fmt::format("{}: the file is left out", error.message));
    if (status_ == ExitStatus::ok) status_ = ExitStatus::run_time;
}

Waiting Replay::waiting() {
    return {stop_.descriptor(), [this] { flush(); }, figures_wanted_.descriptor(), [this] { give_figures(); }};
}

void Replay::advance(RecordedFile& file) {
    file.advance();
    if (file.head() == RecordedFile::Head::packet) [[likely]]
        return;
    tell_problems(file);
}

void Replay::tell_problems(RecordedFile& file) {
    if (const std::optional<Error> problem = file.take_problem()) report(*problem);
    if (file.ended() && !file.status()) report(file.status().error());
}

RecordedFile* Replay::earliest() {
    RecordedFile* first = nullptr;
    for (RecordedFile& file : files_) {
        if (!file.ended() && (first == nullptr || file.time_ns() < first->time_ns())) first = &file;
    }
    return first;
}

void Replay::announce(uint64_t first) {
    for (const RecordedFile& file : files_) {
        for (const PacketInterface& interface : file.reader().interfaces()) options_.tap->interface(interface);
        for (const EventShape* shape : file.shapes()) {
            if (!tuples_of(file, *shape, probes_, event_tuples_).empty()) options_.tap->shape(*shape);
        }
    }
    options_.tap->begin(first, dispatcher_.own_frame());
}

const RecordedFile* Replay::first_recording() const {
    const RecordedFile* first = nullptr;
    for (const RecordedFile& file : files_) {
        if (file.head() == RecordedFile::Head::begin && (first == nullptr || file.time_ns() < first->time_ns()))
            first = &file;
    }
    return first;
}

void Replay::handle(RecordedFile& file) {
    addresses_->choose(file.reader());
    switch (file.head()) {
        case RecordedFile::Head::packet:
            return packet(file, file.packet());
        case RecordedFile::Head::event:
            return event(file);
        case RecordedFile::Head::timers:
            if (!timers_.started()) start_timers(file.time_ns());
            return;
        case RecordedFile::Head::shifted:
            timers_.shift(file.recording().shift_ns());
            if (file.recording().shift_ns() < 0) reach_back(file.time_ns());
            if (options_.tap != nullptr) options_.tap->shifted(file.time_ns(), file.recording().shift_ns());
            return;
        case RecordedFile::Head::reached:
        case RecordedFile::Head::stream_end:
        case RecordedFile::Head::end:
            clock_to(file.time_ns());
            return;
        case RecordedFile::Head::begin:
        case RecordedFile::Head::none:
            return;
    }
}

bool Replay::clock_to(uint64_t time_ns) {
    if (time_ns >= timers_.next_due()) intervals(time_ns, position_);
    if (over()) return false;
    reach(time_ns);
    return true;
}

bool Replay::clock_to_event(uint64_t time_ns) {
    if (!timers_.started()) start_timers(time_ns);
    return clock_to(time_ns);
}

void Replay::start_timers(uint64_t time_ns) {
    timed_ = !timers_.empty();
    timers_.start(time_ns);
    known_since_ns_ = time_ns;
    engine_->started(time_ns);
    if (options_.tap != nullptr) options_.tap->timers(time_ns);
}

void Replay::packet(RecordedFile& file, const PacketView& head) {
    const bool mine = parts_ == 1 || position_ / options_.turn_packets % parts_ == part_;
    position_ = mark_ ? head.number : position_ + 1;
    const bool late = head.time_ns != 0 && is_out_of_order(head.time_ns);
    if (head.time_ns != 0 && !clock_to_event(head.time_ns)) return;
    if (!mine) return;
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

void Replay::event(RecordedFile& file) {
    ++position_;
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

void Replay::bound_intervals(uint64_t now, uint64_t seen) {
    const uint64_t left_out = timers_.skip_to(now, seen);
    if (left_out == 0 || part_ != 0) return;  // all threads come here, and the first one tells
    // As intervals themselves, they are counted in the first shard.
    statistics_.intervals_left_out += options_.shard.number == 1 ? left_out : 0;
    if (std::exchange(told_of_gap_, true)) return;
    constexpr uint64_t second = 1'000'000'000;
    sink_.message(MessageKind::warning,
                  fmt::format("{}: time stamps far apart: {} s before packet or event {}: {} firings of intervals are "
                              "left out",
                              earliest()->reader().name(), (now - reached_ns_) / second, seen, left_out));
}

void Replay::intervals(uint64_t now, uint64_t seen) {
    bound_intervals(now, seen);
    while (timers_.next_due() <= now && !over()) fire_interval(timers_.next_due());
}

void Replay::tell_losses(const RecordedFile& file) {
    const RecordingReader::Losses& losses = file.losses();
    // Of the whole recording: it is told in each shard, and counted in the first.
    statistics_.recording_lost += options_.shard.number == 1 ? losses.all() : 0;
    const std::string& name = file.reader().name();
    if (losses.all() != 0) {
        sink_.message(MessageKind::warning, fmt::format("{}: {} events and {} packets were lost when it was recorded",
                                                        name, losses.events, losses.packets + losses.interface_drops));
    }
    if (file.recording().is_recording() && file.ended() && file.status() && !file.has_end())
        sink_.message(MessageKind::warning, fmt::format("{}: the recording was not ended properly", name));
}

std::vector<SessionTap::SourceEnd> Replay::source_ends() {
    std::vector<SessionTap::SourceEnd> ends;
    for (const RecordedFile& file : files_) {
        const RecordingReader::Losses& losses = file.losses();
        ends.push_back({nullptr, {losses.events, 0}});
        const auto& interfaces = file.reader().interfaces();
        if (!interfaces.empty()) ends.push_back({&interfaces.front(), {losses.packets, losses.interface_drops}});
    }
    return ends;
}

const Routes& Replay::route(RecordedFile& file, uint32_t interface) {
    const auto& interfaces = file.reader().interfaces();
    if (file.routed_interfaces != interfaces.size()) file.routes.clear();
    file.routed_interfaces = interfaces.size();
    auto known = [&](const ProbeRequest& request) {
        return std::any_of(interfaces.begin(), interfaces.end(),
                           [&](const PacketInterface& one) { return names_interface(request, one.name); });
    };
    // In a recording of a live session, what came through `any` came through the others too. Elsewhere it is only a
    // name, and so it is in what has been recorded of that: no process saw those packets.
    const bool all_in_one =
        file.recording().session_pid() != 0 &&
        std::any_of(interfaces.begin(), interfaces.end(), [](const PacketInterface& one) { return one.name == "any"; });
    auto wanted = [&](const ProbeRequest& request) {
        const std::string& name = interfaces[interface].name;
        if (names_interface(request, "any")) return !all_in_one || name == "any";
        return names_interface(request, name) || !known(request);
    };
    bool named =
        std::any_of(interfaces.begin(), interfaces.end(), [](const PacketInterface& one) { return !one.name.empty(); });
    if (named && !file.noted) note_unknown(file, known);
    FilterProblems problems;
    const Routes& routes = file.routes.set(interface, router_.routes(interfaces[interface], wanted, problems));
    report(problems);
    return routes;
}

void Replay::note_unknown(RecordedFile& file, const std::function<bool(const ProbeRequest&)>& known) {
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

void Replay::unreadable(RecordedFile& file, uint32_t interface, bool in_part) {
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

std::unique_ptr<Replay> make_replay(const Program& program, SessionOptions options, Sink& sink, SessionParts parts,
                                    const Attachment& attachment, std::vector<BoundProbe> probes,
                                    std::shared_ptr<RecordedAddresses> addresses, std::vector<Problem>& problems) {
    auto session = std::make_unique<Replay>(program, std::move(options), sink, std::move(parts), attachment,
                                            std::move(probes), std::move(addresses));
    session->open_files(problems);
    if (!problems.empty()) return nullptr;
    return session;
}

}  // namespace probevue
