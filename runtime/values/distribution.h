// A distribution of whole numbers (`dist_t`): a histogram whose bins have a width in proportion to their values, so
// that a quantile is right to 1 part in 128 whatever the values are.
//
// The bins are those of an HDR histogram (G. Tene, hdrhistogram.org) with 64 bins for each power of two: numbers below
// 128 have a bin each, those of [2^e, 2^(e+1)) share 64 bins of 2^(e-6) numbers; negative numbers have the same bins
// mirrored. All is integer arithmetic on bounds that never move: two distributions are merged by adding their counts,
// exactly and in any order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/values/room.h"

namespace probevue {

class Distribution {
public:
    static constexpr unsigned bins_bits = 6;
    static constexpr unsigned page_bins = 1U << bins_bits;
    // A part of the whole is given in parts of a billion, which is exact where a double is not (0.07 * 100 > 7).
    static constexpr uint64_t whole = 1'000'000'000;

    struct Bin {
        int64_t from = 0;  // the least number in it
        int64_t to = 0;    // the greatest one, itself in the bin
        uint64_t count = 0;
    };

    // Counts a value. False when `room` has no page left for its bin: nothing has changed then.
    bool add(int64_t value, Room& room);
    // Values of one bin that were counted elsewhere.
    struct Several {
        uint64_t count = 0;
        int64_t sum = 0;  // modulo 2^64
        int64_t min = 0;
        int64_t max = 0;
    };
    // Counts them. False, and nothing has changed: `room` has no page left for the bin, or they are not of one bin.
    bool add(const Several& values, Room& room);
    // Adds all that the other one has counted. False when `room` has not enough pages: nothing has changed then.
    bool merge(const Distribution& other, Room& room);
    // What the distribution has taken of a Room, in bytes.
    size_t taken() const { return pages_.size() * sizeof(Page); }

    uint64_t count() const { return count_; }
    int64_t sum() const { return sum_; }  // modulo 2^64, as that of a list
    int64_t average() const { return count_ == 0 ? 0 : sum_ / static_cast<int64_t>(count_); }  // truncated
    int64_t min() const { return min_; }  // exact; 0 when there is no value
    int64_t max() const { return max_; }

    // The value of nearest rank: at least `part` parts of a billion of all values are no greater. The middle of its
    // bin, but never outside of min and max, which 0 and `whole` give exactly. 0 when there is no value.
    int64_t quantile(uint64_t part) const;

    // Those that are not empty, ascending.
    std::vector<Bin> bins() const;

    // Adds what another one had counted, as it told it: its bins, each by the least number in it (`to` means nothing),
    // and what it knew of all values. False when they are no bins of a distribution, or `room` has not enough left:
    // nothing has changed then.
    bool add(std::span<const Bin> bins, int64_t sum, int64_t min, int64_t max, Room& room);

private:
    // Pages of bins: 0 holds the numbers below 64, page p those of [2^(p+5), 2^(p+6)). A magnitude of 2^63 is possible
    // below 0 only.
    static constexpr size_t pages_up = 58;
    static constexpr size_t pages_down = 59;
    static constexpr size_t all_pages = pages_down + pages_up;
    using Page = std::array<uint64_t, page_bins>;

    struct Place {
        size_t page = 0;  // ascending with the value; those of negative numbers lie first
        size_t bin = 0;
        bool operator==(const Place&) const = default;
    };
    static Place place_of(int64_t value);
    static Bin bounds(size_t page, size_t bin);

    Page* page(size_t number) { return slots_[number] == 0 ? nullptr : pages_[slots_[number] - 1].get(); }
    const Page* page(size_t number) const { return slots_[number] == 0 ? nullptr : pages_[slots_[number] - 1].get(); }
    Page& made_page(size_t number);
    bool has_page(const Place& at, Room& room);
    void add_totals(const Several& values);
    template <typename Function>
    void for_each_bin(Function&& f) const;  // f(Bin) gives false to stop

    uint64_t count_ = 0;
    int64_t sum_ = 0;
    int64_t min_ = 0;
    int64_t max_ = 0;
    std::array<uint8_t, all_pages> slots_{};  // 1 + index in pages_, 0: no value has come there
    std::vector<std::unique_ptr<Page>> pages_;
};

}  // namespace probevue
