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

// Processes on several machines split one stream: each has to come to the same numbers, so that there is no seed, and
// the machine's byte order does not count.
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

namespace {

constexpr uint64_t second_ns = 1'000'000'000;

// The words of a comment, one after the other.
class Words {
public:
    explicit Words(std::string_view text) : text_(text) {}

    bool word(std::string_view expected) {
        if (!text_.starts_with(expected)) return false;
        text_.remove_prefix(expected.size());
        return true;
    }
    template <typename Number>
    bool number(Number& out) {
        const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), out);
        text_.remove_prefix(static_cast<size_t>(end - text_.data()));
        return error == std::errc{};
    }
    std::string_view until(char end) {
        const std::string_view out = text_.substr(0, text_.find(end));
        text_.remove_prefix(out.size());
        return out;
    }
    size_t left() const { return text_.size(); }

private:
    std::string_view text_;
};

}  // namespace

std::string shard_comment(const ShardMark& mark) {
    return fmt::format("shard {} of {} by five-tuple, of stream {} since {}.{:09}", mark.shard.number, mark.shard.count,
                       mark.stream, mark.begin_ns / second_ns, mark.begin_ns % second_ns);
}

std::optional<ShardMark> read_shard_comment(std::string_view comment) {
    Words words(comment);
    ShardMark mark;
    Shard& shard = mark.shard;
    const bool read = words.word("shard ") && words.number(shard.number) && words.word(" of ") &&
                      words.number(shard.count) && words.word(" by five-tuple");
    if (!read || shard.number == 0 || shard.number > shard.count || shard.count > most_shards) return std::nullopt;
    if (words.left() == 0) return mark;
    if (!words.word(", of stream ")) return std::nullopt;
    mark.stream = words.until(' ');
    uint64_t seconds = 0;
    if (mark.stream.empty() || !words.word(" since ") || !words.number(seconds) || !words.word("."))
        return std::nullopt;
    constexpr size_t digits = 9;
    if (words.left() != digits || !words.number(mark.begin_ns) || words.left() != 0) return std::nullopt;
    if (seconds > UINT64_MAX / second_ns - 1) return std::nullopt;
    mark.begin_ns += seconds * second_ns;
    return mark;
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
