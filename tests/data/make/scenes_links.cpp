// Link types beside Ethernet, and what stands between Ethernet and IP.
#include <functional>

#include "make/packets.h"
#include "make/scenes.h"

namespace captures {

namespace {

// The sample datagrams behind what `header` gives for each type and length; types that it gives nothing for are left
// out.
Trace behind(const std::function<Bytes(uint32_t type, const Bytes& datagram)>& header) {
    Trace trace;
    for (const Datagram& datagram : sample_datagrams()) {
        const Bytes frame = header(datagram.ether_type, datagram.bytes);
        if (frame.size() > 0) trace.add(Bytes(frame).add(datagram.bytes));
    }
    return trace;
}

uint32_t ppp_number(uint32_t type) { return type == kTypeIp4 ? 0x0021 : type == kTypeIp6 ? 0x0057 : 0; }

Bytes snap(uint32_t type) { return Bytes().u8(0xaa).u8(0xaa).u8(3).u8(0).u16(0).u16(type); }

Trace ppp_link() {
    return behind([count = 0](uint32_t type, const Bytes&) mutable {
        const uint32_t number = ppp_number(type);
        if (number == 0) return Bytes();
        const bool framed = ++count % 3 != 0;  // some without address and control
        const Bytes head = framed ? Bytes().u8(0xff).u8(3) : Bytes();
        return count % 4 == 0 ? Bytes(head).u8(number) : Bytes(head).u16(number);  // some with a short number
    });
}

Trace hdlc_link() {
    Trace trace = behind(
        [](uint32_t type, const Bytes&) { return type == kTypeArp ? Bytes() : Bytes().u8(0x0f).u8(0).u16(type); });
    trace.add(Bytes().u8(0x8f).u8(0).u16(0x8035).u32(2).u32(7).u32(7).u16(0xffff));  // keep-alive, no RARP
    return trace;
}

Trace slip_link() {
    return behind([](uint32_t type, const Bytes&) { return type == kTypeIp4 ? Bytes().u8(1).zeros(15) : Bytes(); });
}

Trace frame_relay_link() {
    return behind([](uint32_t type, const Bytes&) {
        const Bytes head = Bytes().u8(0x18).u8(0x41).u8(3);
        if (type == kTypeIp4) return Bytes(head).u8(0xcc);
        if (type == kTypeIp6) return Bytes(head).u8(0x8e);
        return Bytes(head).u8(0).u8(0x80).u8(0).u16(0).u16(type);
    });
}

Trace fddi_link() {
    return behind(
        [](uint32_t type, const Bytes&) { return Bytes().u8(0x50).add(mac(kMacB)).add(mac(kMacA)).add(snap(type)); });
}

// Frame control, duration, addresses, sequence: data from a station, with quality of service, between two points.
Bytes wifi_head(size_t form) {
    const Bytes addresses = Bytes().u16(0).add(mac(kMacB)).add(mac(kMacA)).add(mac(kMacB)).u16(0x1000);
    if (form % 3 == 0) return Bytes().u8(0x08).u8(1).add(addresses);
    if (form % 3 == 1) return Bytes().u8(0x88).u8(1).add(addresses).u16(0);
    return Bytes().u8(0x88).u8(3).add(addresses).add(mac(kMacA)).u16(0);
}

Trace wifi_link(const std::function<Bytes()>& before) {
    size_t form = 0;
    Trace trace =
        behind([&](uint32_t type, const Bytes&) { return Bytes(before()).add(wifi_head(form++)).add(snap(type)); });
    const Bytes rest = Bytes().u16(0).add(mac(kBroadcast)).add(mac(kMacA)).add(mac(kMacA));
    trace.add(Bytes(before()).u16(0x8000).add(rest).zeros(40));  // beacon
    trace.add(Bytes(before()).u16(0x4801).add(rest).zeros(2));   // null data
    return trace;
}

Bytes radiotap_head() {
    // Version, length, what is there: time, flags (nothing special), rate.
    return Bytes().u8(0).u8(0).u16(18, Order::little).u32(7, Order::little).u64(1, Order::little).u8(0).u8(4);
}

Bytes ppi_head() { return Bytes().u16(0).u16(8, Order::little).u32(105, Order::little); }

Trace ipnet_link() {
    return behind([](uint32_t type, const Bytes& datagram) {
        if (type != kTypeIp4 && type != kTypeIp6) return Bytes();
        const auto length = static_cast<uint32_t>(datagram.size());
        return Bytes().u8(1).u8(type == kTypeIp4 ? 2 : 26).u16(0).u32(length).u32(1).u32(0).u32(0).u32(0);
    });
}

Trace pktap_link() {
    return behind([](uint32_t type, const Bytes&) {
        Bytes head;
        head.u32(108, Order::little).u32(1, Order::little).u32(1, Order::little).text("en0").zeros(21);
        head.zeros(108 - head.size());
        return head.add(ether(type, {}));
    });
}

Trace pppoe_link() {
    return behind([](uint32_t type, const Bytes& datagram) {
        const uint32_t number = ppp_number(type);
        if (number == 0) return Bytes();
        return Bytes().u8(0x11).u8(0).u16(1).u16(static_cast<uint32_t>(datagram.size() + 2)).u16(number);
    });
}

// A switch's tag between the addresses and the type: Broadcom's, Marvell's short and long.
Trace dsa_link(const Bytes& switch_tag) {
    return behind(
        [&](uint32_t type, const Bytes&) { return Bytes().add(mac(kMacB)).add(mac(kMacA)).add(switch_tag).u16(type); });
}

Trace prepended_link() {
    return behind([](uint32_t type, const Bytes&) { return Bytes().u32(0x20000001).add(ether(type, {})); });
}

Trace usb_link() {
    Trace trace;
    trace.add(Bytes().zeros(64));
    return trace;
}

}  // namespace

Trace encapsulated_scene() {
    Trace trace;
    for (const Datagram& datagram : sample_datagrams()) {
        const Bytes& inner = datagram.bytes;
        const uint32_t type = datagram.ether_type;
        const auto size = static_cast<uint32_t>(inner.size());
        const Bytes in_snap = snap(type).add(inner);
        trace.add(ether(static_cast<uint32_t>(in_snap.size()), Bytes(in_snap).zeros(20)));
        trace.add(ether(kTypeVlan, tag(9, static_cast<uint32_t>(in_snap.size()), in_snap)));
        // The backbone's addresses outside, a service of its own, the customer's frame inside.
        trace.add(ether(0x88e7, Bytes().u32(0x00123456).add(ether(type, inner, kMacB, kMacA))));
        const uint32_t number = ppp_number(type);
        if (number == 0) continue;
        trace.add(ether(0x8847, Bytes().u32(0x000101ff).add(inner)));
        trace.add(ether(0x8848, Bytes().u32(0x000100ff).u32(0x000200ff).u32(0x000301ff).add(inner)));
        const Bytes session = Bytes().u8(0x11).u8(0).u16(1).u16(size + 2).u16(number).add(inner).zeros(6);
        trace.add(ether(0x8864, session));
        trace.add(ether(kTypeVlan, tag(7, 0x8864, session)));
    }
    return trace;
}

// IPv6 with ever more extension headers, and authentication in both versions of IP.
Trace extended_scene() {
    Trace trace;
    const Ip6 six;
    for (const size_t headers : {1U, 8U, 15U, 16U, 17U, 32U, 64U}) {
        Bytes chain = udp(six, {}, Bytes().text("behind"));
        for (size_t i = 0; i < headers; ++i) {
            chain = extension(i == 0 ? kUdp : kDestOptions, Bytes().u8(1).u8(4).u32(0), chain);
        }
        trace.add(ether(kTypeIp6, ip6(six, kDestOptions, chain)));
    }
    const Ip4 four;
    trace.add(ether(kTypeIp4, ip4(four, kAuth, auth(kTcp, tcp(four, {})))));
    trace.add(ether(kTypeIp6, ip6(six, kAuth, auth(kTcp, tcp(six, {})))));
    trace.add(ether(kTypeIp4, ip4(four, kAuth, auth(kAuth, auth(kUdp, udp(four, {}))))));
    trace.add(ether(kTypeIp4, ip4(four, kAuth, auth(kIcmp, icmp(8, 0, Bytes().u32(1))))));
    return trace;
}

std::vector<File> more_link_files() {
    const auto file = [](const char* name, const Trace& trace, uint32_t link) {
        return File{std::string("made/link-") + name + ".pcap", pcap_file(trace, {.link_type = link})};
    };
    return {
        file("ppp", ppp_link(), kLinkPpp),
        file("ppp-serial", ppp_link(), kLinkPppSerial),
        file("ppp-ether", pppoe_link(), kLinkPppEther),
        file("hdlc", hdlc_link(), kLinkHdlc),
        file("slip", slip_link(), kLinkSlip),
        file("frame-relay", frame_relay_link(), kLinkFrameRelay),
        file("fddi", fddi_link(), kLinkFddi),
        file("wifi", wifi_link([] { return Bytes(); }), kLinkWifi),
        file("radiotap", wifi_link(radiotap_head), kLinkRadiotap),
        file("ppi", wifi_link(ppi_head), kLinkPpi),
        file("ipnet", ipnet_link(), kLinkIpnet),
        file("pktap", pktap_link(), kLinkPktap),
        file("dsa-brcm", dsa_link(Bytes().u32(0x20000001)), kLinkDsaBrcm),
        file("dsa-brcm-prepend", prepended_link(), kLinkDsaBrcmPrepend),
        file("dsa", dsa_link(Bytes().u32(0x40080000)), kLinkDsa),
        file("dsa-ether", dsa_link(Bytes().u16(0xdada).u16(0).u32(0x40080000)), kLinkDsaEther),
        {"bad/link-usb.pcap", pcap_file(usb_link(), {.link_type = kLinkUsb})},
    };
}

}  // namespace captures
