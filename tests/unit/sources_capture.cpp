// The capture reader on bytes in memory: what is wrong with a file, where, and that no bytes make it crash or read on
// for ever.
#include <doctest/doctest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "runtime/sources/capture.h"
#include "runtime/sources/layers.h"

using namespace probevue;

namespace {

using Bytes = std::vector<uint8_t>;
using Item = CaptureReader::Item;

// Writes integers in either byte order.
struct Writer {
    bool big = false;
    Bytes bytes = {};

    Writer& number(uint64_t value, int width) {
        for (int i = 0; i < width; i++) bytes.push_back(static_cast<uint8_t>(value >> 8 * (big ? width - 1 - i : i)));
        return *this;
    }
    Writer& u16(uint64_t value) { return number(value, 2); }
    Writer& u32(uint64_t value) { return number(value, 4); }
    Writer& raw(const Bytes& more) {
        bytes.insert(bytes.end(), more.begin(), more.end());
        return *this;
    }
    Writer& pcap(uint32_t magic, uint32_t link = 1, uint16_t minor = 4) {
        return u32(magic).u16(2).u16(minor).u32(0).u32(0).u32(65535).u32(link);
    }
    Writer& record(uint32_t seconds, uint32_t fraction, const Bytes& data, uint32_t wire) {
        return u32(seconds).u32(fraction).u32(static_cast<uint32_t>(data.size())).u32(wire).raw(data);
    }
    Writer& block(uint32_t type, const Bytes& body) {
        Bytes padded = body;
        padded.resize((body.size() + 3) & ~size_t{3});
        auto size = static_cast<uint32_t>(padded.size() + 12);
        return u32(type).u32(size).raw(padded).u32(size);
    }
    Writer& section() { return block(0x0a0d0d0a, Writer{big}.u32(0x1a2b3c4d).u16(1).u16(0).number(~0ull, 8).bytes); }
    Writer& interface(const std::string& name, const Bytes& more = {}) {
        Writer body{big};
        body.u16(1).u16(0).u32(0).u16(2).u16(name.size()).raw(Bytes(name.begin(), name.end()));
        body.bytes.resize((body.bytes.size() + 3) & ~size_t{3});
        return block(1, body.raw(more).u32(0).bytes);
    }
    Writer& enhanced(uint32_t interface, uint64_t ticks, const Bytes& data, const Bytes& options = {}) {
        Writer body{big};
        body.u32(interface).u32(ticks >> 32).u32(ticks & 0xffffffff).u32(data.size()).u32(data.size() + 7).raw(data);
        if (!options.empty()) body.bytes.resize((body.bytes.size() + 3) & ~size_t{3});
        return block(6, body.raw(options).bytes);
    }
    // Who a process is, as Wireshark writes it.
    Writer& process(uint32_t number, const Bytes& options) {
        const Bytes entry = Writer{}.u32(3).u32(4 + options.size()).u32(number).raw(options).bytes;
        return block(0x0bad, Writer{big}.u32(32622).raw(entry).bytes);
    }
};

struct Read {
    std::vector<PacketView> packets;  // without their bytes
    std::vector<Bytes> data;
    std::vector<std::optional<PacketOwner>> owners;  // by packet
    std::vector<CustomBlock> customs;
    std::string error;  // of open or at the end
};

Read read_all(const Bytes& bytes, size_t chunk = SIZE_MAX) {
    Read read;
    auto reader = CaptureReader::open(stream_of(bytes, chunk), "test");
    if (!reader) {
        read.error = reader.error().message;
        return read;
    }
    PacketView packet;
    for (Item item; (item = (*reader)->next(packet)) != Item::end;) {
        if (item == Item::custom) {
            read.customs.push_back((*reader)->custom());
            continue;
        }
        read.packets.push_back(packet);
        read.owners.push_back(packet.owner == nullptr ? std::nullopt : std::optional(*packet.owner));
        read.data.emplace_back(packet.data, packet.data + packet.captured);
    }
    CHECK((*reader)->next(packet) == Item::end);
    if (!(*reader)->status()) read.error = (*reader)->status().error().message;
    return read;
}

Read read_file(const std::string& name) {
    std::ifstream file("tests/data/" + name, std::ios::binary);
    REQUIRE(file);
    return read_all(Bytes(std::istreambuf_iterator<char>(file), {}));
}

const Bytes some = {1, 2, 3, 4, 5};
constexpr uint64_t second = 1'000'000'000;

}  // namespace

