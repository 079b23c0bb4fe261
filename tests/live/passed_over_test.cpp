// No event is passed over by our own doing: a line is printed for each change of state of 9,000 connections, in ten
// sessions; `--runs=50` takes more of them.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

#include "tests/live/traced_script.h"

namespace probevue::live {
namespace {

int& runs() {
    static int count = 10;
    return count;
}

}  // namespace

TEST_CASE("lines of 90,000 events: none is lost, however the reader is woken") {
    constexpr int count = 9'000;
    for (int run = 1; run <= runs(); ++run) {
        CAPTURE(run);
        TraceSetup setup{.home = run % 2 == 0 ? HomeChoice::engine : HomeChoice::kernel};
        const TracedRun traced = run_traced(
            "@@net:tcp:state_change when (__netns == NETNS) { printf(\"%d\\n\", __cur_state); }\n",
            [] { connections("127.0.0.1", "127.0.0.1", 17'310, count); }, setup);
        fmt::print("run {}: {} printed, {} passed over, {} lost\n", run, traced.all(), traced.statistics.nested,
                   traced.statistics.lost());
        CHECK(traced.all() > 0);
        CHECK(traced.statistics.nested == 0);
        CHECK(traced.statistics.lost() == 0);
    }
}

}  // namespace probevue::live

int main(int argc, char** argv) {
    constexpr std::string_view option = "--runs=";
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word.starts_with(option)) probevue::live::runs() = std::atoi(argv[i] + option.size());
    }
    return probevue::live::run_cases(argc, argv);
}
