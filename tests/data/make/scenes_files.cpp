#include <algorithm>

#include "make/packets.h"
#include "make/scenes.h"

namespace captures {

namespace {

// The sample datagrams behind the link header that `header` writes for each; types that `header` refuses are left out.
template <typename Header>
Trace linked(Header header) {
    Trace trace;
    for (const Datagram& datagram : sample_datagrams()) {
        Bytes frame;
        if (header(frame, datagram.ether_type)) trace.add(frame.add(datagram.bytes));
    }
    return trace;
}

Trace ethernet_sample() {
    return linked([](Bytes& frame, uint32_t type) {
        frame = ether(type, {});
        return true;
    });
}

// BSD loopback: the address family, in the byte order of the host that wrote the file or (LOOP) of the network.
Trace loopback(Order order, uint32_t family6) {
    return linked([order, family6](Bytes& frame, uint32_t type) {
        frame.u32(type == kTypeIp6 ? family6 : 2, order);
        return type == kTypeIp4 || type == kTypeIp6;
    });
}

Trace raw_ip(bool four, bool six) {
    return linked(
        [four, six](const Bytes&, uint32_t type) { return (four && type == kTypeIp4) || (six && type == kTypeIp6); });
}

Trace linux_cooked() {
    return linked([](Bytes& frame, uint32_t type) {
        frame.u16(0).u16(1).u16(6).add(mac(kMacA)).u16(0).u16(type);
        return true;
    });
}

Trace linux_cooked2() {
    return linked([](Bytes& frame, uint32_t type) {
        frame.u16(type).u16(0).u32(3).u16(1).u8(4).u8(6).add(mac(kMacA)).u16(0);
        return true;
    });
}

Bytes with_two_interfaces() {
    const Trace sample = ethernet_sample();
    PcapngFile file;
    file.interface({.name = "eth0"});
    file.interface({.name = "eth1", .resolution = 9});
    for (size_t i = 0; i < sample.packets().size(); ++i) {
        const Packet& packet = sample.packets()[i];
        file.enhanced(packet, i % 3 == 2 ? 1 : 0);
    }
    return file.bytes();
}

// Each interface counts time in its own unit or from its own start, and one has another link type.
Bytes with_all_clocks() {
    PcapngFile file(Order::big);
    file.interface({.name = "milli", .resolution = 3});
    file.interface({.name = "micro", .resolution = 6});
    file.interface({.name = "nano", .resolution = 9});
    file.interface({.name = "binary20", .resolution = 0x80 + 20});
    file.interface({.name = "binary30", .resolution = 0x80 + 30});
    file.interface({.name = "later", .resolution = 6, .offset_seconds = 1'700'000'000});
    file.interface({.name = "earlier", .resolution = 9, .offset_seconds = -3600});
    const Trace sample = ethernet_sample();
    uint32_t interface_id = 0;
    for (const Packet& packet : sample.packets()) file.enhanced(packet, interface_id++ % 7);
    file.interface({.link_type = kLinkRaw, .name = "tun0", .resolution = 9});
    Packet last = raw_ip(true, false).packets().front();
    last.time_ns = sample.packets().back().time_ns + 1'000'000;
    file.enhanced(last, 7);
    return file.bytes();
}

// Packet blocks of the three kinds between blocks that a reader has to step over.
Bytes with_all_blocks() {
    const Trace trace = ethernet_sample();
    const std::vector<Packet>& sample = trace.packets();
    PcapngFile file;
    file.interface({.name = "eth0", .snap_length = 64});
    file.unknown(0x00000b0b);
    file.enhanced(sample[0], 0);
    file.custom(true);
    file.obsolete(sample[1], 0, 3);
    file.name_resolution();
    file.simple(sample[2]);
    file.custom(false);
    Packet cut = sample[3];  // a simple packet block has no captured length: the snap length tells it
    cut.data.zeros(64 - std::min<size_t>(64, cut.data.size()));
    cut.wire_length = 1500;
    file.simple(cut);
    file.enhanced(sample[4], 0);
    file.statistics(0);
    file.unknown(0x80000001);
    return file.bytes();
}

// One interface of the file is called `any`.
Bytes with_any() {
    const Trace trace = ethernet_sample();
    PcapngFile file;
    file.interface({.name = "eth0"});
    file.interface({.name = "any"});
    for (size_t i = 0; i < 3; ++i) file.enhanced(trace.packets()[i], 0);
    file.enhanced(trace.packets()[3], 1);
    return file.bytes();
}

Bytes with_sections() {
    const Trace trace = ethernet_sample();
    const std::vector<Packet>& sample = trace.packets();
    PcapngFile file(Order::little);
    file.interface({.name = "eth0", .resolution = 9});
    for (size_t i = 0; i < 4; ++i) file.enhanced(sample[i], 0);
    file.section(Order::big);
    file.interface({.name = "eth1", .resolution = 6});
    file.interface({.name = "eth0", .resolution = 3});
    for (size_t i = 4; i < 8; ++i) file.enhanced(sample[i], i % 2);
    file.section(Order::little);
    file.interface({.link_type = kLinkEthernet, .name = "eth2"});
    for (size_t i = 8; i < 12; ++i) file.enhanced(sample[i], 0);
    return file.bytes();
}

}  // namespace

std::vector<File> link_files() {
    const auto file = [](const char* name, const Trace& trace, uint32_t link, Order order = Order::little) {
        return File{std::string("made/link-") + name + ".pcap", pcap_file(trace, {.link_type = link, .order = order})};
    };
    return {
        file("null-little", loopback(Order::little, 30), kLinkNull),
        file("null-big", loopback(Order::big, 24), kLinkNull, Order::big),
        file("loop", loopback(Order::big, 28), kLinkLoop),
        file("raw", raw_ip(true, true), kLinkRaw),
        file("ip4", raw_ip(true, false), kLinkIp4),
        file("ip6", raw_ip(false, true), kLinkIp6),
        file("sll", linux_cooked(), kLinkLinuxSll),
        file("sll2", linux_cooked2(), kLinkLinuxSll2),
    };
}

std::vector<File> pcap_files() {
    const auto file = [](const char* name, Order order, bool nanoseconds) {
        const PcapDialect dialect{.order = order, .nanoseconds = nanoseconds};
        return File{std::string("made/format-") + name + ".pcap", pcap_file(ethernet_sample(), dialect)};
    };
    return {
        file("little-micro", Order::little, false),
        file("little-nano", Order::little, true),
        file("big-micro", Order::big, false),
        file("big-nano", Order::big, true),
    };
}

std::vector<File> pcapng_files() {
    return {
        {"made/format-little.pcapng", pcapng_file(ethernet_sample(), Order::little, {.name = "eth0"})},
        {"made/format-big.pcapng", pcapng_file(ethernet_sample(), Order::big, {.name = "eth0", .resolution = 9})},
        {"made/interfaces.pcapng", with_two_interfaces()},
        {"made/any.pcapng", with_any()},
        {"made/clocks.pcapng", with_all_clocks()},
        {"made/blocks.pcapng", with_all_blocks()},
        {"made/sections.pcapng", with_sections()},
    };
}

std::vector<File> bad_files() {
    const Trace sample = ethernet_sample();
    const Bytes whole = pcap_file(sample);
    const Bytes modern = pcapng_file(sample, Order::little, {.name = "eth0"});
    const size_t second = pcap_header({}).size() + pcap_record(sample.packets()[0], {}).size();
    const Bytes first = whole.first(second);
    const size_t packet_block = modern.size() - 200;

    Bytes absurd = first;
    absurd.u32(1, Order::little).u32(0).u32(0x7fffffff, Order::little).u32(0x7fffffff, Order::little).zeros(60);
    Bytes bad_length = modern;
    bad_length.u32(6, Order::little).u32(13, Order::little).zeros(40);
    Bytes bad_trailer = modern;
    bad_trailer.u32(6, Order::little).u32(32, Order::little).zeros(20).u32(36, Order::little);
    Bytes huge_block = modern;
    huge_block.u32(6, Order::little).u32(0xfffffff0, Order::little).zeros(40);
    PcapngFile no_interface;
    no_interface.simple(sample.packets()[0]);

    Bytes undefined = whole;
    undefined.set_u16(6, 0x0500);  // 5, little-endian

    return {
        {"bad/version-2-5.pcap", undefined},
        {"bad/empty.pcap", {}},
        {"bad/not-a-capture.pcap", Bytes().text("This is a text, not a capture, however its name ends.\n")},
        {"bad/header-cut.pcap", whole.first(10)},
        {"bad/no-packets.pcap", pcap_header({})},  // not an error: nothing happened
        {"bad/record-header-cut.pcap", whole.first(second + 7)},
        {"bad/data-cut.pcap", whole.first(second + 16 + 20)},
        {"bad/length-absurd.pcap", absurd},
        {"bad/block-length.pcapng", bad_length},
        {"bad/block-trailer.pcapng", bad_trailer},
        {"bad/block-huge.pcapng", huge_block},
        {"bad/block-cut.pcapng", modern.first(packet_block)},
        {"bad/section-cut.pcapng", modern.first(20)},
        {"bad/no-interface.pcapng", no_interface.bytes()},
    };
}

}  // namespace captures
