#include "runtime/session/dispatcher.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "builtins/event.h"
#include "builtins/unknown.h"
#include "runtime/sources/groups.h"
#include "runtime/sources/link_headers.h"

namespace probevue {
namespace {

// The packet that an event is about: its first bytes were read along with it.
struct AboutPacket {
    PacketView packet;
    LinkKind link = LinkKind::unsupported;
};

std::optional<AboutPacket> packet_of(const Event& event) {
    for (const CapturedBytes& read : event.reads) {
        if (read.kind != CapturedKind::packet) continue;
        return AboutPacket{{reinterpret_cast<const uint8_t*>(read.bytes), static_cast<uint32_t>(read.size),
                            static_cast<uint32_t>(read.key), event.time_ns, 0},
                           link_kind(link_type_of_file(static_cast<uint32_t>(read.key >> 32)))};
    }
    return std::nullopt;
}

}  // namespace

Dispatcher::Dispatcher(const Program& program, const std::vector<BoundProbe>& probes, Engine& engine,
                       Statistics& statistics, std::vector<std::byte> own_frame)
    : engine_(engine),
      statistics_(statistics),
      own_frame_(std::move(own_frame)),
      zero_frame_(event_frame_size()),
      packet_frame_(event_frame_size()) {
    own_frame_.resize(event_frame_size());
    set_own_frame(own_frame_.data());
    for (const BoundProbe& probe : probes) {
        auto clause = static_cast<size_t>(probe.clause - program.clauses.data());
        tuples_.push_back({clause, probe.request->site, probe.request->text, probe.clause->reads_packet});
        if (probe.request->kind != ProbeKind::bpf) continue;
        asks_owners_ = asks_owners_ || reads_owner(*probe.clause);
        asks_reading_ = asks_reading_ || reads_any(*probe.clause, is_of_reading);
    }
    PacketDepth depth = PacketDepth::headers;
    for (const BoundProbe& probe : probes) depth = std::max(depth, probe.clause->depth);
    parser_.parse_to(depth);
    for (const ClauseCode& clause : program.clauses) {
        statistics_.clauses.push_back({clause.probes.empty() ? "" : clause.probes.front().text, 0, 0});
    }
}

void Dispatcher::set_own_frame(const std::byte* frame) {
    std::copy_n(frame, own_frame_.size(), own_frame_.data());
    // __trcid is the same at every probe; the rest of a packet's frame tells of no process.
    const size_t session = event_field(EventField::session_pid).offset;
    for (std::vector<std::byte>* const of : {&zero_frame_, &packet_frame_})
        std::memcpy(of->data() + session, own_frame_.data() + session, sizeof(int64_t));
}

bool Dispatcher::run(const Tuple& tuple, RecordOrigin& origin) {
    origin.probe = tuple.text;
    context_.probe = tuple.site;
    ClauseStatistics& figures = statistics_.clauses[tuple.clause];
    figures.events++;
    if (!engine_.run(tuple.clause, context_, origin)) return false;
    figures.matched++;
    statistics_.matched++;
    return true;
}

void Dispatcher::fire(uint32_t tuple, uint64_t time_ns) {
    Event own;
    own.time_ns = time_ns;
    own.is_packet = false;
    own.probe = tuple;
    own.fields = own_frame_.data();
    if (!counts_own_) return fire_uncounted(own);
    event(own);
}

// The first shard counts it, so that figures of all add up to those of one process.
void Dispatcher::fire_uncounted(const Event& own) {
    ClauseStatistics& figures = statistics_.clauses[tuples_[own.probe].clause];
    const ClauseStatistics before = figures;
    const uint64_t events = statistics_.events;
    const uint64_t matched = statistics_.matched;
    event(own);
    outcomes_ += statistics_.matched - matched;
    figures = before;
    statistics_.events = events;
    statistics_.matched = matched;
}

bool Dispatcher::takes(const PacketView& packet, LinkKind link) {
    parsed_ = parser_.parse(link, packet, context_);
    if (shard_->takes(context_)) return true;
    statistics_.other_shards += counts_others_ ? 1 : 0;
    return false;
}

// By its socket, else by what header variables show of the packet that it is about; without one that is zeros.
bool Dispatcher::takes(const Event& event) {
    std::optional<bool> taken = shard_->takes(event);
    if (!taken) {
        const std::optional<AboutPacket> about = packet_of(event);
        about ? static_cast<void>(parser_.parse(about->link, about->packet, context_)) : clear_layers(context_);
        taken = shard_->takes(context_);
    }
    if (!*taken && counts_others_) ++statistics_.other_shards;
    return *taken;
}

bool Dispatcher::event(const Event& event) {
    if (tap_ != nullptr && !only_matched_ && event.shape != nullptr && !event.again) tap_->event(event);
    statistics_.events++;
    // Headers and values of the packet before are left: a clause that reads any has them cleared or filled first.
    context_.time_ns = event.time_ns;
    context_.packet = 0;
    context_.captured = 0;
    context_.wire_length = 0;
    const std::byte* const own = event.skipped == 0 ? event.fields : without_first_arguments(event);
    context_.fields = reinterpret_cast<uintptr_t>(own != nullptr ? own : zero_frame_.data());
    context_.stack = event.stack != 0 ? event.stack : captured_stack(event);
    context_.captured_reads = reinterpret_cast<uintptr_t>(event.reads.data());
    context_.captured_number = event.reads.size();
    if (tuples_[event.probe].reads_packet) show_packet(event);
    RecordOrigin origin{event.time_ns, event.pid, event.tid, {}};
    const bool matched = run(tuples_[event.probe], origin);
    if (!event.again) was_answered_ = event.shape == nullptr;  // the session's own are not counted
    answered_ += matched && !was_answered_ ? 1 : 0;
    was_answered_ = was_answered_ || matched;
    return matched;
}

void Dispatcher::show_packet(const Event& event) {
    if (const std::optional<AboutPacket> about = packet_of(event)) {
        statistics_.cut_off += parser_.parse(about->link, about->packet, context_).cut_off ? 1 : 0;
        return;
    }
    clear_layers(context_);
    ++statistics_.cut_off;  // nothing of it could be read: its headers are zero
}

// The event's frame with arguments as its tuple counts them.
const std::byte* Dispatcher::without_first_arguments(const Event& event) {
    constexpr auto first = static_cast<size_t>(EventField::arg1);
    constexpr auto last = static_cast<size_t>(EventField::arg32);
    shifted_frame_.assign(event.fields, event.fields + event_frame_size());
    for (size_t to = first; to <= last; ++to) {
        std::byte* const argument = shifted_frame_.data() + event_field(static_cast<EventField>(to)).offset;
        const size_t from = to + event.skipped;
        if (from > last) {
            std::memset(argument, 0, sizeof(uint64_t));
        } else {
            std::memcpy(argument, event.fields + event_field(static_cast<EventField>(from)).offset, sizeof(uint64_t));
        }
    }
    return shifted_frame_.data();
}

// The frames that were read along with the event, kept by the engine under a number.
uint64_t Dispatcher::captured_stack(const Event& event) {
    std::span<const uint64_t> kernel;
    std::span<const uint64_t> user;
    int64_t pid = event.pid;
    for (const CapturedBytes& read : event.reads) {
        const std::span<const uint64_t> frames(reinterpret_cast<const uint64_t*>(read.bytes), read.size / 8);
        if (read.kind == CapturedKind::kernel_stack && kernel.size() < frames.size()) kernel = frames;
        if (read.kind != CapturedKind::user_stack || user.size() >= frames.size()) continue;
        user = frames;
        if (read.key != 0) pid = static_cast<int64_t>(read.key);
    }
    return kernel.empty() && user.empty() ? 0 : engine_.add_stack(pid, kernel, user);
}

void Dispatcher::add(const KernelCount& count, Statistics& statistics) const {
    ClauseStatistics& figures = statistics.clauses[tuples_[count.probe].clause];
    figures.events += count.events;
    figures.matched += count.matched;
    statistics.events += count.events;
    statistics.matched += count.matched;
}

void Dispatcher::outcome(const Event& event) {
    ++outcomes_;
    engine_.finish(event.outcome, {event.time_ns, event.pid, event.tid, tuples_[event.probe].text});
}

// Whose the packet is whose layers have just been found: as the packet says, or by its ends.
void Dispatcher::find_owner(PacketView& packet, const PacketInterface& interface) {
    if (packet.owner == nullptr && owners_ != nullptr) {
        if (const std::optional<PacketOwner> found = owners_->find(packet, interface, context_)) {
            owner_ = *found;
            packet.owner = &owner_;
        }
    }
    write_owner(packet_frame_, packet.owner);
}

// Once for each group that the packet tells of; true when the predicate held for any.
bool Dispatcher::run_for_groups(const Tuple& tuple, RecordOrigin& origin, bool& cut_off) {
    bool matched = false;
    GroupWalk groups(context_);
    while (!engine_.exit_requested() && groups.next(context_)) matched = run(tuple, origin) || matched;
    cut_off = cut_off || groups.cut_off();
    return matched;
}

void Dispatcher::select(const PacketView& shown, const Routes& routes) {
    const PacketView* packet = &shown;
    RecordOrigin origin{shown.time_ns, 0, 0, {}};
    ParsedPacket parsed;
    const PacketFilter* filter = nullptr;
    bool passed = true;
    bool tapped = false;
    bool answered = false;
    bool lacks_ethernet = false;
    for (const Route& route : routes.routes) {
        // Tuples with the same filter share it: neighbours need one run.
        if (route.filter != filter) {
            filter = route.filter;
            passed = filter == nullptr || filter->run(shown.data, shown.captured, shown.wire_length) != 0;
        }
        if (!passed) continue;
        if (parsed.protocols == 0) {
            parsed = shard_ ? parsed_ : parser_.parse(routes.interface->kind, shown, context_);
            context_.fields = reinterpret_cast<uintptr_t>(packet_frame_.data());
            context_.stack = 0;
            context_.captured_number = 0;
            if (asks_owners_) {
                owned_ = shown;
                find_owner(owned_, *routes.interface);
                packet = &owned_;
            }
            if (asks_reading_) write_reading(packet_frame_, shown, *routes.interface);
        }
        if ((parsed.protocols & route.protocol) == 0) continue;
        lacks_ethernet =
            lacks_ethernet || route.lack == Route::Lack::ethernet ||
            (route.lack == Route::Lack::by_packet && context_.slots[static_cast<size_t>(PacketSlot::ether_type)] == 0);
        if (tap_ != nullptr && !tapped && !only_matched_) {
            tap_->packet(*packet, *routes.interface);
            tapped = true;
        }
        const bool of_groups = route.protocol == static_cast<ProtocolSet>(Protocol::group);
        const bool matched = of_groups ? run_for_groups(tuples_[route.tuple], origin, parsed.cut_off)
                                       : run(tuples_[route.tuple], origin);
        answered = answered || matched;
        if (tap_ != nullptr && !tapped && matched) {
            tap_->packet(*packet, *routes.interface);
            tapped = true;
        }
        if (matched && engine_.exit_requested()) break;  // it was the last event
    }
    answered_ += answered ? 1 : 0;
    statistics_.cut_off += parsed.cut_off;
    statistics_.without_ethernet += lacks_ethernet ? 1 : 0;
}

void write_owner(std::span<std::byte> frame, const PacketOwner* owner) {
    const PacketOwner nobody;
    const PacketOwner& whose = owner != nullptr ? *owner : nobody;
    const auto at = [&](EventField field) { return frame.data() + event_field(field).offset; };
    std::memcpy(at(EventField::owner_pid), &whose.pid, sizeof whose.pid);
    std::memcpy(at(EventField::owner_uid), &whose.uid, sizeof whose.uid);
    std::memcpy(at(EventField::owner_name), whose.name.data(), whose.name.size());
}

void write_reading(std::span<std::byte> frame, const PacketView& packet, const PacketInterface& interface) {
    const auto at = [&](EventField field) { return frame.data() + event_field(field).offset; };
    const PacketDirection told = packet.direction;
    const auto direction =
        static_cast<int64_t>(told != PacketDirection::unknown ? told : cooked_direction(interface.kind, packet));
    std::string_view name = interface.devices == nullptr ? std::string_view() : interface.devices->name_of(packet);
    if (name.empty()) name = interface.name;
    const size_t room = event_field(EventField::packet_interface).type.size;
    std::byte* const text = at(EventField::packet_interface);
    std::memcpy(at(EventField::packet_number), &packet.number, sizeof packet.number);
    std::memcpy(at(EventField::packet_direction), &direction, sizeof direction);
    std::memset(text, 0, room);
    std::memcpy(text, name.data(), std::min(name.size(), room - 1));
}

std::vector<std::byte> own_event_frame() {
    std::vector<std::byte> frame(event_frame_size());
    auto set = [&](EventField field, int64_t value) {
        std::memcpy(frame.data() + event_field(field).offset, &value, sizeof value);
    };
    set(EventField::pid, getpid());
    set(EventField::session_pid, getpid());
    set(EventField::tid, gettid());
    set(EventField::ppid, getppid());
    set(EventField::pgid, getpgrp());
    set(EventField::uid, getuid());
    set(EventField::euid, geteuid());
    char name[16] = "";
    prctl(PR_GET_NAME, name);
    std::memcpy(frame.data() + event_field(EventField::pname).offset, name, strnlen(name, sizeof name));
    return frame;
}

}  // namespace probevue
