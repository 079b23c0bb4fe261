// Which shard of a replay packets and events are of: a symmetric hash of what the header variables show, so that both
// directions of a connection are in one shard. docs/command.md describes it, so that others can compute it: it is the
// same on each machine, and stays so. It has no seed; who wants to can make flows that are all in one shard, which
// costs balance and no result.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "builtins/base/address.h"
#include "builtins/packet.h"
#include "compiler/program/abi.h"
#include "compiler/program/shard_key.h"
#include "runtime/sources/event_source.h"

namespace probevue {

inline constexpr uint32_t most_shards = 65'536;

// One of several parts of a stream.
struct Shard {
    uint32_t number = 1;  // from 1 to `count`
    uint32_t count = 1;   // 1: it is the whole stream

    bool operator==(const Shard&) const = default;
};

// Of a file of --split: what it is a part of.
struct ShardMark {
    Shard shard;
    std::string stream;     // a UUID, the same in all files of one split; empty: by a version that told none
    uint64_t begin_ns = 0;  // of the stream's first packet, CLOCK_REALTIME; 0: it has no time, or there is none

    bool operator==(const ShardMark&) const = default;
};

// What the section header says to people, and to us: "shard 3 of 64 by five-tuple, of stream UUID since
// 1700000000.123456789" (seconds since the epoch).
std::string shard_comment(const ShardMark& mark);
std::optional<ShardMark> read_shard_comment(std::string_view comment);

// One end of a connection, or of a packet; the port in host byte order.
struct ShardEnd {
    IpAddress address;
    uint16_t port = 0;
};

// The hash of two ends, which may be exchanged. An IPv4 address and the same one mapped into IPv6 are one.
uint64_t shard_hash(const ShardEnd& one, const ShardEnd& other);

// From 1 to `count`, from 1 to most_shards.
inline uint32_t shard_number(uint64_t hash, uint32_t count) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<uint32_t>((static_cast<Wide>(hash) * count) >> 64) + 1;
}

// The hash of packets and events by a key.
class ShardHash {
public:
    explicit ShardHash(ShardKey key);

    // Of the packet whose layers have been found: by the values that the variables of the key have. Those of absent
    // headers are zero, as the ports of a later fragment are.
    uint64_t of(const EngineContext& context) const;
    // Of an event with a shape, by the ends of its socket (local_addr and so on); what its shape does not have is zero.
    // None: it has no address, or the key asks for headers: what it is about may be a packet.
    std::optional<uint64_t> of(const Event& event) const;

private:
    ShardKey key_;
    std::optional<PacketEnds> addresses_;
    std::optional<PacketEnds> ports_;
};

class ShardFilter {
public:
    ShardFilter(ShardKey key, Shard shard) : hash_(key), shard_(shard) {}

    // A packet whose layers have been found.
    bool takes(const EngineContext& context) const { return is(shard_number(hash_.of(context), shard_.count)); }
    // An event that has a shape: by its socket; none: that does not say it.
    std::optional<bool> takes(const Event& event) const {
        const std::optional<uint64_t> hash = hash_.of(event);
        if (!hash) return std::nullopt;
        return is(shard_number(*hash, shard_.count));
    }
    // That which counts what is not of one shard alone.
    bool is_first() const { return is(1); }

private:
    bool is(uint32_t number) const { return number == shard_.number; }

    ShardHash hash_;
    Shard shard_;
};

}  // namespace probevue
