// What a frame of the live screen costs: reading an array, rates and lines, and drawing 80x24 and 300x100. At 1,000
// keys it is less than 5 ms of processor time.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <vector>

#include "tests/unit/screen_support.h"

namespace probevue::screen_tests {
namespace {

// The middle of so many frames, in milliseconds.
double frame_ms(int keys, size_t columns, size_t rows) {
    Shown shown("@@BEGIN { i++; n[i % 977][i] = i * 7919 % 10007; }");
    shown.run(0, keys);
    uint64_t now = second;
    shown.frame(now);
    std::vector<double> times;
    for (int frame = 0; frame < 31; ++frame) {
        shown.run(0);
        now += second;
        const std::clock_t start = std::clock();
        shown.frame(now);
        shown.picture(columns, rows, false);
        times.push_back(static_cast<double>(std::clock() - start) * 1e3 / CLOCKS_PER_SEC);
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

TEST_CASE("a frame at 1,000 keys") {
    for (const auto& [columns, rows] : {std::pair<size_t, size_t>{80, 24}, {300, 100}}) {
        const double took = frame_ms(1'000, columns, rows);
        fmt::print("1000 keys, {}x{}: {:.2f} ms a frame (mark: 5)\n", columns, rows, took);
        CHECK(took < 5);
    }
    fmt::print("100000 keys, 80x24: {:.1f} ms a frame\n", frame_ms(100'000, 80, 24));
}

}  // namespace
}  // namespace probevue::screen_tests
