#include "runtime/sinks/rotation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "builtins/hooks.h"

namespace probevue {
namespace {

constexpr uint64_t second_ns = 1'000'000'000;

// Digits of the largest number of a file.
int digits(const Rotation& rotation) {
    if (rotation.bytes == 0 || rotation.files == 0) return 0;
    int count = 0;
    for (uint32_t rest = rotation.files - 1; rest > 0; rest /= 10) ++count;
    return count;
}

// What has been lost since `before`.
SourceLosses less(SourceLosses now, const SourceLosses& before) {
    now.buffer_full -= before.buffer_full;
    now.interface_drops -= before.interface_drops;
    now.nested -= before.nested;
    now.calls -= before.calls;
    now.calls_32bit -= before.calls_32bit;
    now.filters -= before.filters;
    now.owners -= before.owners;
    now.packets -= before.packets;
    return now;
}

}  // namespace

Result<std::string> rotated_name(const std::string& name, const Rotation& rotation, uint32_t number, uint64_t time_ns) {
    std::string out = name;
    if (rotation.seconds != 0) {
        const auto seconds = static_cast<time_t>(time_ns / second_ns);
        tm local{};
        localtime_r(&seconds, &local);
        // No path is longer (PATH_MAX).
        std::array<char, 4096> text{};
        const size_t length = std::strftime(text.data(), text.size(), name.c_str(), &local);
        // 0 means that it is too long, or empty: either is no name.
        if (length == 0)
            return fail(fmt::format("-w {} gives no name of a file", name),
                        "with -G it is a format of strftime: `trace-%H%M%S.pcapng`", ExitStatus::usage);
        out.assign(text.data(), length);
    }
    const int width = digits(rotation);
    if (number == 0 && width == 0) return out;
    return fmt::format("{}{:0{}}", out, number, width);
}

RotatingRecorder::RotatingRecorder(std::string name, Rotation rotation, MayWrite may_write)
    : name_(std::move(name)), rotation_(rotation), may_write_(std::move(may_write)) {}

// `order_ns` is not before anything in the files so far: a replay of all goes by the times of what is next in each, and
// has to come to the end of them before it comes to this one, whose packets may be late.
void RotatingRecorder::open(uint64_t time_ns, uint64_t order_ns) {
    Result<std::string> path = rotated_name(name_, rotation_, number_, time_ns);
    if (path) {
        if (Status may = may_write_(*path); !may) path = may.error();
    }
    Result<std::unique_ptr<Recorder>> opened = path ? Recorder::open(*path) : path.error();
    if (!opened) {
        status_ = opened.error();
        recorder_.reset();
        return;
    }
    recorder_ = std::move(*opened);
    // All that was said before is said again: the file has to be read without those before it.
    for (const PacketInterface* interface : interfaces_) recorder_->interface(*interface);
    for (const EventShape* shape : shapes_) recorder_->shape(*shape);
    if (process_ != nullptr) recorder_->begin(order_ns, process_);
    if (timed_) recorder_->timers(time_ns);
}

// Each file has the losses of its own time.
void RotatingRecorder::close(uint64_t time_ns, std::span<const SourceEnd> sources) {
    if (recorder_ == nullptr) return;
    std::vector<SourceEnd> since(sources.begin(), sources.end());
    for (size_t i = 0; i < since.size() && i < told_.size(); ++i)
        since[i].losses = less(since[i].losses, told_[i].losses);
    told_.assign(sources.begin(), sources.end());
    recorder_->end(time_ns, since);
    if (status_) status_ = recorder_->flush();
    recorder_.reset();
}

// Before a packet or event of this time; false: there is no file for it.
bool RotatingRecorder::turn(uint64_t time_ns) {
    if (recorder_ == nullptr) return false;
    clock_ns_ = std::max(clock_ns_, time_ns);
    latest_ns_ = std::max(latest_ns_, time_ns);
    // The session is about to end; what still comes belongs to the last file.
    if (has_enough_) return true;
    const bool by_time =
        rotation_.seconds != 0 && time_ns >= since_ns_ && (time_ns - since_ns_) / second_ns >= rotation_.seconds;
    const bool by_size = rotation_.bytes != 0 && recorder_->size() > rotation_.bytes;
    if (!by_time && !by_size) return true;
    // tcpdump ends there too (-W with -G alone).
    if (by_time && rotation_.bytes == 0 && ++finished_ == rotation_.files) {
        has_enough_ = true;  // clauses see this one: so does the recording
        return true;
    }
    close(clock_ns_, losses_ ? losses_() : std::vector<SourceEnd>());
    if (by_time) {
        since_ns_ = time_ns;
        number_ = 0;
    } else {
        ++number_;
        // Never so without -W: `files` is 0, and the number has been counted up.
        if (number_ == rotation_.files) number_ = 0;
    }
    open(clock_ns_, latest_ns_);
    return recorder_ != nullptr;
}

void RotatingRecorder::begin(uint64_t time_ns, const std::byte* process) {
    process_ = process;
    since_ns_ = clock_ns_ = latest_ns_ = time_ns;
    open(time_ns, time_ns);
}

void RotatingRecorder::timers(uint64_t time_ns) {
    timed_ = true;
    if (recorder_ != nullptr) recorder_->timers(time_ns);
}

void RotatingRecorder::reached(uint64_t time_ns) {
    clock_ns_ = std::max(clock_ns_, time_ns);
    latest_ns_ = std::max(latest_ns_, time_ns);
    if (recorder_ != nullptr) recorder_->reached(time_ns);
}

void RotatingRecorder::shifted(uint64_t time_ns, int64_t by_ns) {
    if (by_ns < 0) clock_ns_ = time_ns;
    latest_ns_ = std::max(latest_ns_, time_ns);
    if (recorder_ != nullptr) recorder_->shifted(time_ns, by_ns);
}

void RotatingRecorder::packet(const PacketView& packet, const PacketInterface& interface) {
    if (turn(packet.time_ns)) recorder_->packet(packet, interface);
}

void RotatingRecorder::event(const Event& event) {
    if (!recorded_name(event.shape->kind).empty() && turn(event.time_ns)) recorder_->event(event);
}

void RotatingRecorder::end(uint64_t time_ns, std::span<const SourceEnd> sources) { close(time_ns, sources); }

Status RotatingRecorder::flush() {
    if (status_ && recorder_ != nullptr) status_ = recorder_->flush();
    return status_;
}

}  // namespace probevue
