// Behind simplification, before a clause's instructions are written. Calls leave r6 to r9 alone (kernel:
// Documentation/bpf/standardization/abi.rst): what lives across one goes there or into the frame.
#include "compiler/lower/allocate.h"

#include <algorithm>
#include <array>

namespace probevue {
namespace {

using ir::Inst;
using ir::Op;
using ir::Operand;

// Kept by calls, and lost by them.
constexpr std::array<uint8_t, 3> kept_registers = {7, 8, 9};
constexpr std::array<uint8_t, 4> lost_registers = {2, 3, 4, 5};

struct Interval {
    ir::Reg reg = ir::no_reg;
    uint32_t begin = 0;
    uint32_t end = 0;
    bool crosses_call = false;
    bool used = false;
};

std::vector<Interval> live_intervals(const ir::Function& function) {
    std::vector<Interval> intervals(function.registers);
    const auto touch = [&](ir::Reg reg, uint32_t at) {
        Interval& interval = intervals[reg];
        if (!interval.used) interval = {reg, at, at, false, true};
        interval.end = at;
    };
    std::vector<uint32_t> calls;
    for (uint32_t i = 0; i < function.code.size(); ++i) {
        const Inst& inst = function.code[i];
        const auto use = [&](const Operand& operand) {
            if (operand.is_reg()) touch(operand.reg, i);
        };
        use(inst.a);
        use(inst.b);
        for (const Operand& argument : inst.args) use(argument);
        if (inst.dst != ir::no_reg) touch(inst.dst, i);
        if (inst.op == Op::call || inst.op == Op::cast) calls.push_back(i);
    }
    for (Interval& interval : intervals) {
        if (!interval.used) continue;
        const auto call = std::upper_bound(calls.begin(), calls.end(), interval.begin);
        interval.crosses_call = call != calls.end() && *call < interval.end;
    }
    return intervals;
}

// Addresses that cost no more to make again than to keep.
void place_addresses(const ir::Function& function, std::vector<RegisterLocation>& locations) {
    std::vector<uint32_t> definitions(function.registers, 0);
    for (const Inst& inst : function.code) {
        if (inst.dst != ir::no_reg) ++definitions[inst.dst];
    }
    for (const Inst& inst : function.code) {
        if (inst.dst == ir::no_reg || definitions[inst.dst] != 1) continue;
        if (inst.op == Op::frame) locations[inst.dst] = {RegisterLocation::Kind::frame, inst.index, inst.offset};
        if (inst.op == Op::map) locations[inst.dst] = {RegisterLocation::Kind::map, inst.index, 0};
    }
}

class Scan {
public:
    explicit Scan(std::vector<RegisterLocation>& locations) : locations_(locations) {}

    void add(const Interval& interval) {
        expire(interval.begin);
        if (!interval.crosses_call && take(lost_registers, interval)) return;
        if (take(kept_registers, interval)) return;
        // The interval that lives longest goes to memory, be it this one or one that has a register it could use.
        Interval* longest = nullptr;
        for (Interval& other : active_) {
            const uint8_t reg = static_cast<uint8_t>(locations_[other.reg].index);
            const bool usable = !interval.crosses_call || reg >= kept_registers.front();
            if (usable && other.end > interval.end && (longest == nullptr || other.end > longest->end))
                longest = &other;
        }
        if (longest == nullptr) {
            locations_[interval.reg] = {RegisterLocation::Kind::spilled, word_for(interval), 0};
            return;
        }
        locations_[interval.reg] = locations_[longest->reg];
        locations_[longest->reg] = {RegisterLocation::Kind::spilled, word_for(*longest), 0};
        *longest = interval;
    }

    uint32_t spill_words() const { return static_cast<uint32_t>(word_ends_.size()); }

private:
    // A word of memory that no other value needs while this one lives.
    uint32_t word_for(const Interval& interval) {
        const auto free =
            std::find_if(word_ends_.begin(), word_ends_.end(), [&](uint32_t end) { return end < interval.begin; });
        const auto word = static_cast<uint32_t>(free - word_ends_.begin());
        if (free == word_ends_.end()) word_ends_.push_back(0);
        word_ends_[word] = interval.end;
        return word;
    }

    void expire(uint32_t now) {
        std::erase_if(active_, [&](const Interval& interval) {
            // An operand that ends where another value begins may share its register: instructions read before they
            // write.
            if (interval.end > now) return false;
            busy_[locations_[interval.reg].index] = false;
            return true;
        });
    }

    template <size_t n>
    bool take(const std::array<uint8_t, n>& candidates, const Interval& interval) {
        for (uint8_t reg : candidates) {
            if (busy_[reg]) continue;
            busy_[reg] = true;
            locations_[interval.reg] = {RegisterLocation::Kind::reg, reg, 0};
            active_.push_back(interval);
            return true;
        }
        return false;
    }

    std::vector<RegisterLocation>& locations_;
    std::vector<Interval> active_;
    std::array<bool, 11> busy_{};
    std::vector<uint32_t> word_ends_;  // by word of memory: where the last value in it ends
};

}  // namespace

Allocation allocate(const ir::Function& function) {
    Allocation out;
    out.locations.resize(function.registers);
    place_addresses(function, out.locations);
    std::vector<Interval> intervals = live_intervals(function);
    std::erase_if(intervals, [&](const Interval& interval) {
        return !interval.used || out.locations[interval.reg].kind != RegisterLocation::Kind::unused;
    });
    std::stable_sort(intervals.begin(), intervals.end(),
                     [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
    Scan scan(out.locations);
    for (const Interval& interval : intervals) scan.add(interval);
    out.spill_words = scan.spill_words();
    return out;
}

}  // namespace probevue
