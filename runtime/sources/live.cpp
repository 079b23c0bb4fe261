#include "runtime/sources/live.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>
#include <unordered_map>

#include "builtins/base/text.h"
#include "runtime/sources/handle.h"
#include "runtime/sources/interface_drops.h"
#include "runtime/sources/link_headers.h"

namespace probevue {
namespace {

constexpr std::string_view all_interfaces = "any";
constexpr std::string_view loopback = "lo";

struct Closer {
    void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using PcapHandle = std::unique_ptr<pcap_t, Closer>;

// That of the interface's first address. `any` is many networks.
std::optional<uint32_t> netmask_of(const std::string& name) {
    bpf_u_int32 network = 0;
    bpf_u_int32 mask = 0;
    char message[PCAP_ERRBUF_SIZE];
    if (name == all_interfaces || pcap_lookupnet(name.c_str(), &network, &mask, message) != 0) return std::nullopt;
    return ntohl(mask);
}

uint8_t prefix_of(const uint8_t* mask, size_t size) {
    int bits = 0;
    for (size_t i = 0; i < size; ++i) bits += std::popcount(mask[i]);
    return static_cast<uint8_t>(bits);
}

// Those of IPv4 have the name of the interface, or one that begins with it (`eth0:1`). `any` has those of all.
std::vector<InterfaceAddress> addresses_of(const std::string& name) {
    std::vector<InterfaceAddress> out;
    ifaddrs* all = nullptr;
    if (getifaddrs(&all) != 0) return out;
    for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
        const std::string_view label = one->ifa_name;
        if (one->ifa_addr == nullptr || one->ifa_netmask == nullptr) continue;
        if (name != "any" && label.substr(0, label.find(':')) != name) continue;
        InterfaceAddress address;
        if (one->ifa_addr->sa_family == AF_INET) {
            const auto* ip = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
            const auto* mask = reinterpret_cast<const sockaddr_in*>(one->ifa_netmask);
            std::memcpy(address.address.bytes.data(), &ip->sin_addr, sizeof ip->sin_addr);
            address.prefix = prefix_of(reinterpret_cast<const uint8_t*>(&mask->sin_addr), sizeof mask->sin_addr);
        } else if (one->ifa_addr->sa_family == AF_INET6) {
            const auto* ip = reinterpret_cast<const sockaddr_in6*>(one->ifa_addr);
            const auto* mask = reinterpret_cast<const sockaddr_in6*>(one->ifa_netmask);
            std::memcpy(address.address.bytes.data(), &ip->sin6_addr, sizeof ip->sin6_addr);
            address.address.family = IpAddress::v6;
            address.prefix = prefix_of(mask->sin6_addr.s6_addr, sizeof mask->sin6_addr);
        } else {
            continue;
        }
        out.push_back(address);
    }
    freeifaddrs(all);
    return out;
}

// Names of the interfaces by whose index the cooked headers of `any` tell where a packet came by. Made in the network
// namespace of the capture, whose interfaces they are.
class CookedDevices final : public DeviceNames {
public:
    CookedDevices() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

    // A new name shows within a second of packets.
    std::string_view name_of(const PacketView& packet) override {
        constexpr uint64_t fresh_ns = 1'000'000'000;
        const std::optional<uint32_t> index = cooked_interface(packet);
        if (!index) return {};
        Known& known = names_[*index];
        if (known.asked_ns == 0 || packet.time_ns - known.asked_ns > fresh_ns) {
            ifreq request{};
            request.ifr_ifindex = static_cast<int>(*index);
            // Of an interface that is gone the last name stays.
            if (ioctl(socket_.get(), SIOCGIFNAME, &request) == 0) known.name = request.ifr_name;
            known.asked_ns = packet.time_ns;
        }
        return known.name;
    }

private:
    struct Known {
        std::string name;
        uint64_t asked_ns = 0;
    };
    Handle socket_;
    std::unordered_map<uint32_t, Known> names_;
};

class PcapCapture final : public LiveCapture {
public:
    PcapCapture(PcapHandle handle, InterfaceDrops drops, const std::string& name, const LiveOptions& options)
        : handle_(std::move(handle)), drops_(std::move(drops)) {
        interface_.name = name;
        interface_.link_type = pcap_datalink(handle_.get());
        interface_.kind = link_kind(interface_.link_type);
        interface_.snap_length = options.snap_length;
        interface_.netmask = netmask_of(name);
        interface_.addresses = addresses_of(name);
        if (interface_.kind == LinkKind::cooked2) interface_.devices = &devices_.emplace();
        tick_ns_ = pcap_get_tstamp_precision(handle_.get()) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
        // The kernel rounds up to its own ticks, and the reader may be late by a scheduling delay.
        delay_ns_ = (options.delay_ms + 15ull) * 1'000'000;
    }

    void set_filter(std::vector<sock_filter> filter) override { filter_ = std::move(filter); }

