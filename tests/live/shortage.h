// Comparisons of what a run told with what happened, for loads on which the kernel may pass over an event.
//
// The kernel does not run a program on a processor that is within that program already: what an interrupt, or where it
// preempts itself another thread, brings meanwhile is passed over. How often is a matter of the machine's load, so
// there is no bound on it; but the kernel counts each, a session tells of them, and nothing else may be lost. So a run
// may be short of no more than was counted, all its comparisons together, and nothing that it tells may be wrong.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/live/traced_script.h"

namespace probevue::live {

class Shortage {
public:
    explicit Shortage(const TracedRun& run) : allowed_(static_cast<int>(run.statistics.nested)) {
        CHECK(run.statistics.lost() == run.statistics.nested + run.statistics.owners);
    }
    // Numbers of events.
    void check(int got, int expected) {
        CHECK(got <= expected);
        check_at_least(got, expected);
    }
    void check_at_least(int got, int expected) {
        allowed_ -= std::max(0, expected - got);
        CHECK(allowed_ >= 0);
    }
    // A line an event, in this order.
    void check_lines(const std::vector<std::string>& got, const std::vector<std::string>& expected) {
        size_t at = 0;
        std::vector<std::string> missing;
        for (const std::string& line : expected) {
            if (at < got.size() && got[at] == line) {
                ++at;
            } else {
                missing.push_back(line);
            }
        }
        allowed_ -= static_cast<int>(missing.size());
        if (at == got.size() && allowed_ >= 0) return;
        // Both in whole, as the text of the failure.
        CAPTURE(missing);
        CHECK(fmt::format("{}", fmt::join(got, "\n")) == fmt::format("{}", fmt::join(expected, "\n")));
        CHECK(allowed_ >= 0);
    }
    // How often each was told.
    void check_counts(const std::map<std::string, int>& got, const std::map<std::string, int>& expected) {
        for (const auto& one : expected) {
            const auto at = got.find(one.first);
            CAPTURE(one.first);
            check(at == got.end() ? 0 : at->second, one.second);
        }
        for (const auto& one : got) {
            CAPTURE(one.first);
            CHECK(expected.contains(one.first));
        }
    }

private:
    int allowed_;
};

}  // namespace probevue::live