TEST_CASE("pcap: both byte orders, both resolutions, any size of read") {
    for (bool big : {false, true}) {
        for (size_t chunk : {size_t{1}, size_t{7}, SIZE_MAX}) {
            Read micro =
                read_all(Writer{big}.pcap(0xa1b2c3d4).record(10, 5, some, 60).record(11, 6, {}, 0).bytes, chunk);
            CHECK(micro.error == "");
            REQUIRE(micro.packets.size() == 2);
            CHECK(micro.packets[0].time_ns == 10 * second + 5000);
            CHECK(micro.packets[0].wire_length == 60);
            CHECK(micro.data[0] == some);
            CHECK(micro.packets[1].captured == 0);
            Read nano = read_all(Writer{big}.pcap(0xa1b23c4d).record(10, 5, some, 60).bytes, chunk);
            REQUIRE(nano.packets.size() == 1);
            CHECK(nano.packets[0].time_ns == 10 * second + 5);
        }
    }
}

TEST_CASE("pcap: Kuznetzov's records and the swapped lengths of old versions") {
    for (bool big : {false, true}) {
        Writer patched{big};
        patched.pcap(0xa1b2cd34).u32(1).u32(2).u32(some.size()).u32(99).number(0x1122334455667788, 8).raw(some);
        Read read = read_all(patched.bytes);
        CHECK(read.error == "");
        REQUIRE(read.data.size() == 1);
        CHECK(read.data[0] == some);
    }
    // Version 2.2: the length on the wire comes first. 2.3: whichever is larger is the one on the wire.
    for (uint16_t minor : {uint16_t{2}, uint16_t{3}}) {
        Read old = read_all(Writer{}.pcap(0xa1b2c3d4, 1, minor).u32(1).u32(0).u32(60).u32(5).raw(some).bytes);
        REQUIRE(old.packets.size() == 1);
        CHECK(old.packets[0].captured == 5);
        CHECK(old.packets[0].wire_length == 60);
    }
}

TEST_CASE("pcapng: names, resolutions, offsets, sections of either byte order") {
    for (bool big : {false, true}) {
        Bytes nano = Writer{big}.u16(9).u16(1).raw({9, 0, 0, 0}).bytes;
        Bytes binary_later = Writer{big}.u16(9).u16(1).raw({0x80 | 10, 0, 0, 0}).u16(14).u16(8).number(100, 8).bytes;
        Bytes pico = Writer{big}.u16(9).u16(1).raw({12, 0, 0, 0}).bytes;
        Writer file{big};
        file.section().interface("eth0").interface("wlan-long", nano).interface("b", binary_later).interface("p", pico);
        file.enhanced(0, 7, some).enhanced(1, 7, {}).enhanced(2, 3 * 1024 + 512, {}).enhanced(3, 7000, {});
        Writer other{!big};
        file.raw(other.section().interface("later").enhanced(0, 9, some).bytes);
        Read read = read_all(file.bytes, 11);
        CHECK(read.error == "");
        REQUIRE(read.packets.size() == 5);
        CHECK(read.packets[0].time_ns == 7000);
        CHECK(read.packets[0].wire_length == 12);
        CHECK(read.packets[1].time_ns == 7);
        CHECK(read.packets[2].time_ns == 103 * second + second / 2);
        CHECK(read.packets[3].time_ns == 7);
        CHECK(read.packets[4].interface == 4);
        CHECK(read.packets[4].time_ns == 9000);
    }
    auto reader =
        CaptureReader::open(stream_of(Writer{}.section().interface("eth0").interface("wlan-long").bytes), "test");
    REQUIRE(reader.has_value());
    PacketView packet;
    CHECK((*reader)->next(packet) == Item::end);
    REQUIRE((*reader)->interface_count() == 2);
    CHECK((*reader)->interfaces()[1].name == "wlan-long");
}

TEST_CASE("pcapng: custom blocks are handed on, unknown ones left out however large") {
    Writer file;
    file.section().interface("eth0").block(0x0bad, Writer{}.u32(32473).raw({7, 8, 9, 10}).bytes);
    file.block(0x40000bad, Writer{}.u32(1).bytes).block(0x99, Bytes(1 << 20)).enhanced(0, 1, some);
    Read read = read_all(file.bytes, 4096);
    CHECK(read.error == "");
    REQUIRE(read.customs.size() == 2);
    CHECK(read.customs[0].enterprise == 32473);
    CHECK(read.customs[0].copyable);
    CHECK(read.customs[0].data.size() == 4);
    CHECK(!read.customs[1].copyable);
    CHECK(read.packets.size() == 1);
}

