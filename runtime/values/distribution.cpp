#include "runtime/values/distribution.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace probevue {

namespace {

// -2^63 has a magnitude too, which no int64_t can hold.
constexpr uint64_t magnitude(int64_t value) {
    return value < 0 ? uint64_t{0} - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
}

int64_t sum_of(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

}  // namespace

Distribution::Place Distribution::place_of(int64_t value) {
    const uint64_t size = magnitude(value);
    const auto width = static_cast<unsigned>(std::bit_width(size));
    size_t page = 0;
    size_t bin = size;
    if (width > bins_bits) {
        // Of the bits behind the leading one the first six are the bin.
        page = width - bins_bits;
        bin = (size >> (page - 1)) & (page_bins - 1);
    }
    // Mirrored: the greatest magnitude comes first.
    if (value < 0) return {pages_down - 1 - page, page_bins - 1 - bin};
    return {pages_down + page, bin};
}

Distribution::Bin Distribution::bounds(size_t page, size_t bin) {
    const bool negative = page < pages_down;
    const size_t level = negative ? pages_down - 1 - page : page - pages_down;
    const uint64_t number = negative ? page_bins - 1 - bin : bin;
    uint64_t low = number;
    uint64_t width = 1;
    if (level > 0) {
        width = uint64_t{1} << (level - 1);
        low = (page_bins + number) * width;
    }
    const uint64_t high = low + (width - 1);
    // -2^63 has the only magnitude that no int64_t has: its bin ends there.
    if (negative) {
        constexpr uint64_t most = uint64_t{1} << 63;
        return {static_cast<int64_t>(uint64_t{0} - std::min(high, most)), static_cast<int64_t>(uint64_t{0} - low), 0};
    }
    return {static_cast<int64_t>(low), static_cast<int64_t>(high), 0};
}

Distribution::Page& Distribution::made_page(size_t number) {
    if (slots_[number] == 0) {
        pages_.push_back(std::make_unique<Page>());
        slots_[number] = static_cast<uint8_t>(pages_.size());
    }
    return *pages_[slots_[number] - 1];
}

inline bool Distribution::has_page(const Place& at, Room& room) {
    if (slots_[at.page] != 0) [[likely]]
        return true;
    if (!room.take(sizeof(Page))) return false;
    (void)made_page(at.page);
    return true;
}

// All but the bins.
inline void Distribution::add_totals(const Several& values) {
    min_ = count_ == 0 ? values.min : std::min(min_, values.min);
    max_ = count_ == 0 ? values.max : std::max(max_, values.max);
    sum_ = sum_of(sum_, values.sum);
    count_ += values.count;
}

bool Distribution::add(int64_t value, Room& room) {
    const Place at = place_of(value);
    if (!has_page(at, room)) [[unlikely]]
        return false;
    ++(*page(at.page))[at.bin];
    add_totals({1, value, value, value});
    return true;
}

bool Distribution::add(const Several& values, Room& room) {
    if (values.count == 0) return true;
    const Place at = place_of(values.min);
    if (at != place_of(values.max) || !has_page(at, room)) return false;
    (*page(at.page))[at.bin] += values.count;
    add_totals(values);
    return true;
}

bool Distribution::merge(const Distribution& other, Room& room) {
    if (other.count_ == 0) return true;
    size_t missing = 0;
    for (size_t p = 0; p < all_pages; ++p) missing += other.slots_[p] != 0 && slots_[p] == 0 ? 1 : 0;
    // All pages at once, before anything is added: nothing has changed where they do not fit.
    if (!room.take(missing * sizeof(Page))) return false;
    for (size_t p = 0; p < all_pages; ++p) {
        const Page* from = other.page(p);
        if (from == nullptr) continue;
        Page& to = made_page(p);
        for (size_t bin = 0; bin < page_bins; ++bin) to[bin] += (*from)[bin];
    }
    add_totals({other.count_, other.sum_, other.min_, other.max_});
    return true;
}

bool Distribution::add(std::span<const Bin> bins, int64_t sum, int64_t min, int64_t max, Room& room) {
    std::array<bool, all_pages> wanted{};
    Several all{0, sum, min, max};
    for (const Bin& bin : bins) {
        const Place at = place_of(bin.from);
        // They come from a file, maybe of another version with other bins: each has to begin where one of ours does.
        if (bounds(at.page, at.bin).from != bin.from || bin.count == 0) return false;
        wanted[at.page] = true;
        if (__builtin_add_overflow(all.count, bin.count, &all.count)) return false;
    }
    if (all.count == 0) return true;
    if (min > max || place_of(min) != place_of(bins.front().from) || place_of(max) != place_of(bins.back().from))
        return false;
    size_t missing = 0;
    for (size_t p = 0; p < all_pages; ++p) missing += wanted[p] && slots_[p] == 0 ? 1 : 0;
    if (!room.take(missing * sizeof(Page))) return false;
    for (const Bin& bin : bins) {
        const Place at = place_of(bin.from);
        made_page(at.page)[at.bin] += bin.count;
    }
    add_totals(all);
    return true;
}

template <typename Function>
void Distribution::for_each_bin(Function&& f) const {
    for (size_t p = 0; p < all_pages; ++p) {
        const Page* page = this->page(p);
        if (page == nullptr) continue;
        for (size_t bin = 0; bin < page_bins; ++bin) {
            if ((*page)[bin] == 0) continue;
            Bin found = bounds(p, bin);
            found.count = (*page)[bin];
            if (!f(found)) return;
        }
    }
}

int64_t Distribution::quantile(uint64_t part) const {
    if (count_ == 0 || part == 0) return min_;
    if (part >= whole) return max_;
    __extension__ using Wide = unsigned __int128;
    // Rounded up: the nearest rank. 128 bits, since count and parts of a billion together need more than 64.
    const auto rank = static_cast<uint64_t>((static_cast<Wide>(count_) * part + (whole - 1)) / whole);
    uint64_t seen = 0;
    int64_t out = max_;
    for_each_bin([&](const Bin& bin) {
        seen += bin.count;
        if (seen < rank) return true;
        const uint64_t half = (static_cast<uint64_t>(bin.to) - static_cast<uint64_t>(bin.from)) / 2;
        out = std::clamp(static_cast<int64_t>(static_cast<uint64_t>(bin.from) + half), min_, max_);
        return false;
    });
    return out;
}

std::vector<Distribution::Bin> Distribution::bins() const {
    std::vector<Bin> out;
    for_each_bin([&](const Bin& bin) {
        out.push_back(bin);
        return true;
    });
    return out;
}

}  // namespace probevue
