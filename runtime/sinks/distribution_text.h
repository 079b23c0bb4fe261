// Distributions as text: the numbers that stand for one, and the rows of its histogram.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "builtins/unit.h"
#include "runtime/sinks/text_buffer.h"
#include "runtime/values/distribution.h"

namespace probevue {

// The numbers of a distribution, in the order in which they are shown.
struct DistributionFigure {
    std::string_view name;
    int64_t (*value)(const Distribution&);
    bool counts = false;  // how many values there are: has no unit
};
std::span<const DistributionFigure> distribution_figures();

// `count=3 min=1 p50=2 p90=9 p99=9 max=9`; null is one without values. With a unit its numbers are scaled to it.
void append_distribution(TextBuffer& to, const Distribution* of, Unit unit);

// A row of a histogram: the numbers from `from` to `to`, both in it.
struct HistogramRow {
    int64_t from = 0;
    int64_t to = 0;
    uint64_t count = 0;
};

// Into how many rows each power of two is parted so that all the distributions, seen together, take at most about
// most_histogram_rows: a power of two from 1 to 64, the same for all of them, so that their rows can be compared.
inline constexpr size_t most_histogram_rows = 24;
unsigned histogram_parts(std::span<const Distribution* const> all);
// From the row of the least value to that of the greatest one, those in between that are empty too.
std::vector<HistogramRow> histogram(const Distribution& of, unsigned parts);

}  // namespace probevue
