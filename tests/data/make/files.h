// The file formats: pcap in its four dialects, and pcapng block by block.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "make/bytes.h"

namespace captures {

enum LinkType : uint32_t {
    kLinkNull = 0,
    kLinkEthernet = 1,
    kLinkSlip = 8,
    kLinkPpp = 9,
    kLinkFddi = 10,
    kLinkPppSerial = 50,
    kLinkPppEther = 51,
    kLinkRaw = 101,
    kLinkHdlc = 104,
    kLinkWifi = 105,
    kLinkFrameRelay = 107,
    kLinkLoop = 108,
    kLinkLinuxSll = 113,
    kLinkRadiotap = 127,
    kLinkUsb = 189,
    kLinkPpi = 192,
    kLinkIpnet = 226,
    kLinkIp4 = 228,
    kLinkIp6 = 229,
    kLinkPktap = 258,
    kLinkLinuxSll2 = 276,
    kLinkDsaBrcm = 281,
    kLinkDsaBrcmPrepend = 282,
    kLinkDsa = 284,
    kLinkDsaEther = 285,
};

struct Packet {
    uint64_t time_ns = 0;
    Bytes data;
    uint32_t wire_length = 0;  // more than data.size() where the capture was cut short
};

// Packets in the order of time, a quarter of a millisecond and a bit apart unless told otherwise.
class Trace {
public:
    void add(const Bytes& data, uint64_t gap_ns = 250'001);
    void add_cut(const Bytes& data, size_t captured);

    const std::vector<Packet>& packets() const { return packets_; }

private:
    uint64_t clock_ns_ = 1'767'571'200'000'000'000;  // 2026-01-05 00:00:00 UTC
    std::vector<Packet> packets_;
};

struct PcapDialect {
    uint32_t link_type = kLinkEthernet;
    Order order = Order::little;
    bool nanoseconds = false;
};

Bytes pcap_file(const Trace& trace, const PcapDialect& dialect = {});
Bytes pcap_header(const PcapDialect& dialect);
Bytes pcap_record(const Packet& packet, const PcapDialect& dialect);

struct Interface {
    uint32_t link_type = kLinkEthernet;
    std::string name;
    int resolution = -1;         // if_tsresol as in the file (0x80 + n: 2^-n); -1: option absent, microseconds
    int64_t offset_seconds = 0;  // if_tsoffset
    uint32_t snap_length = 262144;
};

class PcapngFile {
public:
    // Starts the first section.
    explicit PcapngFile(Order order = Order::little) { section(order); }

    void section(Order order);
    void interface(const Interface& interface);  // numbered from 0 in each section
    void enhanced(const Packet& packet, uint32_t interface_id);
    void simple(const Packet& packet);
    void obsolete(const Packet& packet, uint32_t interface_id, uint32_t drops);
    void name_resolution();
    void statistics(uint32_t interface_id);
    void custom(bool copyable);
    void unknown(uint32_t type);

    const Bytes& bytes() const { return bytes_; }

private:
    void block(uint32_t type, const Bytes& body);
    uint64_t stamp(const Packet& packet, uint32_t interface_id) const;

    Order order_ = Order::little;
    std::vector<Interface> interfaces_;
    Bytes bytes_;
};

// Every packet of `trace` on one interface.
Bytes pcapng_file(const Trace& trace, Order order, const Interface& interface);

}  // namespace captures
