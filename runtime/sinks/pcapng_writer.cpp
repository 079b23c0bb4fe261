#include "runtime/sinks/pcapng_writer.h"

#include <endian.h>
#include <fmt/format.h>
#include <pcap/dlt.h>
#include <poll.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <system_error>
#include <utility>

#include "runtime/sources/recording_format.h"

namespace probevue {
namespace {

enum BlockType : uint32_t {
    section_header = 0x0a0d0d0a,
    interface_description = 1,
    interface_statistics = 5,
    enhanced_packet = 6,
};
enum Option : uint16_t {
    end_of_options = 0,
    section_comment = 1,
    section_os = 3,
    section_application = 4,
    interface_name = 2,
    interface_ipv4 = 4,
    interface_ipv6 = 5,
    interface_resolution = 9,
    packet_comment = 1,
    packet_flags = 2,
    packet_number = 5,   // epb_packetid
    packet_process = 8,  // epb_processid_threadid
    statistics_end = 3,
    statistics_interface_drops = 5,
    statistics_system_drops = 7,
    statistics_delivered = 8,
};

std::string system_name() {
    utsname names{};
    return uname(&names) == 0 ? fmt::format("{} {}", names.sysname, names.release) : "Linux";
}

std::string hint_for(int error) {
    switch (error) {
        case ENOSPC:
        case EDQUOT:
            return "make room, or record elsewhere; what was written before can be replayed";
        case EFBIG:
            return "the file reached the size limit (ulimit -f); what was written before can be replayed";
        default:
            return {};
    }
}

}  // namespace

PcapngWriter::PcapngWriter(int fd, std::string name, const Section& section)
    : fd_(fd), room_(section.room), replaces_(section.replaces), name_(std::move(name)) {
    constexpr uint32_t byte_order_magic = 0x1a2b3c4d;
    constexpr uint64_t unknown_length = ~uint64_t{0};
    buffer_.reserve(room_ + room_ / 4);
    begin_block(section_header);
    put(byte_order_magic);
    put(uint16_t{1});  // version 1.0
    put(uint16_t{0});
    put(unknown_length);
    if (!section.comment.empty()) option(section_comment, section.comment);
    option(section_os, system_name());
    option(section_application, "probevue " PROBEVUE_VERSION);
    end_options();
    end_block();
    head_ = buffer_.size();
}

PcapngWriter::~PcapngWriter() {
    if (!replaces_ || buffer_.size() > head_) static_cast<void>(flush());
    if (fd_ > STDERR_FILENO) close(fd_);
}

void PcapngWriter::begin_block(uint32_t type) {
    block_ = buffer_.size();
    put(type);
    put(uint32_t{0});
}

void PcapngWriter::pad() {
    while ((buffer_.size() - block_) % 4 != 0) buffer_.push_back(std::byte{0});
}

void PcapngWriter::end_block() {
    pad();
    const auto size = static_cast<uint32_t>(buffer_.size() - block_ + sizeof(uint32_t));
    std::memcpy(buffer_.data() + block_ + 4, &size, sizeof size);
    put(size);
    if (buffer_.size() >= room_) static_cast<void>(flush());
}

std::vector<std::byte> PcapngWriter::take_custom() {
    constexpr size_t head = 12;  // type, length, enterprise number
    pad();
    const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(block_);
    std::vector<std::byte> out(begin + head, buffer_.end());
    buffer_.erase(begin, buffer_.end());
    return out;
}

void PcapngWriter::option(uint16_t code, std::string_view value) {
    put(code);
    put(static_cast<uint16_t>(value.size()));
    put_bytes(value.data(), value.size());
    pad();
}

void PcapngWriter::option64(uint16_t code, uint64_t value) {
    put(code);
    put(uint16_t{sizeof value});
    put(value);
}

// Of IPv4 the mask stands behind the address, of IPv6 the length of the prefix.
void PcapngWriter::option(const InterfaceAddress& address) {
    const auto* bytes = reinterpret_cast<const char*>(address.address.bytes.data());
    if (address.address.family == IpAddress::v6) {
        std::string value(bytes, address.address.bytes.size());
        value += static_cast<char>(address.prefix);
        return option(interface_ipv6, value);
    }
    const uint32_t mask = address.prefix == 0 ? 0 : ~uint32_t{0} << (32 - address.prefix);
    std::string value(bytes, sizeof mask);
    for (int shift = 24; shift >= 0; shift -= 8) value += static_cast<char>(mask >> shift & 0xff);
    option(interface_ipv4, value);
}

void PcapngWriter::end_options() { put(uint32_t{end_of_options}); }

uint32_t PcapngWriter::interface(const PacketInterface& interface) {
    begin_block(interface_description);
    // The family before each packet of BSD's loopback stands in the order of the host that captured it. In a section of
    // ours a foreign one is that of the big end, which a type of its own says (LINKTYPE_LOOP).
    const bool of_big_end = interface.swapped && std::endian::native == std::endian::little;
    put(file_link_type(interface.link_type == DLT_NULL && of_big_end ? DLT_LOOP : interface.link_type));
    put(uint16_t{0});
    put(interface.snap_length);
    if (!interface.name.empty()) option(interface_name, interface.name);
    for (const InterfaceAddress& address : interface.addresses) option(address);
    constexpr char nanoseconds = 9;
    option(interface_resolution, {&nanoseconds, 1});
    end_options();
    end_block();
    return interfaces_++;
}

void PcapngWriter::packet(uint32_t interface, const PacketView& packet, uint64_t id, std::string_view comment) {
    begin_block(enhanced_packet);
    const uint32_t words[5] = {interface, static_cast<uint32_t>(packet.time_ns >> 32),
                               static_cast<uint32_t>(packet.time_ns), packet.captured, packet.wire_length};
    put_bytes(words, sizeof words);
    put_bytes(packet.data, packet.captured);
    const bool directed = packet.direction == PacketDirection::in || packet.direction == PacketDirection::out;
    if (!directed && id == 0 && packet.owner == nullptr && comment.empty()) return end_block();
    pad();
    if (!comment.empty()) option(packet_comment, comment);
    if (directed) {
        constexpr uint32_t inbound = 1, outbound = 2;
        put(uint16_t{packet_flags});
        put(uint16_t{4});
        put(packet.direction == PacketDirection::in ? inbound : outbound);
    }
    if (id != 0) option64(packet_number, id);
    if (packet.owner != nullptr) {
        put(uint16_t{packet_process});
        put(uint16_t{8});
        put(static_cast<uint32_t>(packet.owner->pid));
        put(uint32_t{0});  // which of its threads is not known
    }
    end_options();
    end_block();
}

void PcapngWriter::process(const PacketOwner& owner) {
    using namespace recording::wireshark;
    const std::string_view name(owner.name.data(), strnlen(owner.name.data(), owner.name.size()));
    const size_t padded = (name.size() + 3) & ~size_t{3};
    const size_t options = (name.empty() ? 0 : 4 + padded) + (owner.uid < 0 ? 0 : 8) + 4;
    begin_custom(enterprise);
    put(htole32(process_information));
    put(htole32(static_cast<uint32_t>(4 + options)));
    put(htole32(static_cast<uint32_t>(owner.pid)));
    if (!name.empty()) {
        put(htole16(process_name));
        put(htole16(static_cast<uint16_t>(name.size())));
        put_bytes(name.data(), name.size());
        pad();
    }
    if (owner.uid >= 0) {
        put(htole16(process_user_id));
        put(htole16(uint16_t{4}));
        put(htole32(static_cast<uint32_t>(owner.uid)));
    }
    end_options();
    end_block();
}

void PcapngWriter::begin_statistics(uint32_t interface, uint64_t time_ns) {
    begin_block(interface_statistics);
    const auto time = [&] {
        put(static_cast<uint32_t>(time_ns >> 32));
        put(static_cast<uint32_t>(time_ns));
    };
    put(interface);
    time();
    put(uint16_t{statistics_end});
    put(uint16_t{8});
    time();
}

void PcapngWriter::end_time(uint32_t interface, uint64_t time_ns) {
    begin_statistics(interface, time_ns);
    end_options();
    end_block();
}

void PcapngWriter::statistics(uint32_t interface, uint64_t time_ns, uint64_t written, uint64_t lost, uint64_t dropped) {
    begin_statistics(interface, time_ns);
    option64(statistics_interface_drops, dropped);
    option64(statistics_system_drops, lost);
    option64(statistics_delivered, written);
    end_options();
    end_block();
}

// A write that failed may have left the beginning of a block.
void PcapngWriter::cut_to_whole_blocks(size_t written) {
    size_t whole = 0;
    for (;;) {
        uint32_t size = 0;
        if (whole + 8 > written) break;
        std::memcpy(&size, buffer_.data() + whole + 4, sizeof size);
        if (size > written - whole) break;
        whole += size;
    }
    [[maybe_unused]] const int cut = ftruncate(fd_, static_cast<off_t>(flushed_ + whole));
}

Status PcapngWriter::flush() {
    if (!status_) {
        buffer_.clear();
        return status_;
    }
    size_t written = 0;
    int error = 0;
    // Of what is no file nothing can be cut, and nothing need be.
    if (std::exchange(replaces_, false) && ftruncate(fd_, 0) != 0 && errno != EINVAL) error = errno;
    while (written < buffer_.size() && error == 0) {
        const ssize_t done = write(fd_, buffer_.data() + written, buffer_.size() - written);
        if (done >= 0) {
            written += static_cast<size_t>(done);
            continue;
        }
        if (errno == EINTR) continue;
        if (errno == EAGAIN) {
            pollfd wait{.fd = fd_, .events = POLLOUT, .revents = 0};
            if (poll(&wait, 1, -1) >= 0 || errno == EINTR) continue;
        }
        error = errno;
    }
    // Of a pipe without a reader nothing else tells while there is nothing to write.
    pollfd look{.fd = fd_, .events = 0, .revents = 0};
    if (buffer_.empty() && poll(&look, 1, 0) > 0 && (look.revents & POLLERR) != 0) error = EPIPE;
    if (error != 0) {
        reader_is_gone_ = error == EPIPE;
        cut_to_whole_blocks(written);
        status_ = fail(fmt::format("cannot write the recording {}: {}", name_, std::generic_category().message(error)),
                       hint_for(error));
    }
    flushed_ += written;
    buffer_.clear();
    return status_;
}

}  // namespace probevue
