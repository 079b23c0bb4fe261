// Writes a large capture for measurements: TCP and UDP over many connections, cut to 160 bytes a packet. The same
// arguments give the same file.
//
//     make_big_capture FILE [PACKETS]
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

namespace {

constexpr uint32_t kFlows = 65536;
constexpr uint32_t kSources = 1000;
constexpr uint32_t kSnapLength = 160;
constexpr uint32_t kHeaders = 54;  // Ethernet, IPv4, TCP

// A small generator of our own (xorshift), so that the file does not depend on the library.
class Random {
public:
    uint32_t below(uint32_t limit) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return static_cast<uint32_t>((state_ >> 32) % limit);
    }

private:
    uint64_t state_ = 0x9e3779b97f4a7c15;
};

struct Flow {
    uint32_t source;
    uint32_t target;
    uint16_t source_port;
    uint16_t target_port;
    uint32_t next_seq;
    bool udp;
};

using Frame = std::array<uint8_t, kSnapLength>;

void put16(uint8_t* at, uint32_t value) {
    at[0] = static_cast<uint8_t>(value >> 8);
    at[1] = static_cast<uint8_t>(value);
}

void put32(uint8_t* at, uint32_t value) {
    put16(at, value >> 16);
    put16(at + 2, value);
}

std::vector<Flow> make_flows(Random& random) {
    constexpr std::array<uint16_t, 6> ports = {80, 443, 22, 53, 8080, 5432};
    std::vector<Flow> flows(kFlows);
    for (Flow& flow : flows) {
        flow.source = 0x0a000000 + random.below(kSources);
        flow.target = 0xc0a80000 + random.below(256);
        flow.source_port = static_cast<uint16_t>(32768 + random.below(28000));
        flow.target_port = ports[random.below(ports.size())];
        flow.next_seq = random.below(UINT32_MAX);
        flow.udp = random.below(5) == 0;
    }
    return flows;
}

uint32_t header_checksum(const uint8_t* header) {
    uint32_t sum = 0;
    for (int i = 0; i < 20; i += 2) sum += static_cast<uint32_t>(header[i] << 8 | header[i + 1]);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

// Fills the headers of a packet of `length` bytes on the wire. Transport checksums are left out, as in offloaded
// traffic.
void fill(Frame& frame, Flow& flow, uint32_t length, uint32_t id, Random& random) {
    uint8_t* ip = frame.data() + 14;
    uint8_t* transport = ip + 20;
    put16(ip, 0x4500);
    put16(ip + 2, length - 14);
    put16(ip + 4, id);
    put16(ip + 6, 0x4000);
    ip[8] = 64;
    ip[9] = flow.udp ? 17 : 6;
    put16(ip + 10, 0);
    put32(ip + 12, flow.source);
    put32(ip + 16, flow.target);
    put16(ip + 10, header_checksum(ip));
    put16(transport, flow.source_port);
    put16(transport + 2, flow.target_port);
    if (flow.udp) {
        put16(transport + 4, length - 34);
        put16(transport + 6, 0);
        return;
    }
    constexpr std::array<uint8_t, 8> flags = {0x10, 0x10, 0x10, 0x18, 0x18, 0x02, 0x12, 0x11};
    put32(transport + 4, flow.next_seq);
    put32(transport + 8, flow.next_seq ^ 0x5a5a5a5a);
    transport[12] = 0x50;
    transport[13] = flags[random.below(flags.size())];
    put16(transport + 14, 502);
    flow.next_seq += length - kHeaders;
}

uint32_t random_length(Random& random) {
    switch (random.below(4)) {
        case 0:
            return 60;
        case 1:
            return 60 + random.below(200);
        case 2:
            return 60 + random.below(1455);
        default:
            return 1514;
    }
}

bool write_file(std::FILE* file, uint32_t packets) {
    const std::array<uint32_t, 6> header = {0xa1b2c3d4, 0x00040002, 0, 0, kSnapLength, 1};
    std::fwrite(header.data(), sizeof(header), 1, file);
    Random random;
    std::vector<Flow> flows = make_flows(random);
    Frame frame{};
    put32(frame.data(), 0x0242ac11);
    put16(frame.data() + 12, 0x0800);
    uint64_t time_us = 1'767'571'200'000'000;
    for (uint32_t i = 0; i < packets; ++i) {
        const uint32_t length = random_length(random);
        const uint32_t captured = length < kSnapLength ? length : kSnapLength;
        fill(frame, flows[random.below(kFlows)], length, i, random);
        const std::array<uint32_t, 4> record = {static_cast<uint32_t>(time_us / 1'000'000),
                                                static_cast<uint32_t>(time_us % 1'000'000), captured, length};
        std::fwrite(record.data(), sizeof(record), 1, file);
        std::fwrite(frame.data(), captured, 1, file);
        time_us += random.below(60);
    }
    return std::fflush(file) == 0 && std::ferror(file) == 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || argc > 3) {
        std::fprintf(stderr, "usage: %s FILE [PACKETS]\n", argv[0]);
        return 2;
    }
    const unsigned long packets = argc == 3 ? std::strtoul(argv[2], nullptr, 10) : 2'000'000;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(argv[1], "wb"), std::fclose);
    if (!file || !write_file(file.get(), static_cast<uint32_t>(packets))) {
        std::perror(argv[1]);
        return 1;
    }
    return 0;
}
