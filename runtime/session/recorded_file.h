// A file of a replay: its packets, and what a recording holds besides, one after the other. Private to runtime/session.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/session/core.h"
#include "runtime/sources/capture.h"
#include "runtime/sources/recording.h"

namespace probevue {

class RecordedFile {
public:
    enum class Head : uint8_t { packet, event, begin, timers, reached, shifted, end, stream_end, none };

    explicit RecordedFile(std::unique_ptr<CaptureReader> reader) : reader_(std::move(reader)) {}

    // Goes to the next item; none when there is no other.
    void advance() {
        const CaptureReader::Item item = reader_->next(packet_);
        head_ = Head::packet;
        if (item != CaptureReader::Item::packet) [[unlikely]]
            find_head(item);
    }

    // The next item is the record at an offset of the file, with so many packets before it.
    void go_to(uint64_t offset, uint64_t packets) {
        reader_->go_to(offset, packets);
        advance();
    }

    Head head() const { return head_; }
    bool ended() const { return head_ == Head::none; }
    uint64_t time_ns() const {
        if (head_ == Head::packet) [[likely]]
            return packet_.time_ns;
        return head_ == Head::stream_end ? *reader_->stream_end_ns() : recording_.time_ns();
    }
    const PacketView& packet() const { return packet_; }
    const RecordingReader& recording() const { return recording_; }
    const CaptureReader& reader() const { return *reader_; }

    // Once ended: damage. At any time: what the user is to be told, each once.
    const Status& status() const { return status_; }
    std::optional<Error> take_problem() { return std::exchange(problem_, std::nullopt); }

    // Kinds of events that have been described so far.
    const std::vector<const EventShape*>& shapes() const { return shapes_; }
    // Was the recording made in the times when tuples that count arguments in different ways had events of their own?
    bool counts_apart(ProbeKind kind) const;
    // What the recording lost when it was made; its end has been met.
    const RecordingReader::Losses& losses() const { return losses_; }
    bool has_end() const { return has_end_; }
    // Of a file of --split: everything that the stream has before its end is known here.
    bool has_stream_end() const { return reader_->stream_end_ns().has_value(); }

    // Of the session that replays it.
    SourceRoutes routes;
    size_t routed_interfaces = 0;  // interfaces known when the routes were made
    bool noted = false;            // that no interface has the name
    std::vector<bool> unreadable;  // interfaces of which that has been said
    std::map<const EventShape*, std::vector<uint32_t>> tuples;

private:
    void find_head(CaptureReader::Item item);
    bool take_custom(const CustomBlock& block);
    void stop(const Error& what, uint64_t offset);

    std::unique_ptr<CaptureReader> reader_;
    RecordingReader recording_;
    PacketView packet_;
    Head head_ = Head::none;
    Status status_;
    std::optional<Error> problem_;
    std::vector<const EventShape*> shapes_;
    RecordingReader::Losses losses_;
    bool has_end_ = false;
    bool stream_ended_ = false;  // and that has been the head
};

// The tuples that events of one of the file's shapes may be for (concerns() decides), of those with these numbers; in
// text order.
std::vector<uint32_t> tuples_of(const RecordedFile& file, const EventShape& shape,
                                const std::vector<BoundProbe>& probes, const std::vector<uint32_t>& among);

// What the script asks of files and they do not hold: probes that were not enabled, fields that were not recorded. Each
// has its place in the script.
std::vector<Problem> not_recorded(const std::vector<BoundProbe>& probes, const std::vector<uint32_t>& tuples,
                                  const std::vector<RecordedFile>& files);

// The same of packets, known when they have all been read: whose they are, when no file says it of any.
std::vector<Problem> owners_not_recorded(const std::vector<BoundProbe>& probes, const std::vector<uint32_t>& tuples,
                                         const std::vector<RecordedFile>& files);

}  // namespace probevue
