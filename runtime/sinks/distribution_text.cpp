#include "runtime/sinks/distribution_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "runtime/sinks/fields.h"
#include "runtime/sinks/si_text.h"

namespace probevue {
namespace {

constexpr uint64_t percent = Distribution::whole / 100;

constexpr auto figures = std::to_array<DistributionFigure>({
    {"count", [](const Distribution& of) { return static_cast<int64_t>(of.count()); }, true},
    {"min", [](const Distribution& of) { return of.min(); }},
    {"p50", [](const Distribution& of) { return of.quantile(50 * percent); }},
    {"p90", [](const Distribution& of) { return of.quantile(90 * percent); }},
    {"p99", [](const Distribution& of) { return of.quantile(99 * percent); }},
    {"max", [](const Distribution& of) { return of.max(); }},
});

constexpr unsigned most_parts = Distribution::page_bins;  // a row is never narrower than a bin

// The row that a number lies in when each power of two has `parts` rows, as far as it has as many numbers.
HistogramRow row_of(int64_t value, unsigned parts) {
    if (value == 0) return {};
    const bool negative = value < 0;
    const uint64_t size = negative ? uint64_t{0} - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
    const uint64_t base = std::bit_floor(size);
    const uint64_t width = base / std::min<uint64_t>(base, parts);
    const uint64_t low = base + (size - base) / width * width;
    const uint64_t high = low + (width - 1);
    if (!negative) return {static_cast<int64_t>(low), static_cast<int64_t>(high), 0};
    constexpr uint64_t most = uint64_t{1} << 63;
    return {static_cast<int64_t>(uint64_t{0} - std::min(high, most)), static_cast<int64_t>(uint64_t{0} - low), 0};
}

// How many rows there are from one number to another; no more than `most` are counted.
size_t rows_between(int64_t from, int64_t to, unsigned parts, size_t most) {
    size_t count = 1;
    for (HistogramRow row = row_of(from, parts); row.to < to && count < most; row = row_of(row.to + 1, parts)) ++count;
    return count;
}

}  // namespace

std::span<const DistributionFigure> distribution_figures() { return figures; }

void append_distribution(TextBuffer& to, const Distribution* of, Unit unit) {
    const Distribution none;
    bool first = true;
    for (const DistributionFigure& figure : figures) {
        if (!first) to.push(' ');
        first = false;
        to.append(figure.name);
        to.push('=');
        const int64_t value = figure.value(of == nullptr ? none : *of);
        if (figure.counts || unit == Unit::none)
            append_signed(to, value);
        else
            to.append(si_text(value, unit));
    }
}

unsigned histogram_parts(std::span<const Distribution* const> all) {
    int64_t least = std::numeric_limits<int64_t>::max();
    int64_t greatest = std::numeric_limits<int64_t>::min();
    for (const Distribution* one : all) {
        if (one == nullptr || one->count() == 0) continue;
        least = std::min(least, one->min());
        greatest = std::max(greatest, one->max());
    }
    unsigned parts = most_parts;
    while (parts > 1 && least <= greatest &&
           rows_between(least, greatest, parts, most_histogram_rows + 1) > most_histogram_rows)
        parts /= 2;
    return parts;
}

std::vector<HistogramRow> histogram(const Distribution& of, unsigned parts) {
    std::vector<HistogramRow> out;
    for (const Distribution::Bin& bin : of.bins()) {
        // Bins never lie across rows.
        if (out.empty()) out.push_back(row_of(bin.from, parts));
        while (out.back().to < bin.from) out.push_back(row_of(out.back().to + 1, parts));
        out.back().count += bin.count;
    }
    return out;
}

}  // namespace probevue
