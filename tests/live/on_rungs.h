// Tests of events on every rung of the ladder that gives them here.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>
#include <optional>
#include <string>

#include "compiler/program/hook_choice.h"
#include "tests/live/traced_script.h"

namespace probevue::live {

inline TracedRun trace(const std::string& text, const std::function<void()>& load,
                       std::optional<Rung> rung = std::nullopt) {
    return run_traced(text, load, {.rung = rung});
}

struct TwoRuns {
    TracedRun outer;
    TracedRun inner;
};

// The same script in two sessions at once.
inline TwoRuns trace_twice(const std::string& text, const std::function<void()>& load, Rung rung) {
    TwoRuns out;
    out.outer = trace(
        text, [&] { out.inner = trace(text, load, rung); }, rung);
    return out;
}

// Runs a test on every rung of the ladder that gives the event here, and says which these are.
template <class Test>
void on_each_rung(ProbeKind kind, const char* event, Test test) {
    std::string names;
    for (const RungRow& row : rungs()) {
        std::string tried;
        if (choose_hooks({kind, {}}, running_kernel(), row.rung, tried).empty()) continue;
        names += fmt::format(" {}", row.name);
        CAPTURE(std::string(row.name));
        test(row.rung);
    }
    fmt::print("tested {}:{}\n", event, names);
    CHECK(!names.empty());
}

}  // namespace probevue::live
