#include "make/files.h"

namespace captures {

namespace {

constexpr uint64_t kSecond = 1'000'000'000;

uint32_t low32(uint64_t value) { return static_cast<uint32_t>(value); }

uint32_t captured(const Packet& packet) { return low32(packet.data.size()); }

uint32_t on_wire(const Packet& packet) { return packet.wire_length != 0 ? packet.wire_length : captured(packet); }

void pad_to_32_bits(Bytes& bytes) { bytes.zeros((4 - bytes.size() % 4) % 4); }

void option(Bytes& body, Order order, uint32_t code, const Bytes& value) {
    body.u16(code, order).u16(low32(value.size()), order).add(value);
    pad_to_32_bits(body);
}

void end_of_options(Bytes& body) { body.zeros(4); }

// A count of nanoseconds below one second in units of if_tsresol.
uint64_t fraction(uint64_t nanoseconds, int resolution) {
    if (resolution & 0x80) return (nanoseconds << (resolution & 0x7f)) / kSecond;
    for (int digits = 9; digits > resolution; --digits) nanoseconds /= 10;
    return nanoseconds;
}

uint64_t units_per_second(int resolution) {
    if (resolution & 0x80) return uint64_t{1} << (resolution & 0x7f);
    uint64_t units = 1;
    for (int digits = 0; digits < resolution; ++digits) units *= 10;
    return units;
}

}  // namespace

void Trace::add(const Bytes& data, uint64_t gap_ns) {
    packets_.push_back({clock_ns_, data, 0});
    clock_ns_ += gap_ns;
}

void Trace::add_cut(const Bytes& data, size_t captured) {
    add(data.first(captured));
    packets_.back().wire_length = low32(data.size());
}

Bytes pcap_header(const PcapDialect& dialect) {
    const Order order = dialect.order;
    Bytes header;
    header.u32(dialect.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, order).u16(2, order).u16(4, order);
    return header.u32(0).u32(0).u32(262144, order).u32(dialect.link_type, order);
}

Bytes pcap_record(const Packet& packet, const PcapDialect& dialect) {
    const Order order = dialect.order;
    const uint64_t rest = packet.time_ns % kSecond;
    Bytes record;
    record.u32(low32(packet.time_ns / kSecond), order);
    record.u32(low32(dialect.nanoseconds ? rest : rest / 1000), order);
    return record.u32(captured(packet), order).u32(on_wire(packet), order).add(packet.data);
}

Bytes pcap_file(const Trace& trace, const PcapDialect& dialect) {
    Bytes file = pcap_header(dialect);
    for (const Packet& packet : trace.packets()) file.add(pcap_record(packet, dialect));
    return file;
}

void PcapngFile::block(uint32_t type, const Bytes& body) {
    const uint32_t length = 12 + low32(body.size());
    bytes_.u32(type, order_).u32(length, order_).add(body).u32(length, order_);
}

void PcapngFile::section(Order order) {
    order_ = order;
    interfaces_.clear();
    Bytes body;
    body.u32(0x1a2b3c4d, order).u16(1, order).u16(0, order).u64(UINT64_MAX, order);
    option(body, order, 4, Bytes().text("make_captures"));  // shb_userappl
    end_of_options(body);
    block(0x0a0d0d0a, body);
}

void PcapngFile::interface(const Interface& interface) {
    Bytes body;
    body.u16(interface.link_type, order_).u16(0).u32(interface.snap_length, order_);
    if (!interface.name.empty()) option(body, order_, 2, Bytes().text(interface.name));
    if (interface.resolution >= 0) option(body, order_, 9, Bytes().u8(static_cast<uint32_t>(interface.resolution)));
    if (interface.offset_seconds != 0) {
        option(body, order_, 14, Bytes().u64(static_cast<uint64_t>(interface.offset_seconds), order_));
    }
    end_of_options(body);
    block(1, body);
    interfaces_.push_back(interface);
}

// The time in units of the interface, counted from its offset.
uint64_t PcapngFile::stamp(const Packet& packet, uint32_t interface_id) const {
    const Interface& interface = interfaces_.at(interface_id);
    const int resolution = interface.resolution < 0 ? 6 : interface.resolution;
    const uint64_t seconds = packet.time_ns / kSecond - static_cast<uint64_t>(interface.offset_seconds);
    return seconds * units_per_second(resolution) + fraction(packet.time_ns % kSecond, resolution);
}

void PcapngFile::enhanced(const Packet& packet, uint32_t interface_id) {
    const uint64_t time = stamp(packet, interface_id);
    Bytes body;
    body.u32(interface_id, order_).u32(low32(time >> 32), order_).u32(low32(time), order_);
    body.u32(captured(packet), order_).u32(on_wire(packet), order_).add(packet.data);
    pad_to_32_bits(body);
    option(body, order_, 2, Bytes().u32(1, order_));  // epb_flags: inbound
    end_of_options(body);
    block(6, body);
}

void PcapngFile::simple(const Packet& packet) {
    Bytes body;
    body.u32(on_wire(packet), order_).add(packet.data);
    pad_to_32_bits(body);
    block(3, body);
}

void PcapngFile::obsolete(const Packet& packet, uint32_t interface_id, uint32_t drops) {
    const uint64_t time = stamp(packet, interface_id);
    Bytes body;
    body.u16(interface_id, order_).u16(drops, order_).u32(low32(time >> 32), order_).u32(low32(time), order_);
    body.u32(captured(packet), order_).u32(on_wire(packet), order_).add(packet.data);
    pad_to_32_bits(body);
    block(2, body);
}

void PcapngFile::name_resolution() {
    Bytes body;
    option(body, order_, 1, Bytes().u32(0x0a0a0a0c).text("client.example").u8(0));
    end_of_options(body);
    block(4, body);
}

void PcapngFile::statistics(uint32_t interface_id) {
    Bytes body;
    body.u32(interface_id, order_).u32(0, order_).u32(0, order_);
    option(body, order_, 4, Bytes().u64(12, order_));  // isb_ifrecv
    end_of_options(body);
    block(5, body);
}

void PcapngFile::custom(bool copyable) {
    block(copyable ? 0x00000bad : 0x40000bad,
          Bytes().u32(32473, order_).text("example "));  // an enterprise for examples
}

void PcapngFile::unknown(uint32_t type) { block(type, Bytes().text("nothing to see  ")); }

Bytes pcapng_file(const Trace& trace, Order order, const Interface& interface) {
    PcapngFile file(order);
    file.interface(interface);
    for (const Packet& packet : trace.packets()) file.enhanced(packet, 0);
    return file.bytes();
}

}  // namespace captures
