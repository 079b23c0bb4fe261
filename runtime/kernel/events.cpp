#include "runtime/kernel/events.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "builtins/event.h"
#include "compiler/program/kernel_call.h"
#include "runtime/engine/proc_file.h"
#include "runtime/kernel/captured_packets.h"
#include "runtime/kernel/own_frames.h"
#include "runtime/kernel/ring.h"
#include "runtime/kernel/socket_options.h"
#include "runtime/sources/tuple_match.h"
#include "runtime/symbols/symbolizer.h"

namespace probevue {
namespace {

constexpr uint64_t millisecond_ns = 1'000'000;
// While records come we look by the clock, so often.
constexpr uint64_t poll_ns = 4 * millisecond_ns;
// When none has come for so long we sleep until one does.
constexpr uint64_t quiet_ns = 200 * millisecond_ns;
// Also then the clocks of kernel and session must not drift apart.
constexpr uint64_t asleep_ns = 1000 * millisecond_ns;
// A program may be interrupted between taking the time and handing over its record: for so long an earlier one may
// still come.
constexpr uint64_t slack_ns = 2 * millisecond_ns;
// Being late ourselves.
constexpr uint64_t late_ns = 15 * millisecond_ns;

uint64_t clock_ns(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

// What turns monotonic time into real time, and by how much it may be wrong.
struct ClockOffset {
    int64_t value_ns = 0;
    uint64_t error_ns = UINT64_MAX;
};

// Clocks cannot be read at the same time, and another process may get the processor between two reads: the closest of
// some attempts is taken.
ClockOffset clock_offset() {
    constexpr uint64_t close_enough = 2'000;
    ClockOffset best;
    for (int attempt = 0; attempt < 5 && best.error_ns > close_enough; ++attempt) {
        const uint64_t before = clock_ns(CLOCK_MONOTONIC);
        const uint64_t real = clock_ns(CLOCK_REALTIME);
        const uint64_t between = clock_ns(CLOCK_MONOTONIC) - before;
        if (between >= best.error_ns) continue;
        best = {static_cast<int64_t>(real - before - between / 2), between};
    }
    return best;
}

// A record that waits for its turn; its bytes lie in the arena.
struct Waiting {
    uint64_t time_ns = 0;
    uint32_t order = 0;  // among those of the same time: the first of its tuples, as they stand in the text
    uint32_t offset = 0;
    uint32_t size = 0;
    uint64_t tuples = 0;
};

// How the fields of a program's records come into the event frame.
struct FrameFilling {
    struct Copy {
        uint16_t from = 0;
        uint16_t to = 0;
        uint16_t size = 0;
    };
    std::vector<Copy> copies;
    std::vector<CapturedField> numbered;
    size_t record_size = sizeof(KernelRecord);  // bytes that the fields end at

    explicit FrameFilling(const KernelProgram& kernel) {
        for (const CapturedField& field : kernel.fields) {
            record_size = std::max(record_size, size_t{field.offset} + field.size);
            if (field.numbered) {
                numbered.push_back(field);
            } else if (field.size != 0) {
                add({field.offset, event_field(field.field).offset, field.size});
            }
        }
    }

    // What lies side by side, in the record and in the frame, is one copy.
    void add(Copy copy) {
        Copy* const last = copies.empty() ? nullptr : &copies.back();
        if (last != nullptr && last->from + last->size == copy.from && last->to + last->size == copy.to) {
            last->size = static_cast<uint16_t>(last->size + copy.size);
        } else {
            copies.push_back(copy);
        }
    }
};

class KernelEvents final : public EventSource {
public:
    KernelEvents(const Program& program, std::unique_ptr<KernelPrograms> programs, TupleNumbers numbers)
        : program_(program), programs_(std::move(programs)), numbers_(std::move(numbers)), frame_(event_frame_size()) {
        for (const KernelProgram& kernel : program_.kernel_programs) {
            shapes_.push_back(shape_of(kernel));
            fillings_.emplace_back(kernel);
        }
    }

    Status open() { return ring_.open(programs_->ring()); }

    Status enable() override {
        follow_clock();
        return programs_->attach();
    }

    State peek() override {
        if (ready_) return State::ready;
        if (advance()) return State::ready;
        gather();
        return advance() ? State::ready : State::waiting;
    }

    const Event& head() const override { return event_; }
    void pop() override { ready_ = false; }
    int descriptor() const override { return asleep_ ? programs_->ring() : -1; }
    uint64_t look_again_ns() const override { return asleep_ ? asleep_ns : poll_ns; }
    uint64_t delay_ns() const override { return poll_ns + slack_ns + late_ns; }
    std::string_view name() const override { return "kernel"; }
    std::span<const EventShape> shapes() const override { return shapes_; }
    SourceLosses losses() override {
        return {programs_->lost(KernelLoss::ring_full),
                0,
                programs_->missed(),
                programs_->lost(KernelLoss::calls),
                programs_->lost(KernelLoss::calls_32bit),
                programs_->lost(KernelLoss::filters),
                programs_->lost_owners(),
                programs_->numbered_late()};
    }
    void disable() override { programs_->detach(); }
    OutsideValues* values() override { return programs_->values(); }

    std::vector<KernelCount> counts() const override {
        std::vector<KernelCount> out;
        if (programs_->values() == nullptr) return out;
        for (const KernelProgramCount& count : programs_->values()->counts())
            out.push_back({numbers_[count.program][count.tuple], count.events, count.matched});
        return out;
    }

private:
    EventShape shape_of(const KernelProgram& kernel) const {
        EventShape shape;
        shape.kind = kernel.hook->kind;
        for (const TupleIndex& tuple : kernel.tuples) {
            const std::string target = event_target(program_.clauses[tuple.clause].probes[tuple.tuple]);
            shape.target = &tuple == &kernel.tuples.front() || shape.target == target ? target : "*";
        }
        for (const CapturedField& field : kernel.fields) shape.fields.push_back({field.field, field.size == 0});
        for (const EventField field : kernel.looked_up) {
            if (field != EventField::session_pid) shape.fields.push_back({field, false});
        }
        return shape;
    }

    void keep(const std::byte* data, size_t size) {
        KernelRecord record;
        if (size < sizeof record) return;
        std::memcpy(&record, data, sizeof record);
        if (record.program >= program_.kernel_programs.size()) return;
        if (record.kind == kernel_call) return;
        const auto add = [&](uint64_t tuple, uint64_t tuples) {
            const std::vector<uint32_t>& numbers = numbers_[record.program];
            insert({record.time_ns, tuple < numbers.size() ? numbers[tuple] : 0, static_cast<uint32_t>(arena_.size()),
                    static_cast<uint32_t>(size), tuples});
        };
        if (record.kind != 0) {
            add(record.tuples, 0);
        } else if (program_.kernel_programs[record.program].work.size == 0) {
            add(static_cast<uint64_t>(std::countr_zero(record.tuples)), record.tuples);
        } else {
            // Between clauses that are to run there may be some that have run: each takes its place by itself.
            for (uint64_t rest = record.tuples; rest != 0; rest &= rest - 1)
                add(static_cast<uint64_t>(std::countr_zero(rest)), rest & -rest);
        }
        arena_.insert(arena_.end(), data, data + size);
    }

    // Records come nearly in the order of time: those of one processor do, and what another one or an interruption
    // mixes up is a few places. So each is put in its place when it comes.
    void insert(const Waiting& record) {
        const auto earlier = [](const Waiting& a, const Waiting& b) {
            return a.time_ns != b.time_ns ? a.time_ns < b.time_ns : a.order < b.order;
        };
        auto at = waiting_.end();
        if (next_ != waiting_.size() && earlier(record, waiting_.back()))
            at = std::upper_bound(waiting_.begin() + static_cast<std::ptrdiff_t>(next_), at, record, earlier);
        waiting_.insert(at, record);
    }

    // Takes over all that the ring has.
    void gather() {
        compact();
        const uint64_t now = clock_ns(CLOCK_MONOTONIC);
        follow_clock();
        const auto take = [&](std::span<const std::byte> record) { keep(record.data(), record.size()); };
        if (ring_.read(take) != 0) {
            news_ns_ = now;
            asleep_ = false;
        } else if (!asleep_ && now - news_ns_ >= quiet_ns && !(asleep_ = ring_.sleep())) {
            ring_.read(take);
            news_ns_ = now;
        }
        KernelValues* values = programs_->values();
        if (values != nullptr && now - relieved_ns_ >= poll_ns) {
            values->relieve();
            relieved_ns_ = now;
        }
        complete_ = now - slack_ns;
    }

    // Drops records that are done with, once they are half of all: the arena stays as small as what waits, in memory
    // that the processor has at hand, and no record is moved often.
    void compact() {
        if (next_ == 0 || next_ < waiting_.size() - next_) return;
        kept_.clear();
        for (size_t i = next_; i < waiting_.size(); ++i) {
            const auto begin = arena_.begin() + waiting_[i].offset;
            waiting_[i].offset = static_cast<uint32_t>(kept_.size());
            kept_.insert(kept_.end(), begin, begin + waiting_[i].size);
        }
        arena_.swap(kept_);
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(next_));
        next_ = 0;
    }

    // Programs read the monotonic clock, sessions the other. Small corrections of that one come step by step.
    void follow_clock() {
        constexpr uint64_t tolerated = 100'000;
        const ClockOffset offset = clock_offset();
        if (realtime_offset_ != 0 && offset.error_ns > tolerated) return;
        const auto change = static_cast<uint64_t>(std::abs(offset.value_ns - realtime_offset_));
        if (realtime_offset_ != 0 && change <= tolerated) return;
        realtime_offset_ = offset.value_ns;
        if (KernelValues* values = programs_->values()) values->set_realtime_offset(realtime_offset_);
    }

    // Makes the next tuple of the current record, or of the next one, the head.
    bool advance() {
        for (;;) {
            if (tuples_ == 0) {
                if (next_ == waiting_.size() || waiting_[next_].time_ns > complete_) return false;
                if (decode(waiting_[next_++])) return ready_ = true;
                continue;
            }
            const std::vector<uint32_t>& numbers = numbers_[program_index_];
            const bool rest = tuple_ + 1 >= most_tuple_bits;
            if (!rest && (tuples_ >> tuple_ & 1) == 0) {
                ++tuple_;
                if (tuple_ >= numbers.size()) tuples_ = 0;
                continue;
            }
            if (rest && (tuples_ >> (most_tuple_bits - 1)) == 0) tuples_ = 0;
            if (tuples_ == 0) continue;
            const uint32_t at = tuple_++;
            if (tuple_ >= numbers.size()) tuples_ = 0;
            if (show_to(at, rest)) return ready_ = true;
        }
    }

    // Makes the event that of a tuple; false when it is not for it. Tuples without a bit of their own are told apart
    // here (`unsure`).
    bool show_to(uint32_t at, bool unsure) {
        const uint32_t number = numbers_[program_index_][at];
        const TupleIndex tuple = program_.kernel_programs[program_index_].tuples[at];
        const ClauseCode& clause = program_.clauses[tuple.clause];
        const ProbeRequest& request = clause.probes[tuple.tuple];
        if (number == no_tuple || (delivered_ && number == event_.probe)) return false;
        if (unsure && (clause.home == Home::kernel || !concerns(request, event_, false))) return false;
        event_.again = delivered_;
        delivered_ = true;
        event_.probe = number;
        event_.skipped = skipped_arguments(request, event_);
        return true;
    }

    // What a clause did that ran in the kernel is an event by itself.
    bool decode_outcome(const Waiting& waiting) {
        const std::byte* bytes = arena_.data() + waiting.offset;
        KernelOutcome outcome;
        if (waiting.size < sizeof outcome) return false;
        std::memcpy(&outcome, bytes, sizeof outcome);
        const auto kind = static_cast<KernelOutcome::Kind>(outcome.head.kind);
        const bool is_record = kind == KernelOutcome::Kind::record;
        if (is_record && (outcome.number >= program_.records.size() ||
                          waiting.size < sizeof outcome + program_.records[outcome.number].size))
            return false;
        // What else an event has nobody asks of one with an outcome.
        event_.time_ns = outcome.head.time_ns + static_cast<uint64_t>(realtime_offset_);
        event_.is_packet = false;
        event_.pid = outcome.pid;
        event_.tid = outcome.tid;
        event_.probe = waiting.order;
        event_.outcome.kind = is_record                              ? Outcome::Kind::record
                              : kind == KernelOutcome::Kind::warning ? Outcome::Kind::warning
                                                                     : Outcome::Kind::exit;
        event_.outcome.number = outcome.number;
        event_.outcome.payload = bytes + sizeof outcome;
        return true;
    }

    // True when the record is an event by itself; else its tuples are to be gone through.
    bool decode(const Waiting& waiting) {
        const std::byte* bytes = arena_.data() + waiting.offset;
        KernelRecord record;
        std::memcpy(&record, bytes, sizeof record);
        if (record.kind != 0) return decode_outcome(waiting);
        event_.outcome = {};
        const KernelProgram& source = program_.kernel_programs[record.program];
        const FrameFilling& filling = fillings_[record.program];
        if (waiting.size < filling.record_size) return false;
        // A program writes the same fields each time: what others have left is cleared when they take turns.
        if (framed_ != record.program) std::fill(frame_.begin(), frame_.end(), std::byte{0});
        framed_ = record.program;
        for (const FrameFilling::Copy& copy : filling.copies)
            std::memcpy(frame_.data() + copy.to, bytes + copy.from, copy.size);
        for (const CapturedField& field : filling.numbered) {
            uint64_t number = 0;
            std::memcpy(&number, bytes + field.offset, sizeof number);
            put_text(event_field(field.field), programs_->numbered(record.program, number));
        }
        for (const EventField field : source.looked_up) look_up(field);
        decode_reads(source, bytes, waiting.size);
        event_.time_ns = record.time_ns + static_cast<uint64_t>(realtime_offset_);
        event_.is_packet = false;
        event_.fields = frame_.data();
        event_.pid = number(EventField::pid);
        event_.tid = number(EventField::tid);
        event_.cpu = record.cpu;
        event_.shape = &shapes_[record.program];
        delivered_ = false;
        program_index_ = record.program;
        tuples_ = waiting.tuples;
        tuple_ = 0;
        return false;
    }

    int64_t number(EventField field) const {
        int64_t value = 0;
        std::memcpy(&value, frame_.data() + event_field(field).offset, sizeof value);
        return value;
    }

    // What programs in the kernel cannot know, or not at a bearable price.
    void look_up(EventField field) {
        const EventFieldRow& row = event_field(field);
        if (field != EventField::session_pid) return put_text(row, looked_up(field));
        const int64_t own = getpid();
        std::memcpy(frame_.data() + row.offset, &own, sizeof own);
    }

    std::string looked_up(EventField field) {
        switch (field) {
            case EventField::function:
                return system_call_name(number(EventField::call_number));
            case EventField::cwd:
                return read_link(fmt::format("/proc/{}/cwd", number(EventField::pid))).value_or("");
            case EventField::option_name:
                return socket_option_name(number(EventField::option_level), number(EventField::option));
            case EventField::drop_reason_name:
                return program_.drop_reasons.name(static_cast<uint32_t>(number(EventField::drop_reason)));
            case EventField::drop_symbol:
                return symbols_.function_of_kernel(static_cast<uint64_t>(number(EventField::drop_location)));
            default:
                return {};
        }
    }

    void put_text(const EventFieldRow& row, std::string_view text) {
        std::byte* const to = frame_.data() + row.offset;
        const size_t size = std::min<size_t>(text.size(), row.type.size);
        std::memcpy(to, text.data(), size);
        std::memset(to + size, 0, row.type.size - size);
    }

    // What was read for clauses, where it lies.
    void decode_reads(const KernelProgram& source, const std::byte* bytes, uint32_t size) {
        reads_.clear();
        for (const CapturedRead& place : source.reads) {
            CapturedHeader header;
            if (place.capacity == 0 || place.offset + sizeof header + place.capacity > size) continue;
            std::memcpy(&header, bytes + place.offset, sizeof header);
            if (header.got < 0 || static_cast<uint32_t>(header.got) > place.capacity) continue;
            CapturedBytes read{place.kind, header.key, bytes + place.offset + sizeof header,
                               static_cast<size_t>(header.got), static_cast<uint32_t>(header.got) < header.limit};
            if (place.kind == CapturedKind::user_stack && source.hook->point == HookPoint::user_entry)
                read = with_caller(read);
            if (place.kind == CapturedKind::kernel_stack) {
                const size_t own = own_frames_.leading_bytes(read.bytes, read.size);
                read.bytes += own;
                read.size -= own;
            }
            if (place.kind == CapturedKind::packet) read = packets_.restore(read);
            reads_.push_back(read);
        }
        event_.reads = reads_;
    }

    // At the entry of a function, older kernels leave out who called it: it has been read from the top of the stack.
    CapturedBytes with_caller(CapturedBytes read) {
        constexpr size_t word = sizeof(uint64_t);
        const uint64_t caller = read.key;
        read.key = 0;
        uint64_t second = 0;
        if (read.size >= 2 * word) std::memcpy(&second, read.bytes + word, word);
        if (caller == 0 || caller == second || read.size < word) return read;
        std::vector<uint64_t>& frames = frames_[frames_used_++ % frames_.size()];
        frames.resize(read.size / word + 1);
        std::memcpy(frames.data(), read.bytes, word);
        frames[1] = caller;
        std::memcpy(frames.data() + 2, read.bytes + word, read.size - word);
        read.bytes = reinterpret_cast<const std::byte*>(frames.data());
        read.size = frames.size() * word;
        return read;
    }

    const Program& program_;
    std::unique_ptr<KernelPrograms> programs_;
    TupleNumbers numbers_;
    RecordRing ring_;
    bool asleep_ = false;       // until a record comes
    uint64_t news_ns_ = 0;      // CLOCK_MONOTONIC, when records came last
    uint64_t relieved_ns_ = 0;  // and when tallies were looked at
    std::vector<std::byte> arena_;
    std::vector<std::byte> kept_;   // the next one, as compact() fills it
    std::vector<Waiting> waiting_;  // from next_ on in the order of time
    size_t next_ = 0;
    uint64_t complete_ = 0;  // records up to this time have all come
    int64_t realtime_offset_ = 0;
    std::vector<std::byte> frame_;
    uint32_t framed_ = UINT32_MAX;        // the program that has written it last
    std::vector<EventShape> shapes_;      // by program
    std::vector<FrameFilling> fillings_;  // by program
    Event event_;
    uint32_t program_index_ = 0;
    uint64_t tuples_ = 0;  // of the current record: those still to come, from tuple_ on
    uint32_t tuple_ = 0;
    bool delivered_ = false;  // it has been the head, for a tuple
    bool ready_ = false;
    std::vector<CapturedBytes> reads_;  // of the current record
    std::array<std::vector<uint64_t>, 8> frames_;
    size_t frames_used_ = 0;
    Symbolizer symbols_;
    OwnFrames own_frames_;
    CapturedPackets packets_;
};

}  // namespace

Result<std::unique_ptr<EventSource>> kernel_events(const Program& program, std::unique_ptr<KernelPrograms> programs,
                                                   TupleNumbers numbers) {
    auto source = std::make_unique<KernelEvents>(program, std::move(programs), std::move(numbers));
    if (Status opened = source->open(); !opened) return opened.error();
    return std::unique_ptr<EventSource>(std::move(source));
}

}  // namespace probevue
