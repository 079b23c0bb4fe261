// A session on files. Private to runtime/session.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/session/core.h"
#include "runtime/session/event_filters.h"
#include "runtime/session/recorded_addresses.h"
#include "runtime/session/recorded_file.h"
#include "runtime/sources/shared_capture.h"

namespace probevue {

// Where a round of a part of a replay has ended.
enum class RoundEnd : uint8_t { packets, due, input };

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

    void open_files(std::vector<Problem>& problems);

    void start() override;
    bool step(uint64_t) override;

    void hold_at(uint64_t time_ns) override { hold_at_ = time_ns; }
    bool held() const override { return held_; }

    FileProgress progress() const override;
    std::string place() const override;

    ExitStatus finish() override;

    // A part of a replay that several threads share (parallel.h). After start(), of one that is not the first: BEGIN
    // has set what is the same everywhere, and what it has counted is the first one's.
    void begin_part();
    // From now on it takes its share of the packets alone; the clock goes on with all of them.
    void take_share(uint32_t number, uint32_t parts, bool by_hash);
    // The same of one file that all read together; null: it is no file that can be read so, or times matter.
    std::unique_ptr<SharedCapture> share(uint32_t parts);
    void take_share(uint32_t number, SharedCapture& capture);
    // So many packets, as long as no interval is due; what is due is not fired.
    void round(uint64_t packets);
    RoundEnd round_end() const { return round_end_; }
    // How many packets have come so far, of all parts; of a file of --split those of the whole stream.
    const uint64_t& position() const { return position_; }
    // Fires the intervals that are due at the packet that comes next, or has them pass.
    void fire_due();
    std::vector<StateDue> skip_due();
    uint64_t begin_ns() const { return begin_ns_; }
    bool is_over() { return over(); }
    bool was_stopped() const { return stopped_by_user(); }
    // Of a state: which part of what stream this is, where a file of --split says it.
    const std::optional<ShardMark>& mark() const { return mark_; }
    // At the end: the first time that packets told, where that of the first of them is 0, which says nothing; else 0.
    uint64_t first_known_ns() const { return begin_ns_ == 0 ? known_since_ns_ : 0; }
    // After start(): there is nothing in these files.
    bool is_empty() const { return earliest() == nullptr; }
    // After start(): these files cannot be gathered so, and that has been told.
    bool is_refused() const { return refused_; }
    // Do windows end here where they do in the whole stream? At the end: reads what --for has left.
    bool knows_windows();
    bool holds_recording() const;
    // Adds what another part has counted: this one is told the end.
    void take_in(const Replay& part);

private:
    // A file that cannot be opened, or with --skip-bad goes without.
    void skip(const Error& error, std::vector<Problem>& problems);

    // A pipe that has nothing to read yet: what is known so far goes out, and who asks for figures is answered.
    Waiting waiting();

    // The next item of a file to its head.
    void advance(RecordedFile& file);
    void tell_problems(RecordedFile& file);

    // Of the files named first when times are equal.
    RecordedFile* earliest();
    const RecordedFile* earliest() const { return const_cast<Replay*>(this)->earliest(); }

    // Of a state of a file of --split: this is that part of the stream. Error: what the script gathers there is not
    // what
    // --shard would gather.
    Status take_mark();

    void announce(uint64_t first);

    const RecordedFile* first_recording() const;

    void handle(RecordedFile& file);

    // Intervals that are due by then; false when one of them ended the session.
    bool clock_to(uint64_t time_ns);

    // Without a recording intervals count from the first packet.
    bool clock_to_event(uint64_t time_ns);

    uint64_t timers_now() const override { return reached_ns_; }

    void start_timers(uint64_t time_ns);

    void packet(RecordedFile& file, const PacketView& head);
    void shared_round(uint64_t packets);

    void event(RecordedFile& file);

    void intervals(uint64_t now, uint64_t seen);
    // Before intervals are due at `now`, the time of the packet or event that is number `seen`.
    void bound_intervals(uint64_t now, uint64_t seen);
    // Packets and events so far, with the one that comes next in this file.
    uint64_t seen_with(const RecordedFile& file) const;

    void tell_losses(const RecordedFile& file);

    std::vector<SessionTap::SourceEnd> source_ends() override;

    // A tuple is for the interfaces that it names, where the file has one of them, else for all.
    const Routes& route(RecordedFile& file, uint32_t interface);

    void note_unknown(RecordedFile& file, const std::function<bool(const ProbeRequest&)>& known);

    void unreadable(RecordedFile& file, uint32_t interface, bool in_part);

    void add_losses(Statistics& statistics) override { statistics.unfiltered = filters_.untold(); }

    std::vector<uint32_t> event_tuples_;
    EventFilters filters_;
    const std::shared_ptr<RecordedAddresses> addresses_;
    std::vector<RecordedFile> files_;
    uint64_t readable_ = 0;
    uint64_t hold_at_ = UINT64_MAX;
    uint64_t position_ = 0;
    bool told_of_gap_ = false;
    uint64_t begin_ns_ = 0;        // of the earliest packet or event, CLOCK_REALTIME
    uint64_t known_since_ns_ = 0;  // since when intervals and rates count, CLOCK_REALTIME
    uint32_t part_ = 0;
    uint32_t parts_ = 1;  // by packets in turn; 1: all packets, or those of a hash
    RoundEnd round_end_ = RoundEnd::packets;
    SharedCapture* capture_ = nullptr;
    std::optional<SharedCapture::Reader> shared_;
    bool held_ = false;
    std::optional<ShardMark> mark_;
    bool refused_ = false;
    bool timed_ = false;  // there were intervals, or an end, when the first packet came
};

// Null when there are problems with the files.
std::unique_ptr<Replay> make_replay(const Program& program, SessionOptions options, Sink& sink, SessionParts parts,
                                    const Attachment& attachment, std::vector<BoundProbe> probes,
                                    std::shared_ptr<RecordedAddresses> addresses, std::vector<Problem>& problems);

}  // namespace probevue
