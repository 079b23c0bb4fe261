// What `add_dist` costs a call in the engine: clauses as the compiler makes them, with it and without it, by turns in
// one run; the median of the differences.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/engine_support.h"
#include "tests/unit/program_for.h"

namespace probevue::test {
namespace {

constexpr size_t calls = 16;  // of one run of the clause, so that what a run costs by itself does not count
constexpr size_t runs = 20'000;
constexpr size_t pairs = 31;

// A clause that makes a pseudo-random value and uses it, so many times over.
std::string clause_of(const std::string& use) {
    std::string text = "long long v, w; @@BEGIN {";
    for (size_t i = 0; i < calls; ++i) text += " v = v * 6364136223846793005 + 1442695040888963407; " + use + ";";
    return text + " }";
}

// Says so when all values have been counted.
std::string end_of(size_t values) {
    return fmt::format(" @@END {{ if (count(d) == {}) printf(\"all\\n\"); }}", values);
}

Program compiled(const std::string& text) {
    Compiled made = compile_for(text, {});
    INFO(made.messages);
    REQUIRE(made.program.has_value());
    return std::move(*made.program);
}

class Timed {
public:
    Timed(const std::string& text, EngineKind kind) : program_(compiled(text)) {
        EngineOptions options;
        options.kind = kind;
        auto engine = Engine::create(program_, options, sink_);
        REQUIRE(engine.has_value());
        engine_ = std::move(*engine);
    }
    // Nanoseconds of processor time for each use of a value.
    double once() {
        EngineContext context;
        const RecordOrigin origin;
        const std::clock_t start = std::clock();
        for (size_t i = 0; i < runs; ++i) engine_->run(0, context, origin);
        return static_cast<double>(std::clock() - start) * 1e9 / CLOCKS_PER_SEC / static_cast<double>(runs * calls);
    }

    // Runs the clause behind it; whether it printed.
    bool tells() {
        EngineContext context;
        engine_->run(1, context, RecordOrigin{});
        return !sink_.lines.empty();
    }

private:
    Program program_;
    LogSink sink_;
    std::unique_ptr<Engine> engine_;
};

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

// What it costs to count a value, more than adding it to a variable.
double cost(const std::string& value, const std::string& to, EngineKind kind) {
    const bool keyed = to != "d";
    Timed without(clause_of("w += " + value), kind);
    Timed with(clause_of("add_dist(" + to + ", " + value + ")") + (keyed ? "" : end_of(pairs * runs * calls)), kind);
    std::vector<double> differences;
    for (size_t i = 0; i < pairs; ++i) {
        const double bare = without.once();
        differences.push_back(with.once() - bare);
    }
    CHECK((keyed || with.tells()));
    return median(std::move(differences));
}

TEST_CASE("a value of a distribution") {
    for (const EngineKind kind : engine_kinds()) {
        const std::string name = kind == EngineKind::jit ? "jit" : "interpreter";
        const double lengths = cost("(v >> 32 & 1023)", "d", kind);
        const double times = cost("(v >> 32 & 1048575)", "d", kind);
        const double keyed = cost("(v >> 32 & 1023)", "d[v >> 40 & 15]", kind);
        fmt::print(
            "add_dist, {}: {:.1f} ns of values below 1,024 (mark: 15), {:.1f} ns below 1,048,576, {:.1f} ns of 16 "
            "keys\n",
            name, lengths, times, keyed);
        CHECK(lengths > 0);
        if (kind == EngineKind::jit) CHECK(lengths < 60);  // four times the mark: a busy machine is no defect
    }
}

}  // namespace
}  // namespace probevue::test
