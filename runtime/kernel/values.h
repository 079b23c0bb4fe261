// What clauses in the kernel keep of the script's variables. Tallies (what they only add to) are fetched and forgotten
// there whenever the engine looks; everything else is copied. Private to runtime/kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "builtins/base/result.h"
#include "compiler/program/program.h"
#include "runtime/sources/handle.h"
#include "runtime/values/outside.h"

namespace probevue {

// What a clause in the kernel has counted of itself.
struct KernelProgramCount {
    uint32_t program = 0;  // index into Program::kernel_programs
    uint32_t tuple = 0;    // index into KernelProgram::tuples
    uint64_t events = 0;
    uint64_t matched = 0;
};

// One of the maps that a tally is kept in, or a small one like them; no handle: errno says why.
Handle make_tally(const KernelMap& map, bool pattern);

class KernelValues final : public OutsideValues {
public:
    // `maps` are those of Program::kernel_maps, and outlive this object.
    KernelValues(const Program& program, std::span<const Handle> maps);
    KernelValues(const KernelValues&) = delete;
    KernelValues& operator=(const KernelValues&) = delete;
    ~KernelValues() override;

    // As soon as the maps of tallies are there: begins to make those that they hold, which takes its time.
    void prepare();
    // When all maps are there.
    Status open();
    // Waits until what was begun is done: from then on programs can run.
    Status complete();
    bool in_use() const { return shared_ != nullptr; }

    void hand_over(Machine& machine) override;
    void look(std::span<const uint32_t> maps) override;
    void take_back() override;

    // Fetches tallies that are about to be full.
    void relieve();
    void set_realtime_offset(int64_t offset_ns);
    std::vector<KernelProgramCount> counts() const;

private:
    // The two maps of a tally take turns: programs add to one of them. The second one is made when it is wanted: tables
    // take half a megabyte and half a millisecond each.
    struct Tally {
        uint32_t map = 0;  // index into Program::kernel_maps: the map that holds the one in turn
        Handle turns[2];
        int in_turn = 0;
        uint64_t inserted = 0;  // by its program, when we last looked
    };
    struct Exchange;
    struct Exchanges;
    using Block = std::vector<std::byte>;

    const KernelMap& description(const Tally& tally) const { return program_.kernel_maps[tally.map]; }
    Block block(uint32_t program) const;  // of all processors, one after the other
    uint64_t sum(const Block& block, uint32_t offset) const;
    uint64_t inserted(const Tally& tally) const;  // by its program, up to now
    // A map that is empty in the beginning is still empty when nothing was inserted.
    bool has_news(const Tally& tally) const { return inserted(tally) != tally.inserted; }
    void fetch(const std::function<bool(const Tally&)>& wanted);
    void fetch_alone(const Tally& tally);
    void fetch_last();
    void merge(const KernelMap& map, const std::byte* key, const std::byte* values);
    void merge_bin(std::byte* element, const KernelMap& map, const std::byte* values);
    void drain(int map, const KernelMap& description);
    bool drain_many(int map, const KernelMap& description);
    void drain_singly(int map, const KernelMap& description);
    void look_at_globals();
    void look_at_lists(const Block& block, const KernelWork& work);
    void copy_array(const KernelMap& map, int from);
    void account();

    const Program& program_;
    std::span<const Handle> maps_;
    Machine* machine_ = nullptr;
    KernelShared* shared_ = nullptr;  // memory that the kernel's programs see too; global variables follow
    size_t shared_size_ = 0;
    int work_ = -1;
    uint32_t work_size_ = 0;
    size_t processors_ = 1;
    std::vector<Tally> tallies_;
    std::unique_ptr<Exchanges> preparing_;
    std::map<uint32_t, ListValue> lists_;  // global lists as they were handed over, by variable
    // Of tallies of global integers and of counters: what we have seen, by program and offset.
    std::map<std::pair<uint32_t, uint32_t>, uint64_t> seen_;
};

}  // namespace probevue
