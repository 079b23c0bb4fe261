// Runs clauses for events. The inner loop of a session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/session/routes.h"
#include "runtime/session/statistics.h"
#include "runtime/sources/event_source.h"
#include "runtime/sources/layers.h"
#include "runtime/sources/packet_owners.h"
#include "runtime/sources/shard.h"
#include "runtime/sources/tap.h"

namespace probevue {

class Dispatcher {
public:
    // `own_frame`: the event frame of this process, for events without one of their own that are no packets; zeros in a
    // replay.
    Dispatcher(const Program& program, const std::vector<BoundProbe>& probes, Engine& engine, Statistics& statistics,
               std::vector<std::byte> own_frame);

    // An event of a tuple that is no packet: BEGIN, END, an interval.
    void fire(uint32_t tuple, uint64_t time_ns);
    // An event of a source that is no packet; true when the predicate held.
    bool event(const Event& event);
    // A packet, for each of the tuples that it is for.
    void packet(const PacketView& packet, const Routes& routes) {
        statistics_.packets++;
        if (routes.routes.empty()) return;
        select(packet, routes);
    }

    // Shown what tuples select; `only_matched`: packets for which a predicate held, after their clauses have run, and
    // no events, which are the caller's affair then.
    void set_tap(SessionTap* tap, bool only_matched) {
        tap_ = tap;
        only_matched_ = only_matched;
    }
    // Only this shard's packets and events are given from now on: takes() is asked before each. What belongs to none
    // (BEGIN, END, intervals) runs in all, and is counted in the first.
    // `counts_others`: what belongs to another shard is counted.
    void set_shard(ShardKey key, Shard shard, bool counts_others = true) {
        shard_.emplace(key, shard);
        counts_others_ = counts_others;
        counts_own_ = shard_->is_first();
    }
    bool has_shard() const { return shard_.has_value(); }
    // What belongs to no shard runs here, and is counted in another.
    void leave_own_to_others() { counts_own_ = false; }
    // Is it of the shard? What is not is counted as another's. A packet that is must be the next that packet() is
    // given.
    bool takes(const PacketView& packet, LinkKind link);
    bool takes(const Event& event);
    // Who knows whose packets are that do not say it themselves; null: nobody. Outlives the last packet.
    void set_owners(PacketOwners* owners) { owners_ = owners; }
    // The frame of the process that a recording was made by, in place of the one of this process.
    void set_own_frame(const std::byte* frame);
    const std::byte* own_frame() const { return own_frame_.data(); }
    // Adds the figures of a clause that runs in the kernel.
    void add(const KernelCount& count, Statistics& statistics) const;
    // What a clause did that has run in the kernel.
    void outcome(const Event& event);
    // Events and packets for which a clause ran in the engine, and its predicate held; BEGIN, END and intervals are
    // none.
    uint64_t answered() const { return answered_; }
    // Grows with each clause run whose predicate held, wherever it was.
    uint64_t matched() const { return statistics_.matched + outcomes_; }

private:
    struct Tuple {
        size_t clause = 0;
        uint64_t site = 0;  // of its text, for get_probe()
        std::string_view text;
        bool reads_packet = false;
    };

    void fire_uncounted(const Event& event);
    uint64_t captured_stack(const Event& event);
    void show_packet(const Event& event);
    const std::byte* without_first_arguments(const Event& event);
    void select(const PacketView& packet, const Routes& routes);
    void find_owner(PacketView& packet, const PacketInterface& interface);
    bool run(const Tuple& tuple, RecordOrigin& origin);
    bool run_for_groups(const Tuple& tuple, RecordOrigin& origin, bool& cut_off);

    Engine& engine_;
    Statistics& statistics_;
    std::vector<Tuple> tuples_;
    EngineContext context_;
    LayerParser parser_;
    SessionTap* tap_ = nullptr;
    std::optional<ShardFilter> shard_;
    bool counts_others_ = true;
    bool counts_own_ = true;
    ParsedPacket parsed_;    // of a shard: the packet at hand
    uint64_t outcomes_ = 0;  // clause runs that the figures of the engine do not have
    uint64_t answered_ = 0;
    bool was_answered_ = false;  // the event at hand, for an earlier tuple
    bool only_matched_ = false;
    std::vector<std::byte> own_frame_;
    std::vector<std::byte> zero_frame_;
    std::vector<std::byte> packet_frame_;  // zeros but for whose the packet is
    PacketOwners* owners_ = nullptr;
    PacketView owned_;           // the packet at hand, with its owner
    PacketOwner owner_;          // that the packet at hand refers to
    bool asks_owners_ = false;   // a clause of packets reads whose they are
    bool asks_reading_ = false;  // or what who reads them tells of them
    std::vector<std::byte> shifted_frame_;
};

// Parts of the event frame of a packet, which has event_frame_size() bytes: whose it is (null: nobody's that is known),
// and what who reads it tells: its number, where it came by, and whither it goes.
void write_owner(std::span<std::byte> frame, const PacketOwner* owner);
void write_reading(std::span<std::byte> frame, const PacketView& packet, const PacketInterface& interface);

// The event frame that describes this process.
std::vector<std::byte> own_event_frame();

}  // namespace probevue
