// Packets are read some milliseconds after they have passed. What has happened to their sockets meanwhile must not
// count: entries say since when they hold, and those of sockets that are gone stay for a while.
#include "runtime/kernel/packet_owners.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <random>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/kernel/local_addresses.h"
#include "runtime/kernel/network.h"
#include "runtime/sources/layers.h"
#include "runtime/values/hash.h"

namespace probevue {
namespace {

using Address = MappedAddress;

constexpr uint64_t slack_ns = 100'000;  // between the clock that a packet is stamped by and that of programs
constexpr uint64_t second_ns = 1'000'000'000;
constexpr uint64_t time_wait_ns = 60 * second_ns;   // TCP_TIMEWAIT_LEN (include/net/tcp.h)
constexpr uint64_t most_queued_ns = 5 * second_ns;  // that a datagram waits for its neighbour's address

uint64_t nanoseconds(const timespec& time) {
    return static_cast<uint64_t>(time.tv_sec) * second_ns + static_cast<uint64_t>(time.tv_nsec);
}

uint64_t monotonic_offset() {
    timespec realtime{};
    timespec monotonic{};
    clock_gettime(CLOCK_REALTIME, &realtime);
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    return nanoseconds(realtime) - nanoseconds(monotonic);
}

// Byte by byte, as the kernel's maps do.
struct HashEnds {
    uint64_t seed = std::random_device()();
    size_t operator()(const SocketEnds& ends) const {
        constexpr size_t words = sizeof ends / sizeof(uint64_t);
        return hash_words<words>(reinterpret_cast<const std::byte*>(&ends), words, seed);
    }
};
struct SameEnds {
    bool operator()(const SocketEnds& a, const SocketEnds& b) const { return std::memcmp(&a, &b, sizeof a) == 0; }
};

// What a packet says of its ends.
struct Ends {
    bool version6 = false;
    uint16_t protocol = 0;
    uint8_t tcp_flags = 0;
    Address source{};
    Address destination{};
    uint16_t source_port = 0;  // network byte order
    uint16_t destination_port = 0;
};

std::optional<Ends> ends_of(const EngineContext& parsed) {
    const auto layer = [&](Layer which) {
        const auto* at = reinterpret_cast<const uint8_t*>(parsed.layers[static_cast<size_t>(which)]);
        return at == absent_layer() ? nullptr : at;
    };
    const uint8_t* const tcp = layer(Layer::tcp);
    const uint8_t* const udp = layer(Layer::udp);
    const uint8_t* const four = layer(Layer::ip4);
    const uint8_t* const six = layer(Layer::ip6);
    if ((tcp == nullptr && udp == nullptr) || (four == nullptr && six == nullptr)) return std::nullopt;
    Ends out;
    out.version6 = parsed.slots[static_cast<size_t>(PacketSlot::ip_version)] == 6;
    constexpr size_t source4 = 12, destination4 = 16, source6 = 8, destination6 = 24, flags = 13;
    if (out.version6 ? six == nullptr : four == nullptr) return std::nullopt;
    if (out.version6) {
        std::copy_n(six + source6, out.source.size(), out.source.begin());
        std::copy_n(six + destination6, out.destination.size(), out.destination.begin());
    } else {
        out.source = mapped_address(four + source4);
        out.destination = mapped_address(four + destination4);
    }
    const uint8_t* const ports = tcp != nullptr ? tcp : udp;
    out.protocol = tcp != nullptr ? IPPROTO_TCP : IPPROTO_UDP;
    if (tcp != nullptr) out.tcp_flags = tcp[flags];
    std::memcpy(&out.source_port, ports, sizeof out.source_port);
    std::memcpy(&out.destination_port, ports + 2, sizeof out.destination_port);
    return out;
}

class MapOwners final : public PacketOwners {
public:
    MapOwners(Handle ends, Handle ended, Handle network)
        : ends_(std::move(ends)), ended_(std::move(ended)), network_(std::move(network)), local_(fd()) {}

