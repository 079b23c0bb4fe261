// Ranges (spec 2.5): slots that values are counted in. A range variable says what the slots are; an array element of
// range type holds a handle to its own counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/values/handle_table.h"

namespace probevue {

// A slot ready for printing.
struct RangeSlot {
    std::string label;  // "0 - 10", "read,write,open", "Others"
    uint64_t count = 0;
    std::optional<int64_t> to = {};  // of slots of numbers: the greatest one in it
};

// What the slots of a range are.
struct RangeDefinition {
    enum class Kind : uint8_t { none, linear, power, strings };

    Kind kind = Kind::none;
    int64_t min = 0;  // linear
    int64_t max = 0;
    uint64_t step = 1;
    std::vector<std::vector<std::string>> strings;

    static constexpr size_t others = SIZE_MAX;

    bool operator==(const RangeDefinition&) const = default;

    size_t slots() const;
    size_t slot_of(int64_t value) const;  // `others` when it is in none
    size_t slot_of(std::string_view text) const;
    std::string label(size_t slot) const;
    std::optional<int64_t> greatest(size_t slot) const;  // none: the slots are not of numbers
};

// The range variables of a program and the counts of all elements.
class RangeTable {
public:
    static constexpr uint64_t max_linear_slots = 65'536;

    explicit RangeTable(size_t ranges);

    // [min, min + step), ... up to max. False when there would be no slot, or too many: then every value counts under
    // Others.
    bool set_linear(size_t range, int64_t min, int64_t max, int64_t step);
    void set_power(size_t range);
    // No slots: every value counts under Others.
    void clear(size_t range);
    // One more slot; the first one makes the range a string range.
    void add_strings(size_t range, std::vector<std::string> strings);

    // Counts a value under `handle`, 0 making a new one. Returns the handle. An element keeps the slots that its range
    // had when it was counted first.
    uint64_t count(uint64_t handle, size_t range, int64_t value);
    uint64_t count(uint64_t handle, size_t range, std::string_view text);
    // Adds the counts of another table's handle, which has the same slots. Returns the handle.
    uint64_t merge(uint64_t handle, const RangeTable& from, uint64_t from_handle);
    // What lies behind a handle, to be written down; valid until the next count. None: nothing.
    struct View {
        size_t range = 0;  // whose slots they are
        std::span<const uint64_t> slots;
        uint64_t others = 0;
    };
    std::optional<View> view(uint64_t handle) const;
    // Adds what was written down. Returns the handle; none when the range has not so many slots.
    std::optional<uint64_t> add(uint64_t handle, const View& counts);
    void release(uint64_t handle) { counts_.release(handle); }

    // What the slots of a range are, for another table; the counts of all elements go over as a whole, so that handles
    // stay valid.
    std::shared_ptr<RangeDefinition> definition(size_t range) const { return ranges_[range]; }
    void set_definition(size_t range, std::shared_ptr<RangeDefinition> made) { ranges_[range] = std::move(made); }
    void take_counts(RangeTable& from);

    // All slots of a linear or string range, those of a power range from the first to the last that is not empty, then
    // Others. Nothing for a handle that does not exist.
    std::vector<RangeSlot> slots(uint64_t handle) const;

private:
    template <typename Value>
    uint64_t count_one(uint64_t handle, size_t range, Value value);

    struct Counts {
        std::shared_ptr<const RangeDefinition> definition;
        std::vector<uint64_t> slots;  // as many as were hit, from the first
        uint64_t others = 0;
    };

    std::vector<std::shared_ptr<RangeDefinition>> ranges_;
    HandleTable<Counts> counts_;
};

}  // namespace probevue
