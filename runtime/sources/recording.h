// Reads the custom blocks of a recording: events and what the session did besides (docs/recording-format.md).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/sources/event_source.h"
#include "runtime/sources/recording_format.h"

namespace probevue {

namespace recording {

// Makes 64 bits of an integer of 1, 2, 4 or 8 bytes: what stands above it is cut off, then it is extended.
class Widening {
public:
    constexpr Widening(unsigned size, bool is_signed)
        : unused_(static_cast<uint8_t>(64 - 8 * size)), is_signed_(is_signed) {}

    uint64_t operator()(uint64_t value) const {
        value <<= unused_;
        return is_signed_ ? static_cast<uint64_t>(static_cast<int64_t>(value) >> unused_) : value >> unused_;
    }

private:
    uint8_t unused_;  // bits
    bool is_signed_;
};

}  // namespace recording

class RecordingReader {
public:
    enum class Item : uint8_t {
        nothing,  // not ours, or of a kind that this version does not know
        foreign,  // foreign_version(): the first block of a version of the format that is not known; others are nothing
        shape,    // shape(): a kind of event is described
        begin,    // event(): the session began; its frame is that of the recording process
        event,    // event(): its tuples are the caller's affair
        timers,   // time_ns()
        reached,  // time_ns()
        shifted,  // time_ns(), shift_ns()
        end,      // time_ns(), losses()
    };
    struct Losses {
        uint64_t events = 0;
        uint64_t packets = 0;          // in buffers
        uint64_t interface_drops = 0;  // by interfaces
        uint64_t all() const { return events + packets + interface_drops; }
    };

    RecordingReader();

    // Takes the data of a custom block behind its enterprise number. Errors say what is wrong with the block.
    Result<Item> read(uint32_t enterprise, std::span<const uint8_t> data);

    // What was read last. References and bytes of events stay valid until the next block, shapes as long as the reader.
    const Event& event() const { return event_; }
    const EventShape& shape() const { return *shape_; }
    uint64_t time_ns() const { return time_ns_; }
    int64_t shift_ns() const { return shift_ns_; }
    const Losses& losses() const { return losses_; }
    unsigned foreign_version() const { return foreign_version_; }

    // A block of ours has been met.
    bool is_recording() const { return recording_; }
    // Process of the session that recorded what comes now.
    int64_t session_pid() const { return session_pid_; }

private:
    // How a field of the file becomes one of the frame.
    struct Entry {
        recording::FieldType type = recording::FieldType::absent;
        uint16_t size = 0;
        const EventFieldRow* row = nullptr;      // null: passed over
        recording::Widening in_file{8, false};   // of an integer: as it was recorded,
        recording::Widening in_frame{8, false};  // and as the frame holds it
        // The others follow from these.
        bool operator==(const Entry& other) const {
            return type == other.type && size == other.size && row == other.row;
        }
    };
    struct Described {
        EventShape shape;
        bool known = false;    // its kind is one of ours
        bool session = false;  // it describes the recording process
        std::vector<Entry> entries;
        size_t bytes() const;  // of memory
        bool operator==(const Described& other) const;
    };
    class Cursor;

    Result<Item> read_shape(Cursor& in);
    Result<Item> read_event(Cursor& in);
    Result<Item> read_clock(Cursor& in);
    Result<Item> read_end(Cursor& in);
    Status read_field(Cursor& in, Described& described);
    void clear_frame(ProbeKind kind);
    bool read_values(Cursor& in, const std::vector<Entry>& entries);
    bool read_value(Cursor& in, const Entry& entry);
    Status read_reads(Cursor& in);

    std::deque<Described> shapes_;
    size_t described_ = 0;  // bytes of memory that they take
    std::map<uint32_t, Described*> by_number_;
    std::vector<std::byte> frame_;
    std::vector<std::byte> unknown_;    // a frame of which nothing is known
    std::vector<CapturedBytes> reads_;  // of the event; their bytes lie in words_
    std::vector<uint64_t> words_;
    Event event_;
    const EventShape* shape_ = nullptr;
    uint64_t time_ns_ = 0;
    int64_t shift_ns_ = 0;
    Losses losses_;
    int64_t session_pid_ = 0;
    bool recording_ = false;
    unsigned foreign_version_ = 0;  // 0: none was met
};

}  // namespace probevue
