#include "runtime/sources/shard.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

namespace probevue {
namespace {

// The finalizer of SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014).
constexpr uint64_t mix(uint64_t x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

constexpr uint64_t golden = 0x9e3779b97f4a7c15;  // its increment

uint64_t big_endian(const uint8_t* at, size_t width) {
    uint64_t value = 0;
    for (size_t i = 0; i < width; ++i) value = value << 8 | at[i];
    return value;
}

// The two halves of the 16 bytes of an address; of IPv4 those of ::ffff:a.b.c.d (RFC 4291, 2.5.5.2).
struct Halves {
    uint64_t high = 0;
    uint64_t low = 0;
};

Halves mapped(uint64_t address) { return {0, uint64_t{0xffff} << 32 | address}; }

uint64_t hash_of(const Halves& address, uint16_t port) {
    return mix(mix(mix(address.high + golden) + address.low) + port);
}

// The ends may be exchanged: a sum does not tell them apart.
uint64_t hash_of(uint64_t one, uint64_t other) { return mix(one + other); }

Halves halves_of(const IpAddress& address) {
    if (address.version() != IpAddress::v6) return mapped(big_endian(address.bytes.data(), 4));
    return {big_endian(address.bytes.data(), 8), big_endian(address.bytes.data() + 8, 8)};
}

const uint8_t* bytes_of(const PacketField& field, const EngineContext& context) {
    return reinterpret_cast<const uint8_t*>(context.layers[static_cast<size_t>(field.layer)]) + field.offset;
}

const PacketField& field_in(const EitherVersion& place, const EngineContext& context) {
    return place.of(context.slots[static_cast<size_t>(PacketSlot::ip_version)]);
}

Halves address_at(const EitherVersion& place, const EngineContext& context) {
    const PacketField& field = field_in(place, context);
    const uint8_t* const at = bytes_of(field, context);
    if (field.width == 4) return mapped(big_endian(at, 4));
    return {big_endian(at, 8), big_endian(at + 8, 8)};
}

uint16_t port_at(const EitherVersion& place, const EngineContext& context) {
    return static_cast<uint16_t>(big_endian(bytes_of(field_in(place, context), context), 2));
}

template <typename T>
T field_of(const Event& event, EventField field) {
    T value{};
    std::memcpy(&value, event.fields + event_field(field).offset, sizeof value);
    return value;
}

bool has(const EventShape& shape, EventField field) {
    return std::any_of(shape.fields.begin(), shape.fields.end(),
                       [&](const EventShape::Field& one) { return one.field == field && !one.absent; });
}

}  // namespace

std::string shard_comment(Shard shard) {
    return fmt::format("shard {} of {} by five-tuple", shard.number, shard.count);
}

std::optional<Shard> read_shard_comment(std::string_view comment) {
    Shard shard;
    const auto number = [&](std::string_view before, uint32_t& out) {
        if (!comment.starts_with(before)) return false;
        comment.remove_prefix(before.size());
        const auto [end, error] = std::from_chars(comment.data(), comment.data() + comment.size(), out);
        comment.remove_prefix(static_cast<size_t>(end - comment.data()));
        return error == std::errc{};
    };
    const bool read = number("shard ", shard.number) && number(" of ", shard.count) && comment == " by five-tuple";
    if (!read || shard.number == 0 || shard.number > shard.count || shard.count > most_shards) return std::nullopt;
    return shard;
}

uint64_t shard_hash(const ShardEnd& one, const ShardEnd& other) {
    return hash_of(hash_of(halves_of(one.address), one.port), hash_of(halves_of(other.address), other.port));
}

ShardHash::ShardHash(ShardKey key) : key_(key), addresses_(ends_of(key.addresses)), ports_(ends_of(key.ports)) {}

uint64_t ShardHash::of(const EngineContext& context) const {
    Halves addresses[2] = {mapped(0), mapped(0)};
    uint16_t ports[2] = {};
    if (addresses_) {
        addresses[0] = address_at(addresses_->from, context);
        addresses[1] = address_at(addresses_->to, context);
    }
    if (ports_) {
        ports[0] = port_at(ports_->from, context);
        ports[1] = port_at(ports_->to, context);
    }
    return hash_of(hash_of(addresses[0], ports[0]), hash_of(addresses[1], ports[1]));
}

std::optional<uint64_t> ShardHash::of(const Event& event) const {
    ShardEnd local;
    ShardEnd remote;
    const bool of_headers = key_.ports == PortSource::tcp || key_.ports == PortSource::udp;
    if (of_headers) return std::nullopt;
    if (key_.addresses != AddressSource::none) {
        if (key_.addresses != AddressSource::ip) return std::nullopt;
        if (!has(*event.shape, EventField::local_addr) && !has(*event.shape, EventField::remote_addr))
            return std::nullopt;
        local.address = field_of<IpAddress>(event, EventField::local_addr);
        remote.address = field_of<IpAddress>(event, EventField::remote_addr);
    }
    if (key_.ports != PortSource::none) {
        local.port = static_cast<uint16_t>(field_of<uint64_t>(event, EventField::local_port));
        remote.port = static_cast<uint16_t>(field_of<uint64_t>(event, EventField::remote_port));
    }
    return shard_hash(local, remote);
}

}  // namespace probevue