TEST_CASE("pcapng: addresses of interfaces, with the lengths of their networks; `any` has no netmask") {
    const Bytes four = {192, 0, 2, 1, 255, 255, 254, 0};
    const Bytes other = {10, 0, 0, 9, 0, 0, 0, 0};
    const Bytes six = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 64};
    for (bool big : {false, true}) {
        Writer options{big};
        options.u16(4).u16(8).raw(four).u16(4).u16(8).raw(other);
        options.u16(5).u16(17).raw(six).raw({0, 0, 0}).u16(4).u16(4).raw({1, 2, 3, 4}).u16(5).u16(16).raw(Bytes(16, 1));
        for (const std::string name : {"eth0", "any"}) {
            const Bytes bytes = Writer{big}.section().interface(name, options.bytes).enhanced(0, 1, some).bytes;
            auto reader = CaptureReader::open(stream_of(bytes, SIZE_MAX), "test");
            REQUIRE(reader.has_value());
            PacketView packet;
            CHECK((*reader)->next(packet) == CaptureReader::Item::packet);
            REQUIRE((*reader)->interfaces().size() == 1);
            const PacketInterface& interface = (*reader)->interfaces().front();
            REQUIRE(interface.addresses.size() == 3);
            const auto text = [&](size_t i) {
                return to_string(interface.addresses[i].address) + "/" + std::to_string(interface.addresses[i].prefix);
            };
            CHECK(text(0) == "192.0.2.1/23");
            CHECK(text(1) == "10.0.0.9/0");
            CHECK(text(2) == "2001:db8::5/64");
            CHECK(interface.netmask == (name == "any" ? std::nullopt : std::optional<uint32_t>(0xfffffe00)));
        }
    }
}

TEST_CASE("pcapng: whose a packet is stands in its options, who that is in a block before it") {
    const auto named = [](const std::string& name) {
        Bytes out = Writer{}.u16(2).u16(name.size()).raw(Bytes(name.begin(), name.end())).bytes;
        out.resize((out.size() + 3) & ~size_t{3});
        return out;
    };
    const Bytes user = Writer{}.u16(6).u16(4).u32(1000).u32(0).bytes;
    for (const bool big : {false, true}) {
        CAPTURE(big);
        const auto of = [&](uint32_t process) {
            return Writer{big}.u16(2).u16(4).u32(1).u16(8).u16(8).u32(process).u32(5).u32(0).bytes;
        };
        Bytes first = named("first");
        first.insert(first.end(), user.begin(), user.end());
        Writer file{big};
        file.section().interface("eth0").enhanced(0, 1, some, of(77)).process(77, first);
        file.enhanced(0, 2, some, of(77)).enhanced(0, 3, some).enhanced(0, 4, some, of(0));
        file.process(77, named("a name that is rather long")).enhanced(0, 5, some, of(77));
        file.raw(Writer{big}.section().interface("eth1").enhanced(0, 6, some, of(77)).bytes);
        const Read read = read_all(file.bytes, 100);
        CHECK(read.error == "");
        CHECK(read.customs.empty());
        REQUIRE(read.owners.size() == 6);
        CHECK(read.owners[0] == PacketOwner{77, -1, {}});
        CHECK(read.owners[1] == PacketOwner{77, 1000, {"first"}});
        CHECK(!read.owners[2]);
        CHECK(!read.owners[3]);
        REQUIRE(read.owners[4]);
        CHECK(std::string(read.owners[4]->name.data()) == "a name that is ");
        CHECK(read.owners[5] == PacketOwner{77, -1, {}});  // sections may be of several hosts
    }
    // Neither is anything that is too short to be one.
    Writer damaged;
    damaged.section().interface("eth0").process(77, {1}).enhanced(0, 1, some, Writer{}.u16(8).u16(4).u32(77).bytes);
    damaged.block(0x0bad, Writer{}.u32(32622).u32(3).bytes).enhanced(0, 1, some, Writer{}.u16(8).u16(8).bytes);
    const Read read = read_all(damaged.bytes);
    CHECK(read.error == "");
    REQUIRE(read.owners.size() == 2);
    CHECK((!read.owners[0] && !read.owners[1]));
    CHECK(read.customs.size() == 1);
}

