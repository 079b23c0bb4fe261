#include "runtime/values/range.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace probevue {

namespace {

constexpr size_t power_slots = 63;  // [1, 2) to [2^62, 2^63)

// Unsigned: from the least number to the greatest there are more than an int64_t can say.
uint64_t width(int64_t low, int64_t high) { return static_cast<uint64_t>(high) - static_cast<uint64_t>(low); }

}  // namespace

size_t RangeDefinition::slots() const {
    switch (kind) {
        case Kind::none:
            return 0;
        case Kind::linear:
            return static_cast<size_t>((width(min, max) - 1) / step + 1);
        case Kind::power:
            return power_slots;
        case Kind::strings:
            return strings.size();
    }
    return 0;
}

size_t RangeDefinition::slot_of(int64_t value) const {
    if (kind == Kind::linear && value >= min && value < max) return static_cast<size_t>(width(min, value) / step);
    if (kind == Kind::power && value > 0) return static_cast<size_t>(std::bit_width(static_cast<uint64_t>(value)) - 1);
    return others;
}

size_t RangeDefinition::slot_of(std::string_view text) const {
    for (size_t i = 0; i < strings.size(); ++i) {
        if (std::find(strings[i].begin(), strings[i].end(), text) != strings[i].end()) return i;
    }
    return others;
}

std::string RangeDefinition::label(size_t slot) const {
    switch (kind) {
        case Kind::none:
            return {};
        case Kind::linear: {
            const auto low = static_cast<int64_t>(static_cast<uint64_t>(min) + slot * step);
            const auto high = width(low, max) <= step ? max : static_cast<int64_t>(static_cast<uint64_t>(low) + step);
            return fmt::format("{} - {}", low, high);
        }
        case Kind::power:
            return fmt::format("{} - {}", uint64_t{1} << slot, uint64_t{2} << slot);
        case Kind::strings:
            return fmt::format("{}", fmt::join(strings[slot], ","));
    }
    return {};
}

std::optional<int64_t> RangeDefinition::greatest(size_t slot) const {
    if (kind == Kind::power) return static_cast<int64_t>((uint64_t{2} << slot) - 1);
    if (kind != Kind::linear) return std::nullopt;
    const auto low = static_cast<int64_t>(static_cast<uint64_t>(min) + slot * step);
    return (width(low, max) <= step ? max : static_cast<int64_t>(static_cast<uint64_t>(low) + step)) - 1;
}

RangeTable::RangeTable(size_t ranges) {
    for (size_t i = 0; i < ranges; ++i) ranges_.push_back(std::make_shared<RangeDefinition>());
}

bool RangeTable::set_linear(size_t range, int64_t min, int64_t max, int64_t step) {
    if (range >= ranges_.size()) return false;
    RangeDefinition made;
    made.min = min;
    made.max = max;
    // (width - 1) / step is one less than the number of slots.
    const bool sound = step > 0 && min < max && (width(min, max) - 1) / static_cast<uint64_t>(step) < max_linear_slots;
    if (sound) {
        made.kind = RangeDefinition::Kind::linear;
        made.step = static_cast<uint64_t>(step);
    }
    // A new one: elements that were counted in the old slots keep them.
    ranges_[range] = std::make_shared<RangeDefinition>(std::move(made));
    return sound;
}

void RangeTable::set_power(size_t range) {
    if (range >= ranges_.size()) return;
    ranges_[range] = std::make_shared<RangeDefinition>();
    ranges_[range]->kind = RangeDefinition::Kind::power;
}

void RangeTable::clear(size_t range) {
    if (range < ranges_.size()) ranges_[range] = std::make_shared<RangeDefinition>();
}

void RangeTable::add_strings(size_t range, std::vector<std::string> strings) {
    if (range >= ranges_.size()) return;
    if (ranges_[range]->kind != RangeDefinition::Kind::strings) {
        ranges_[range] = std::make_shared<RangeDefinition>();
        ranges_[range]->kind = RangeDefinition::Kind::strings;
    }
    ranges_[range]->strings.push_back(std::move(strings));
}

template <typename Value>
uint64_t RangeTable::count_one(uint64_t handle, size_t range, Value value) {
    if (range >= ranges_.size()) return handle;
    if (counts_.find(handle) == nullptr) handle = counts_.make({ranges_[range], {}, 0});
    Counts& into = *counts_.find(handle);
    const size_t slot = into.definition->slot_of(value);
    if (slot == RangeDefinition::others) {
        ++into.others;
    } else {
        // Only as far as it was hit: a range may have 65,536 slots, and an array many elements.
        if (slot >= into.slots.size()) into.slots.resize(slot + 1);
        ++into.slots[slot];
    }
    return handle;
}

uint64_t RangeTable::count(uint64_t handle, size_t range, int64_t value) { return count_one(handle, range, value); }

uint64_t RangeTable::count(uint64_t handle, size_t range, std::string_view text) {
    return count_one(handle, range, text);
}

uint64_t RangeTable::merge(uint64_t handle, const RangeTable& from, uint64_t from_handle) {
    const Counts* more = from.counts_.find(from_handle);
    if (more == nullptr) return handle;
    if (counts_.find(handle) == nullptr) handle = counts_.make({more->definition, {}, 0});
    Counts& into = *counts_.find(handle);
    if (into.slots.size() < more->slots.size()) into.slots.resize(more->slots.size());
    for (size_t slot = 0; slot < more->slots.size(); ++slot) into.slots[slot] += more->slots[slot];
    into.others += more->others;
    return handle;
}

std::optional<RangeTable::View> RangeTable::view(uint64_t handle) const {
    const Counts* found = counts_.find(handle);
    if (found == nullptr) return std::nullopt;
    const auto of = std::find(ranges_.begin(), ranges_.end(), found->definition);
    if (of == ranges_.end()) return std::nullopt;
    return View{static_cast<size_t>(of - ranges_.begin()), found->slots, found->others};
}

std::optional<uint64_t> RangeTable::add(uint64_t handle, const View& counts) {
    if (counts.range >= ranges_.size()) return std::nullopt;
    const RangeDefinition& definition = *ranges_[counts.range];
    if (counts.slots.size() > definition.slots()) return std::nullopt;
    if (counts_.find(handle) == nullptr) handle = counts_.make({ranges_[counts.range], {}, 0});
    Counts& into = *counts_.find(handle);
    // The element was begun with other slots: the counts would go to the wrong ones.
    if (*into.definition != definition) return std::nullopt;
    if (into.slots.size() < counts.slots.size()) into.slots.resize(counts.slots.size());
    for (size_t slot = 0; slot < counts.slots.size(); ++slot) into.slots[slot] += counts.slots[slot];
    into.others += counts.others;
    return handle;
}

std::vector<RangeSlot> RangeTable::slots(uint64_t handle) const {
    const Counts* found = counts_.find(handle);
    if (found == nullptr) return {};
    const RangeDefinition& definition = *found->definition;
    const auto hits = [&](size_t slot) { return slot < found->slots.size() ? found->slots[slot] : 0; };

    size_t first = 0;
    size_t end = definition.slots();
    if (definition.kind == RangeDefinition::Kind::power) {
        end = found->slots.size();  // grown by hits only: the last one is not empty
        while (first < end && hits(first) == 0) ++first;
    }
    std::vector<RangeSlot> out;
    for (size_t slot = first; slot < end; ++slot)
        out.push_back({definition.label(slot), hits(slot), definition.greatest(slot)});
    out.push_back({"Others", found->others});
    return out;
}

void RangeTable::take_counts(RangeTable& from) { counts_ = std::exchange(from.counts_, {}); }

}  // namespace probevue
