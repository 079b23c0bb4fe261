#include "runtime/sources/capture.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

namespace probevue {
namespace {

// Larger than any packet that Linux makes (BIG TCP ends at 512 KiB); what claims to be larger is damage.
constexpr uint32_t largest_packet = 16 * 1024 * 1024;

constexpr size_t pcap_header_size = 24;
constexpr uint32_t magic_microseconds = 0xa1b2c3d4;
constexpr uint32_t magic_nanoseconds = 0xa1b23c4d;
constexpr uint32_t magic_kuznetzov = 0xa1b2cd34;  // 8 bytes more a record: interface index, protocol, direction
// The type of a section header reads the same in both byte orders: what order it is stands behind it.
constexpr uint32_t magic_pcapng = 0x0a0d0d0a;

uint32_t native32(const uint8_t* at) {
    uint32_t value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

}  // namespace

uint16_t CaptureReader::get16(const uint8_t* at) const {
    uint16_t value;
    std::memcpy(&value, at, sizeof value);
    return swapped_ ? __builtin_bswap16(value) : value;
}

uint32_t CaptureReader::get32(const uint8_t* at) const {
    uint32_t value = native32(at);
    return swapped_ ? __builtin_bswap32(value) : value;
}

uint64_t CaptureReader::get64(const uint8_t* at) const {
    uint64_t value;
    std::memcpy(&value, at, sizeof value);
    return swapped_ ? __builtin_bswap64(value) : value;
}

Error CaptureReader::problem(const std::string& what, std::string hint) const {
    return fail(fmt::format("{}: {}", name_, what), std::move(hint));
}

Result<std::unique_ptr<CaptureReader>> CaptureReader::open(const std::string& path, Waiting waiting) {
    auto stream = open_file(path, std::move(waiting));
    if (!stream) return stream.error();
    return open(std::move(*stream), path == "-" ? "standard input" : path);
}

Result<std::unique_ptr<CaptureReader>> CaptureReader::open(std::unique_ptr<ByteStream> stream, std::string name) {
    std::unique_ptr<CaptureReader> reader(new CaptureReader(std::move(stream), std::move(name)));
    if (Status status = reader->start(); !status) return status.error();
    return reader;
}

bool begins_capture(std::string_view bytes) {
    return static_cast<bool>(CaptureReader::open(stream_of({bytes.begin(), bytes.end()}), {}));
}

bool is_capture_file(const std::string& path) {
    std::error_code unknown;
    return std::filesystem::is_regular_file(path, unknown) && CaptureReader::open(path);
}

Status CaptureReader::start() {
    if (Status status = window_.decompress(); !status) return problem(status.error().message);
    bool enough = window_.need(pcap_header_size);
    if (!enough && !window_.status()) return problem(window_.status().error().message);
    if (window_.available() == 0) return problem("the file is empty", "record a capture with `tcpdump -w FILE`");

    if (window_.available() >= sizeof(uint32_t) && native32(window_.data()) == magic_pcapng) {
        format_ = Format::pcapng;
        uint32_t type;
        uint32_t size;
        if (!block_header(type, size)) return status_.error();
        if (!window_.need(size)) {
            cut("a section header");
            return status_.error();
        }
        return {};
    }
    // Only now: of a pcapng file that is as short it is said that it was cut off.
    if (!enough) return problem("not a capture (neither pcap nor pcapng)", "record one with `tcpdump -w FILE`");
    if (Status status = start_pcap(window_.data()); !status) return status;
    window_.skip(pcap_header_size);
    return {};
}

Status CaptureReader::start_pcap(const uint8_t* header) {
    uint32_t magic = native32(header);
    for (bool swapped : {false, true}) {
        swapped_ = swapped;
        switch (swapped ? __builtin_bswap32(magic) : magic) {
            case magic_nanoseconds:
                fraction_ = 1;
                break;
            case magic_kuznetzov:
                record_header_ = plain_header + 8;
                break;
            case magic_microseconds:
                break;
            default:
                continue;
        }
        uint16_t major = get16(header + 4);
        uint16_t minor = get16(header + 6);
        if (major != 2) {
            return problem(fmt::format("pcap version {}.{} is not supported", major, minor),
                           "convert the file with `tcpdump -r FILE -w NEW`");
        }
        constexpr uint16_t last_minor = 4;
        if (minor > last_minor) {
            notes_.push_back(
                fmt::format("{}: pcap version {}.{} is not defined; it is read as 2.4", name_, major, minor));
        }
        // Versions before 2.3 hold the two lengths in the other order, 2.3 in either (libpcap, sf-pcap.c).
        lengths_swapped_ = minor < 3 ? 1 : minor == 3 ? 2 : 0;

        PacketInterface interface;
        interface.snap_length = get32(header + 16);
        interface.link_type = link_type_of_file(get32(header + 20));
        interface.kind = link_kind(interface.link_type);
        interface.from_file = true;
        interface.swapped = swapped_;
        interfaces_.push_back(std::move(interface));
        interface_count_ = interfaces_.size();
        // Records as this machine would write them: readers may take those without a look at each field.
        plain_ = !swapped_ && lengths_swapped_ == 0 && record_header_ == plain_header;
        return {};
    }
    return problem("not a capture (neither pcap nor pcapng)", "record one with `tcpdump -w FILE`");
}

CaptureReader::Item CaptureReader::next_record(PacketView& packet) {
    if (ended_) return Item::end;
    return format_ == Format::pcap ? next_pcap(packet) : next_pcapng(packet);
}

CaptureReader::Item CaptureReader::next_pcap(PacketView& packet) {
    if (!window_.need(record_header_)) return window_.available() == 0 ? finish() : cut("a packet");
    const uint8_t* record = window_.data();
    packet.time_ns = get32(record) * nanoseconds + get32(record + 4) * fraction_;
    packet.captured = get32(record + 8);
    packet.wire_length = get32(record + 12);
    // Of pcap there is one, and it has no numbers.
    packet.interface = 0;
    packet.number = 0;
    if (lengths_swapped_ == 1 || (lengths_swapped_ == 2 && packet.captured > packet.wire_length)) {
        std::swap(packet.captured, packet.wire_length);
    }
    if (packet.captured > largest_packet) return damaged(fmt::format("a packet of {} bytes", packet.captured));
    if (!window_.need(record_header_ + packet.captured)) return cut("a packet");
    packet.data = window_.data() + record_header_;
    window_.skip(record_header_ + packet.captured);
    return Item::packet;
}

CaptureReader::Item CaptureReader::stop(Error error) {
    ended_ = true;
    plain_ = false;
    status_ = std::move(error);
    return Item::end;
}

CaptureReader::Item CaptureReader::finish() {
    // The file ends between two packets, but because it could not be read on.
    if (!window_.status()) return cut("the data");
    ended_ = true;
    return Item::end;
}

CaptureReader::Item CaptureReader::damaged(const std::string& what) {
    return stop(problem(fmt::format("damaged at byte {}: {}", window_.offset(), what),
                        "what lies before was read; the rest cannot be trusted"));
}

CaptureReader::Item CaptureReader::cut(const char* in) {
    if (!window_.status()) {
        return stop(problem(fmt::format("{}, after byte {}", window_.status().error().message, window_.offset()),
                            "what lies before was read"));
    }
    return stop(problem(fmt::format("cut off in the middle of {} at byte {}", in, window_.offset()),
                        "what lies before was read; was the capture still being written? Then read it again"));
}

}  // namespace probevue