TEST_CASE("bad files: what comes before the damage is read, the message says where it is") {
    struct Row {
        const char* file;
        size_t packets;
        const char* error;
    };
    const Row rows[] = {
        {"empty.pcap", 0, "test: the file is empty"},
        {"not-a-capture.pcap", 0, "test: not a capture (neither pcap nor pcapng)"},
        {"header-cut.pcap", 0, "test: not a capture (neither pcap nor pcapng)"},
        {"no-packets.pcap", 0, ""},
        {"data-cut.pcap", 1, "test: cut off in the middle of a packet at byte "},
        {"record-header-cut.pcap", 1, "test: cut off in the middle of a packet at byte "},
        {"length-absurd.pcap", 1, "test: damaged at byte "},
        {"link-usb.pcap", 1, ""},
        {"block-length.pcapng", 12, "test: damaged at byte "},
        {"block-huge.pcapng", 12, ""},
        {"block-trailer.pcapng", 12, "test: damaged at byte "},
        {"no-interface.pcapng", 0, "test: damaged at byte "},
    };
    for (const Row& row : rows) {
        CAPTURE(row.file);
        Read read = read_file(std::string("bad/") + row.file);
        CHECK(read.packets.size() == row.packets);
        if (std::string(row.file) == "block-huge.pcapng") {
            CHECK(read.error != "");
        } else {
            CHECK(read.error.substr(0, std::string(row.error).size()) == row.error);
            CHECK(read.error.empty() == std::string(row.error).empty());
        }
    }
    for (const char* file :
         {"bad/packed-cut.pcap.gz", "bad/packed-cut.pcap.zst", "bad/block-cut.pcapng", "bad/section-cut.pcapng"}) {
        CAPTURE(file);
        CHECK(read_file(file).error.find("cut off") != std::string::npos);
    }
}

TEST_CASE("a capture cut anywhere gives the packets that are whole") {
    Bytes whole = Writer{}.pcap(0xa1b2c3d4).record(1, 1, some, 5).record(2, 2, some, 5).bytes;
    for (size_t size = 24; size <= whole.size(); size++) {
        Read read = read_all(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)));
        const size_t record = 16 + some.size();
        CHECK(read.packets.size() == (size - 24) / record);
        CHECK(read.error.empty() == ((size - 24) % record == 0));
        if (size == 24 + record + 3) CHECK(read.error.find("at byte 45") != std::string::npos);
    }
}

TEST_CASE("gzip of several members is one capture") {
    Bytes whole = Writer{}.pcap(0xa1b2c3d4).record(1, 1, some, 5).record(2, 2, some, 5).bytes;
    Bytes packed;
    for (auto [from, to] : {std::pair<ptrdiff_t, ptrdiff_t>{0, 30}, {30, static_cast<ptrdiff_t>(whole.size())}}) {
        Bytes part(whole.begin() + from, whole.begin() + to);
        Bytes out(1000);
        z_stream state{};
        REQUIRE(deflateInit2(&state, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
        state.next_in = part.data();
        state.avail_in = static_cast<uInt>(part.size());
        state.next_out = out.data();
        state.avail_out = static_cast<uInt>(out.size());
        REQUIRE(deflate(&state, Z_FINISH) == Z_STREAM_END);
        out.resize(state.total_out);
        deflateEnd(&state);
        packed.insert(packed.end(), out.begin(), out.end());
    }
    for (size_t chunk : {size_t{1}, SIZE_MAX}) {
        Read read = read_all(packed, chunk);
        CHECK(read.error == "");
        CHECK(read.packets.size() == 2);
    }
}

TEST_CASE("no damage makes the reader or the layer parser misbehave") {
    std::mt19937 random(20240501);  // NOLINT: the same bytes every time
    std::vector<Bytes> seeds;
    for (const auto& entry : std::filesystem::directory_iterator("tests/data/made")) {
        std::ifstream file(entry.path(), std::ios::binary);
        seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    REQUIRE(seeds.size() > 20);
    size_t packets = 0;
    LayerParser parser;
    EngineContext context;
    for (int round = 0; round < 3000; round++) {
        Bytes bytes = seeds[random() % seeds.size()];
        for (uint32_t n = random() % 8; n > 0 && !bytes.empty(); n--) {
            const size_t near = random() % 2 != 0 ? 200 : SIZE_MAX;
            size_t at = random() % std::min<size_t>(bytes.size(), near);
            bytes[at] = static_cast<uint8_t>(random() % 3 == 0 ? 0xff : random());
        }
        if (random() % 4 == 0) bytes.resize(random() % (bytes.size() + 1));
        auto reader = CaptureReader::open(stream_of(bytes, random() % 2 != 0 ? 64 : SIZE_MAX), "test");
        if (!reader) continue;
        PacketView packet;
        size_t delivered = 0;
        for (Item item; (item = (*reader)->next(packet)) != Item::end;) {
            if (item == Item::custom) continue;
            // A heap copy, so that a sanitizer sees a read behind the end.
            Bytes copy(packet.data, packet.data + packet.captured);
            packet.data = copy.data();
            for (LinkKind kind : {(*reader)->interfaces()[packet.interface].kind, LinkKind::raw, LinkKind::cooked2}) {
                ParsedPacket parsed = parser.parse(kind, packet, context);
                REQUIRE((parsed.protocols & static_cast<ProtocolSet>(Protocol::any)) != 0);
            }
            delivered++;
        }
        REQUIRE(delivered <= 1 << 20);
        packets += delivered;
    }
    CHECK(packets > 10'000);
}
