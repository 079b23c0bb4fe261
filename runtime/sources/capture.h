// Reads captures: pcap (draft-ietf-opsawg-pcap: microseconds, nanoseconds, Kuznetzov's, both byte orders) and pcapng
// (draft-ietf-opsawg-pcapng, both byte orders), as they are or compressed. Our own reader, because libpcap keeps
// interface names and custom blocks to itself.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/sources/byte_stream.h"
#include "runtime/sources/packet.h"
#include "runtime/sources/shard.h"

namespace probevue {

// A custom block of a pcapng file; the bytes stay valid until the next item is asked for.
struct CustomBlock {
    uint32_t enterprise = 0;  // IANA's Private Enterprise Number of whoever defined it
    std::span<const uint8_t> data;
    bool copyable = false;
    uint64_t offset = 0;  // of the block in the file
};

class CaptureReader {
public:
    enum class Item : uint8_t { packet, custom, end };

    // Reads as far as the first packet record, or over the first section header. `-` is standard input; see open_file
    // for `waiting`. Errors: no such file, not a capture, empty; the message starts with the name of the file.
    static Result<std::unique_ptr<CaptureReader>> open(const std::string& path, Waiting waiting = {});
    static Result<std::unique_ptr<CaptureReader>> open(std::unique_ptr<ByteStream> stream, std::string name);

    // The next packet in the order of the file. After `end`, status() tells whether it was the end of the file or
    // damage: all that lies before the damage has been delivered.
    Item next(PacketView& packet) {
        if (plain_ && window_.available() >= plain_header) {
            uint32_t record[4];  // seconds, fraction, captured, on the wire
            std::memcpy(record, window_.data(), sizeof record);
            if (window_.available() - plain_header >= record[2]) {
                packet.data = window_.data() + plain_header;
                packet.captured = record[2];
                packet.wire_length = record[3];
                packet.time_ns = record[0] * nanoseconds + record[1] * fraction_;
                packet.interface = 0;
                packet.number = ++packets_;
                window_.skip(plain_header + record[2]);
                return Item::packet;
            }
        }
        const Item item = next_record(packet);
        if (item != Item::packet) return item;
        ++packets_;
        if (packet.number == 0) packet.number = packets_;
        return item;
    }

    // Of a plain pcap file in this machine's byte order that is no pipe, not compressed: nanoseconds that a unit of a
    // time stamp's fraction stands for; else 0.
    uint64_t plain_fraction() const { return plain_ && window_.is_plain_file() ? fraction_ : 0; }
    // Goes on at a record that lies further on, with so many packets before it.
    void go_to(uint64_t offset, uint64_t packets) {
        window_.skip_far(offset - window_.offset());
        packets_ = packets;
    }

    // The custom block that next() has just come to.
    const CustomBlock& custom() const { return custom_; }
    // Interfaces met so far; a pcap file has one without a name. References stay valid.
    const std::deque<PacketInterface>& interfaces() const { return interfaces_; }
    size_t interface_count() const { return interface_count_; }
    const Status& status() const { return status_; }
    // Does the file say, as far as it has been read, whose some of its packets are?
    bool tells_owners() const { return tells_owners_; }
    // What the file is a part of, if it is of --split; its packets have their numbers in the stream then. Known when
    // next() has been called.
    const std::optional<ShardMark>& shard() const { return shard_; }
    // Of such a file: when the whole stream ended. Known at its end, and only where all came in the order of time.
    const std::optional<uint64_t>& stream_end_ns() const { return stream_end_ns_; }
    // What is odd about the file, and was read all the same; known when it is open.
    const std::vector<std::string>& notes() const { return notes_; }
    const std::string& name() const { return name_; }
    // Of the file; -1: it is compressed, or none.
    int descriptor() const { return window_.descriptor(); }
    // How far the file has been read ahead.
    FileProgress progress() const { return window_.progress(); }

private:
    static constexpr uint64_t nanoseconds = 1'000'000'000;
    static constexpr size_t plain_header = 16;
    // A file of some kilobytes may be written so that what it describes takes gigabytes. This is room for 65,000
    // interfaces, or 170,000 processes.
    static constexpr size_t most_described = size_t{16} << 20;
    enum class Format : uint8_t { pcap, pcapng };

    // How time stamps of a pcapng interface are counted.
    struct TimeScale {
        bool binary = false;  // ticks of 2^-power seconds, else of 10^-power
        uint8_t power = 6;
        int64_t offset = 0;  // seconds
        // None: before 1970, or beyond what 63 bits hold (2262).
        std::optional<uint64_t> to_ns(uint64_t ticks) const;
    };

    CaptureReader(std::unique_ptr<ByteStream> stream, std::string name)
        : window_(std::move(stream)), name_(std::move(name)) {}

    Status start();
    Status start_pcap(const uint8_t* header);
    Item next_record(PacketView& packet);
    Item next_pcap(PacketView& packet);
    Item next_pcapng(PacketView& packet);
    bool block_header(uint32_t& type, uint32_t& size);
    Item packet_block(uint32_t type, std::span<const uint8_t> body, PacketView& packet);
    void packet_options(std::span<const uint8_t> options, PacketView& packet);
    bool process_block(std::span<const uint8_t> body);
    PacketOwner& process(uint32_t number);
    uint64_t number_of(uint64_t id) const;
    bool has_room() const { return described_ <= most_described; }
    Error too_much_described() const;
    bool is_exported_event(std::span<const uint8_t> body) const;
    Status section(std::span<const uint8_t> body);
    void interface_end(std::span<const uint8_t> body);
    Status interface_block(std::span<const uint8_t> body);
    void interface_option(uint16_t code, std::span<const uint8_t> value, PacketInterface& interface,
                          TimeScale& scale) const;
    Item finish();
    Item damaged(const std::string& what);
    Item cut(const char* in);
    Item stop(Error error);
    Error problem(const std::string& what, std::string hint = {}) const;

    uint16_t get16(const uint8_t* at) const;
    uint32_t get32(const uint8_t* at) const;
    uint64_t get64(const uint8_t* at) const;

    ByteWindow window_;
    std::string name_;
    Format format_ = Format::pcap;
    bool plain_ = false;    // pcap with records of plain_header bytes in our byte order
    bool swapped_ = false;  // the other byte order
    bool ended_ = false;
    uint64_t packets_ = 0;      // read so far
    uint64_t fraction_ = 1000;  // nanoseconds a unit of a pcap time stamp's fraction
    size_t record_header_ = plain_header;
    int lengths_swapped_ = 0;  // pcap before 2.4: 1 always, 2 where it shows
    std::deque<PacketInterface> interfaces_;
    size_t interface_count_ = 0;
    std::deque<TimeScale> scales_;                         // of pcapng interfaces
    size_t section_first_ = 0;                             // the section's first interface
    std::unordered_map<uint32_t, PacketOwner> processes_;  // of the section, by number: what was said last
    size_t described_ = 0;  // bytes of memory for what the file says of interfaces and processes
    bool tells_owners_ = false;
    std::optional<ShardMark> shard_;  // of the section
    bool recorded_ = false;           // the section is one of -w, as far as it has been read
    std::optional<uint64_t> stream_end_ns_;
    CustomBlock custom_;
    Status status_;
    std::vector<std::string> notes_;
};

// Do these bytes begin a capture, as it is or compressed?
bool begins_capture(std::string_view bytes);

// Is there a plain file of that name that CaptureReader would read? Says nothing of why not.
bool is_capture_file(const std::string& path);

}  // namespace probevue