    Status open() {
        const InNetwork in(fd());
        if (!in.status()) return in.status();
        number_ = current_network();
        devices_ = Handle(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        return local_.open();
    }

    std::optional<PacketOwner> find(const PacketView& packet, const PacketInterface& interface,
                                    const EngineContext& parsed) override {
        const std::optional<Ends> ends = ends_of(parsed);
        if (!ends) return std::nullopt;
        look_again(packet.time_ns);
        const bool incoming = local_.contains(ends->destination);
        if (!incoming && !local_.contains(ends->source)) return std::nullopt;  // forwarded
        const EndsOwner* const found = look_up(*ends, incoming, packet.time_ns - offset_ns_);
        if (found == nullptr || found->owner.pid == 0) return std::nullopt;
        const uint32_t device = found->device == 0 ? 0 : index_of(interface);
        if (device != 0 && device != found->device) return std::nullopt;
        PacketOwner out;
        out.pid = found->owner.pid;
        out.uid = found->owner.uid;
        std::copy_n(found->owner.name, out.name.size(), out.name.begin());
        return out;
    }

private:
    int fd() const { return network_ ? network_.get() : -1; }

    // In the order of the kernel's own look-up, as compiler/hooks/ends_arrival.cpp has it for packets that arrive.
    const EndsOwner* look_up(const Ends& ends, bool incoming, uint64_t time_ns) {
        key_ = {};
        key_.network = number_;
        key_.protocol = ends.protocol;
        key_.local_port = incoming ? ends.destination_port : ends.source_port;
        key_.remote_port = incoming ? ends.source_port : ends.destination_port;
        const Address& local = incoming ? ends.destination : ends.source;
        const Address& remote = incoming ? ends.source : ends.destination;
        std::copy(local.begin(), local.end(), key_.local);
        std::copy(remote.begin(), remote.end(), key_.remote);
        const bool tcp = ends.protocol == IPPROTO_TCP;
        // What the kernel still sends for a socket, or takes for it, when the socket is gone.
        const uint64_t afterlife = tcp ? time_wait_ns : incoming ? 0 : most_queued_ns;
        constexpr uint8_t syn = 2, ack = 16;
        const bool opening = tcp && incoming && (ends.tcp_flags & (syn | ack)) == syn;
        if (!opening && holds(time_ns, afterlife)) return found_;
        key_.remote_port = 0;
        std::fill(std::begin(key_.remote), std::end(key_.remote), uint8_t{0});
        const uint64_t closed = tcp ? 0 : afterlife;
        if (holds(time_ns, closed)) return found_;
        if (!ends.version6) {
            std::fill(key_.local + in_mapped, std::end(key_.local), uint8_t{0});
            if (holds(time_ns, closed)) return found_;
        }
        std::fill(std::begin(key_.local), std::end(key_.local), uint8_t{0});
        if (!holds(time_ns, closed) || (!ends.version6 && found_->six_only != 0)) return nullptr;
        return found_;
    }

    // What the maps said of some ends at one time. Entries without a beginning are not there.
    struct Known {
        EndsOwner now;
        EndsOwner before;
    };

    // What has been looked up since a packet passed need not be looked up again for it: packets come in bunches, and a
    // look is a system call.
    void look_again(uint64_t packet_ns) {
        if (packet_ns <= looked_ns_) return;
        timespec now{};
        clock_gettime(CLOCK_REALTIME, &now);
        looked_ns_ = nanoseconds(now);
        offset_ns_ = monotonic_offset();
        known_.clear();
        local_.listen();
    }

    const Known& known() {
        const auto [at, added] = known_.try_emplace(key_);
        if (added) {
            const auto look = [&](const Handle& map, EndsOwner& to) {
                if (bpf_map_lookup_elem(map.get(), &key_, &to) == 0) return;
                to = EndsOwner();
                to.since_ns = UINT64_MAX;
            };
            look(ends_, at->second.now);
            look(ended_, at->second.before);
        }
        return at->second;
    }

    // Did a socket have these ends at the time, or not longer before it than `afterlife`? Then found_ is of it.
    bool holds(uint64_t time_ns, uint64_t afterlife) {
        const Known& of = known();
        const auto begun = [&](const EndsOwner& one) { return one.since_ns <= time_ns + slack_ns; };
        const bool now = begun(of.now);
        if (!now && (!begun(of.before) || time_ns > of.before.ended_ns + afterlife + slack_ns)) return false;
        found_ = now ? &of.now : &of.before;
        return true;
    }

    // 0: of several, or none any more.
    uint32_t index_of(const PacketInterface& interface) {
        for (const auto& [known, index] : indexes_) {
            if (known == &interface) return index;
        }
        ifreq request{};
        interface.name.copy(request.ifr_name, sizeof request.ifr_name - 1);
        const bool there = ioctl(devices_.get(), SIOCGIFINDEX, &request) == 0;
        indexes_.emplace_back(&interface, there ? static_cast<uint32_t>(request.ifr_ifindex) : 0);
        return indexes_.back().second;
    }

    Handle ends_;
    Handle ended_;
    Handle network_;  // none: that of this process
    Handle devices_;  // a socket of the network, which tells the numbers of its interfaces
    LocalAddresses local_;
    uint32_t number_ = 0;  // of the namespace
    std::vector<std::pair<const PacketInterface*, uint32_t>> indexes_;
    uint64_t looked_ns_ = 0;  // CLOCK_REALTIME; what is known is not older
    uint64_t offset_ns_ = 0;  // what CLOCK_REALTIME was ahead of CLOCK_MONOTONIC then
    std::unordered_map<SocketEnds, Known, HashEnds, SameEnds> known_;
    SocketEnds key_;
    const EndsOwner* found_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<PacketOwners>> packet_owners(const KernelPrograms& programs, int network) {
    Handle own(network < 0 ? -1 : fcntl(network, F_DUPFD_CLOEXEC, 0));
    auto out = std::make_unique<MapOwners>(programs.duplicate(KernelMap::Use::ends),
                                           programs.duplicate(KernelMap::Use::ended), std::move(own));
    if (Status opened = out->open(); !opened) return opened.error();
    return std::unique_ptr<PacketOwners>(std::move(out));
}

}  // namespace probevue
