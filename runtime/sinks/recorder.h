// Writes what a session sees to a pcapng file: packets as enhanced packet blocks, all else as custom blocks
// (docs/recording-format.md).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/sinks/pcapng_writer.h"
#include "runtime/sources/recording_format.h"
#include "runtime/sources/tap.h"

namespace probevue {

// How events stand in the file.
enum class RecordForm : uint8_t {
    blocks,   // docs/recording-format.md
    packets,  // for Wireshark, which gives custom blocks no time and does not count them: each event is an exported PDU
              // (LINKTYPE_WIRESHARK_UPPER_PDU) of the dissector `probevue`, which holds the block that describes it and
              // its own; owners of packets are comments
};

class Recorder final : public SessionTap {
public:
    // Makes or empties the file; `-` is standard output. Errors have ExitStatus::usage.
    static Result<std::unique_ptr<Recorder>> open(const std::string& path, RecordForm form = RecordForm::blocks);
    // `salt` goes into the numbers of shapes, so that blocks of several recordings can be told apart in one file.
    Recorder(std::unique_ptr<PcapngWriter> writer, uint16_t salt, RecordForm form = RecordForm::blocks);

    void interface(const PacketInterface& interface) override;
    void shape(const EventShape& shape) override;
    void begin(uint64_t time_ns, const std::byte* process) override;
    void timers(uint64_t time_ns) override;
    void reached(uint64_t time_ns) override { reached_ = time_ns; }
    void shifted(uint64_t time_ns, int64_t by_ns) override;
    void packet(const PacketView& packet, const PacketInterface& interface) override;
    void event(const Event& event) override;
    void end(uint64_t time_ns, std::span<const SourceEnd> sources) override;
    Status flush() override;
    int descriptor() const override { return writer_->descriptor(); }
    // Wireshark ends a capture by closing its pipe.
    bool closed() const override { return form_ == RecordForm::packets && writer_->reader_is_gone(); }
    // Bytes that have been recorded.
    uint64_t size() const { return writer_->size(); }

private:
    struct Written {
        uint32_t number = 0;
        uint64_t packets = 0;
    };

    Written& known(const PacketInterface& interface);
    uint32_t known(const EventShape& shape, std::string_view kind);
    void head(recording::BlockType type);
    void finish_described(uint64_t time_ns, uint32_t shape);
    void finish(uint64_t time_ns);
    void exported(uint64_t time_ns, std::span<const std::byte> description, std::span<const std::byte> block);
    void values(const EventShape& shape, const Event& event);
    void reads(std::span<const CapturedBytes> reads);
    void clock(recording::ClockMark mark, uint64_t time_ns, int64_t shift);
    void catch_up(uint64_t time_ns);

    std::unique_ptr<PcapngWriter> writer_;
    RecordForm form_;
    PacketInterface events_;                                   // `packets`: that of events
    std::map<uint32_t, std::vector<std::byte>> descriptions_;  // `packets`: blocks of shapes, by number
    uint32_t next_shape_;
    std::map<const PacketInterface*, Written> interfaces_;
    std::map<const EventShape*, uint32_t> shapes_;
    std::map<int64_t, PacketOwner> owners_;  // by process, as written last
    EventShape process_;
    Status refused_;        // packets that have no place in the file
    uint64_t packets_ = 0;  // recorded
    uint64_t reached_ = 0;  // and not yet said; 0: nothing to say
};

}  // namespace probevue
