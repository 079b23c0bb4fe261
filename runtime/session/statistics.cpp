#include "runtime/session/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace probevue {
namespace {

// Where a row's number lies.
#define VALUE_IN_session(of, member) (of).member
#define VALUE_IN_engine(of, member) (of).engine.member

// Every counter of the engine has a row.
constexpr size_t engine_rows = 0
#define ROWS_OF_session 0
#define ROWS_OF_engine 1
#define FIGURE(owner, ...) +ROWS_OF_##owner
#define LOSS(owner, ...) +ROWS_OF_##owner
#include "runtime/session/statistics.def"
#undef ROWS_OF_session
#undef ROWS_OF_engine
#undef FIGURE
#undef LOSS
    ;
static_assert(sizeof(EngineCounters) == engine_rows * sizeof(uint64_t));

struct Loss {
    std::string_view name;
    uint64_t value = 0;
    std::string_view sentence;  // empty: somebody else tells
};

std::vector<Loss> losses_of(const Statistics& of) {
    return {
#define FIGURE(...)
#define LOSS(owner, member, name, sentence) {name, VALUE_IN_##owner(of, member), sentence},
#include "runtime/session/statistics.def"
#undef FIGURE
#undef LOSS
    };
}

// How a row's numbers of two sessions become one: rows name one of the two.
uint64_t sum(uint64_t a, uint64_t b) { return a + b; }
uint64_t most(uint64_t a, uint64_t b) { return std::max(a, b); }

}  // namespace

void Statistics::add(const Statistics& other) {
#define FIGURE(owner, member, name, merge, unit) \
    VALUE_IN_##owner(*this, member) = merge(VALUE_IN_##owner(*this, member), VALUE_IN_##owner(other, member));
#define LOSS(owner, member, name, sentence) FIGURE(owner, member, name, sum, "")
#include "runtime/session/statistics.def"
#undef FIGURE
#undef LOSS
}

void Statistics::add_part(const Statistics& part) {
    add(part);
    for (size_t i = 0; i < clauses.size() && i < part.clauses.size(); ++i) {
        clauses[i].events += part.clauses[i].events;
        clauses[i].matched += part.clauses[i].matched;
    }
}

bool Statistics::add_figure(std::string_view figure, uint64_t value) {
#define FIGURE(owner, member, name, merge, unit)                                         \
    if (figure == name) {                                                                \
        VALUE_IN_##owner(*this, member) = merge(VALUE_IN_##owner(*this, member), value); \
        return true;                                                                     \
    }
#define LOSS(owner, member, name, sentence) FIGURE(owner, member, name, sum, "")
#include "runtime/session/statistics.def"
#undef FIGURE
#undef LOSS
    return false;
}

StateFigures figures_of(const Statistics& statistics) {
    StateFigures out;
    for (const Statistic& figure : statistics.figures()) {
        // Times and memory have a unit; they are each session's own.
        if (figure.unit.empty()) out.figures.emplace_back(figure.name, figure.value);
    }
    for (const ClauseStatistics& clause : statistics.clauses) out.clauses.emplace_back(clause.events, clause.matched);
    return out;
}

uint64_t Statistics::lost() const {
    uint64_t all = 0;
    for (const Loss& stage : losses_of(*this)) all += stage.value;
    return all;
}

std::vector<Statistic> Statistics::losses() const {
    std::vector<Statistic> out;
    for (const Loss& stage : losses_of(*this)) out.push_back({stage.name, stage.value, ""});
    return out;
}

std::vector<Statistic> Statistics::figures() const {
    return {
#define FIGURE(owner, member, name, merge, unit) {name, VALUE_IN_##owner(*this, member), unit},
#define LOSS(owner, member, name, sentence) {name, VALUE_IN_##owner(*this, member), ""},
#include "runtime/session/statistics.def"
#undef FIGURE
#undef LOSS
    };
}

std::vector<std::string> Statistics::remarks() const {
    std::vector<std::string> out;
    for (const Loss& stage : losses_of(*this)) {
        if (stage.value != 0 && !stage.sentence.empty())
            out.push_back(fmt::format("{} lost: {}", stage.value, stage.sentence));
    }
    // Not a loss, which --fail-on-loss would look at: the recording is whole, the script asks for more than it holds.
    if (engine.unrecorded != 0) {
        out.push_back(
            fmt::format("{} reads of memory or descriptors gave nothing: the recording does not hold them; "
                        "record with a script that reads them",
                        engine.unrecorded));
    }
    if (engine.unnamed != 0) {
        out.push_back(
            fmt::format("{} addresses are shown as they are: recordings do not hold the names of the kernel's "
                        "functions",
                        engine.unnamed));
    }
    return out;
}

std::string to_text(const Statistics& statistics) {
    // These say that something was seen at all, also where that is nothing.
    constexpr size_t always = 3;
    std::string text;
    auto out = std::back_inserter(text);
    size_t line = 0;
    for (const Statistic& figure : statistics.figures()) {
        bool shown = line++ < always || figure.value != 0;
        if (!shown) continue;
        if (figure.unit == "ns") {
            fmt::format_to(out, "{:<22} {:.3f} ms\n", figure.name, static_cast<double>(figure.value) / 1e6);
        } else if (figure.unit == "bytes") {
            fmt::format_to(out, "{:<22} {:.1f} MB\n", figure.name, static_cast<double>(figure.value) / 1e6);
        } else {
            fmt::format_to(out, "{:<22} {}\n", figure.name, figure.value);
        }
    }
    for (const ClauseStatistics& clause : statistics.clauses) {
        fmt::format_to(out, "clause {}: {} events, {} matched\n", clause.probe, clause.events, clause.matched);
    }
    return text;
}

}  // namespace probevue
