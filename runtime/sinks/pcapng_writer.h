// Blocks of a pcapng file (draft-ietf-opsawg-pcapng), in this machine's byte order, gathered and written to a file
// descriptor some hundred at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/sources/packet.h"

namespace probevue {

class PcapngWriter {
public:
    static constexpr size_t usual_room = 256 * 1024;  // bytes

    // What the section header says to people, and how many bytes are gathered before they are written.
    struct Section {
        std::string comment = {};
        size_t room = usual_room;
        // What a file held that was there stays until something is written, which does not happen where nothing follows
        // the section header: who is refused at the start has lost nothing.
        bool replaces = false;
    };

    // Begins with a section header. `name` stands in messages. The descriptor is closed at the end unless it is
    // standard output.
    PcapngWriter(int fd, std::string name) : PcapngWriter(fd, std::move(name), Section()) {}
    PcapngWriter(int fd, std::string name, const Section& section);
    PcapngWriter(const PcapngWriter&) = delete;
    PcapngWriter& operator=(const PcapngWriter&) = delete;
    ~PcapngWriter();

    // Gives the interface's number in the section.
    uint32_t interface(const PacketInterface& interface);
    // With its direction and its owner, where they are known. `id` is what tells it from others of the section
    // (epb_packetid), 0: nothing does; `comment`: what people read beside it, empty: nothing.
    void packet(uint32_t interface, const PacketView& packet, uint64_t id = 0, std::string_view comment = {});
    // Who a process is that packets name as their owner from now on.
    void process(const PacketOwner& owner);
    // When an interface was last looked at, and nothing else of it.
    void end_time(uint32_t interface, uint64_t time_ns);
    // Figures of an interface at the end: packets written, lost in buffers, dropped by the interface.
    void statistics(uint32_t interface, uint64_t time_ns, uint64_t written, uint64_t lost, uint64_t dropped);

    // A custom block that other programs may copy: begin, put..., end.
    void begin_custom(uint32_t enterprise) {
        begin_block(0x00000bad);
        put(enterprise);
    }
    template <typename T>
    void put(T value) {
        static_assert(std::is_integral_v<T>);
        put_bytes(&value, sizeof value);
    }
    void put_bytes(const void* bytes, size_t size) {
        const auto* from = static_cast<const std::byte*>(bytes);
        buffer_.insert(buffer_.end(), from, from + size);
    }
    void pad();  // to a multiple of 4 bytes from the beginning of the block
    void end_block();
    // In place of end_block(), of a custom block: it is not written, and what was put behind its enterprise number is
    // given back, padded.
    std::vector<std::byte> take_custom();

    // Writes what is buffered. After an error nothing more is written, and the file ends behind its last whole block.
    Status flush();
    // It failed as nobody reads from the pipe any more.
    bool reader_is_gone() const { return reader_is_gone_; }
    // What went wrong until now.
    const Status& status() const { return status_; }
    int descriptor() const { return fd_; }
    // Bytes until now, with those that are buffered.
    uint64_t size() const { return flushed_ + buffer_.size(); }

private:
    void begin_block(uint32_t type);
    void begin_statistics(uint32_t interface, uint64_t time_ns);
    void option(uint16_t code, std::string_view value);
    void option(const InterfaceAddress& address);
    void option64(uint16_t code, uint64_t value);
    void end_options();
    void cut_to_whole_blocks(size_t written);

    int fd_;
    size_t room_;
    bool replaces_;  // Section::replaces, until that is done
    std::string name_;
    std::vector<std::byte> buffer_;
    size_t block_ = 0;  // where the current block begins
    size_t head_ = 0;   // bytes of the section header
    uint32_t interfaces_ = 0;
    bool reader_is_gone_ = false;
    uint64_t flushed_ = 0;  // bytes
    Status status_;
};

}  // namespace probevue