    // Closes the socket's eye: packets from before enable() must not show up.
    Status keep_nothing() { return install({sock_filter{BPF_RET | BPF_K, 0, 0, 0}}); }

    Status enable() override {
        if (filter_.empty()) filter_ = {sock_filter{BPF_RET | BPF_K, 0, 0, interface_.snap_length}};
        enabled_at_ = stored();
        if (Status status = drops_.start(); !status) return status;
        return install(filter_);
    }

    State peek() override {
        if (ready_) return State::ready;
        if (next_ == kept_.size() && !ended_) gather();
        if (next_ == kept_.size()) return ended_ ? State::ended : State::waiting;
        const Kept& packet = kept_[next_++];
        event_.time_ns = packet.time_ns;
        event_.packet = {bytes_.data() + packet.offset, packet.captured, packet.length, packet.time_ns, 0};
        event_.packet.number = ++number_;
        ready_ = true;
        return State::ready;
    }

    const Event& head() const override { return event_; }
    void pop() override { ready_ = false; }
    int descriptor() const override { return ended_ ? -1 : pcap_get_selectable_fd(handle_.get()); }
    // When an interface goes down, libpcap takes the error off the socket first, and looks at the next call whether the
    // interface is gone for good; until then nothing makes the descriptor readable.
    uint64_t look_again_ns() const override {
        const timeval* within = ended_ ? nullptr : pcap_get_required_select_timeout(handle_.get());
        if (within == nullptr) return UINT64_MAX;
        return static_cast<uint64_t>(within->tv_sec) * 1'000'000'000 + static_cast<uint64_t>(within->tv_usec) * 1'000;
    }
    uint64_t delay_ns() const override { return delay_ns_; }
    // The kernel hands over a block of its ring when that is full or its timer runs out, and on a busy processor the
    // timer is late; what is in the ring it counts at once. On loopback each packet is in the ring twice, on its way
    // out and in, and libpcap passes on one of them; among all interfaces it is not known which were of loopback.
    bool is_behind() override {
        if (ended_ || interface_.name == all_interfaces) return false;
        const uint32_t copies = interface_.name == loopback ? 2 : 1;
        return static_cast<int32_t>(stored() - enabled_at_ - copies * read_) > 0;
    }
    Status status() const override { return status_; }
    std::string_view name() const override { return interface_.name; }
    const PacketInterface* interface(uint32_t) const override { return &interface_; }

    SourceLosses losses() override {
        pcap_stat figures{};
        if (pcap_stats(handle_.get(), &figures) == 0) losses_.buffer_full = figures.ps_drop;
        losses_.interface_drops = drops_.count();
        return losses_;
    }

private:
    // Packets that the kernel has put into the ring since it was opened, modulo 2^32 as libpcap counts.
    uint32_t stored() {
        pcap_stat figures{};
        if (pcap_stats(handle_.get(), &figures) != 0) return enabled_at_;
        return figures.ps_recv - figures.ps_drop;
    }

    // A packet that has been taken over from the kernel's ring.
    struct Kept {
        uint64_t time_ns = 0;
        size_t offset = 0;  // in bytes_
        uint32_t captured = 0;
        uint32_t length = 0;
    };

    // Takes over what the kernel has ready. A processor takes its place in the ring before it reads the clock: within a
    // block, which the kernel hands over when all of it is written, packets of several stand in any order.
    void gather() {
        kept_.clear();
        bytes_.clear();
        next_ = 0;
        const int result = pcap_dispatch(handle_.get(), -1, &PcapCapture::keep, reinterpret_cast<u_char*>(this));
        const auto earlier = [](const Kept& a, const Kept& b) { return a.time_ns < b.time_ns; };
        if (!std::is_sorted(kept_.begin(), kept_.end(), earlier)) {
            std::stable_sort(kept_.begin(), kept_.end(), earlier);
        }
        if (result >= 0 || result == PCAP_ERROR_BREAK) return;
        ended_ = true;
        status_ = fail(fmt::format("{}: {}", interface_.name, lower(pcap_geterr(handle_.get()))),
                       "the interface is no longer traced");
    }

    static void keep(u_char* self, const pcap_pkthdr* header, const u_char* data) {
        constexpr size_t much = 4 << 20;  // bytes: the rest waits in the kernel
        PcapCapture& to = *reinterpret_cast<PcapCapture*>(self);
        const uint64_t time_ns = static_cast<uint64_t>(header->ts.tv_sec) * 1'000'000'000 +
                                 static_cast<uint64_t>(header->ts.tv_usec) * to.tick_ns_;
        to.read_++;
        to.kept_.push_back({time_ns, to.bytes_.size(), header->caplen, header->len});
        to.bytes_.insert(to.bytes_.end(), data, data + header->caplen);
        if (to.bytes_.size() >= much) pcap_breakloop(to.handle_.get());
    }

    // libpcap's messages begin with a capital.
    static std::string lower(std::string text) {
        if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && !(text[1] >= 'A' && text[1] <= 'Z')) {
            text[0] = static_cast<char>(text[0] - 'A' + 'a');
        }
        return text;
    }

    Status install(const std::vector<sock_filter>& filter) {
        std::vector<bpf_insn> code;
        code.reserve(filter.size());
        for (const sock_filter& i : filter) code.push_back({i.code, i.jt, i.jf, i.k});
        bpf_program program{static_cast<u_int>(code.size()), code.data()};
        if (pcap_setfilter(handle_.get(), &program) == 0) return {};
        return fail(
            fmt::format("{}: cannot install the filter: {}", interface_.name, lower(pcap_geterr(handle_.get()))));
    }

    PcapHandle handle_;
    InterfaceDrops drops_;
    std::optional<CookedDevices> devices_;  // of `any`
    uint64_t number_ = 0;                   // of packets so far
    PacketInterface interface_;
    std::vector<sock_filter> filter_;
    std::vector<Kept> kept_;  // from next_ on they are to come
    std::vector<uint8_t> bytes_;
    size_t next_ = 0;
    Event event_;
    SourceLosses losses_;
    uint64_t tick_ns_;
    uint64_t delay_ns_;
    uint32_t enabled_at_ = 0;  // stored() then
    uint32_t read_ = 0;        // packets since
    bool ready_ = false;
    bool ended_ = false;
    Status status_;
};

Error cannot_open(const std::string& name, int result, pcap_t* handle) {
    std::string_view why = pcap_geterr(handle);
    switch (result) {
        case PCAP_ERROR_NO_SUCH_DEVICE:
            return no_such_interface(name);
        case PCAP_ERROR_PERM_DENIED:
        case PCAP_ERROR_PROMISC_PERM_DENIED:
            return fail(fmt::format("packets of `{}` may not be seen: the CAP_NET_RAW capability is missing", name),
                        "run it with sudo, or give the program the capability: sudo setcap cap_net_raw+ep PROGRAM",
                        ExitStatus::permission);
        case PCAP_ERROR_IFACE_NOT_UP:
            return fail(fmt::format("the interface `{}` is down", name), fmt::format("ip link set {} up", name));
        default:
            return fail(
                fmt::format("packets of `{}` cannot be seen: {}", name, why.empty() ? pcap_statustostr(result) : why));
    }
}

}  // namespace

Result<std::unique_ptr<LiveCapture>> LiveCapture::open(const std::string& name, const LiveOptions& options) {
    if (!interface_exists(name)) return no_such_interface(name);
    char message[PCAP_ERRBUF_SIZE] = "";
    PcapHandle handle(pcap_create(name.c_str(), message));
    if (handle == nullptr) return fail(fmt::format("packets of `{}` cannot be seen: {}", name, message));
    constexpr uint32_t most_kb = 1024 * 1024;
    pcap_set_snaplen(handle.get(), static_cast<int>(std::min<uint32_t>(options.snap_length, 262'144)));
    pcap_set_buffer_size(
        handle.get(), static_cast<int>(std::min(options.buffer_kb, most_kb) * 1024u - (options.buffer_kb >= most_kb)));
    pcap_set_timeout(handle.get(), static_cast<int>(std::max(options.delay_ms, 1u)));
    pcap_set_tstamp_precision(handle.get(), PCAP_TSTAMP_PRECISION_NANO);
    if (int result = pcap_activate(handle.get()); result < 0) return cannot_open(name, result, handle.get());
    if (pcap_setnonblock(handle.get(), 1, message) != 0) return fail(fmt::format("{}: {}", name, message));

    // Of all the link types of an interface we want the one that we can read best.
    if (name == all_interfaces) pcap_set_datalink(handle.get(), DLT_LINUX_SLL2);
    auto drops = InterfaceDrops::open(name == all_interfaces ? 0 : if_nametoindex(name.c_str()));
    if (!drops) return drops.error();
    auto capture = std::make_unique<PcapCapture>(std::move(handle), std::move(*drops), name, options);
    if (Status status = capture->keep_nothing(); !status) return status.error();
    return std::unique_ptr<LiveCapture>(std::move(capture));
}

std::vector<std::string> interface_names() {
    std::vector<std::string> names;
    if (struct if_nameindex* list = if_nameindex(); list != nullptr) {
        for (const struct if_nameindex* at = list; at->if_index != 0; at++) names.emplace_back(at->if_name);
        if_freenameindex(list);
    }
    names.emplace_back(all_interfaces);
    return names;
}

bool interface_exists(const std::string& name) { return name == all_interfaces || if_nametoindex(name.c_str()) != 0; }

Error no_such_interface(const std::string& name) {
    return fail(fmt::format("there is no interface `{}`", name),
                fmt::format("interfaces: {}", fmt::join(interface_names(), ", ")), ExitStatus::usage);
}

}  // namespace probevue
