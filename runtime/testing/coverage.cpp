#include "runtime/testing/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "builtins/base/text.h"

namespace probevue {
namespace {

template <typename T>
bool number(std::string_view text, T& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

// As one field of a line.
std::string field(std::string_view text) {
    std::string out(text);
    std::replace_if(
        out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return out;
}

}  // namespace

std::string coverage_lines(const std::string& script, const Program& program, const Statistics& statistics) {
    std::string out;
    for (size_t i = 0; i < program.clauses.size(); ++i) {
        const ClauseStatistics& figures = statistics.clauses[i];
        const SourcePosition& at = program.clauses[i].position;
        out += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", field(script), at.line, at.column, figures.events,
                           figures.matched, field(figures.probe));
    }
    return out;
}

void Coverage::add(std::string_view lines) {
    constexpr size_t fields = 6;
    for (std::string_view line : split(lines, '\n')) {
        const std::vector<std::string_view> parts = split(line, '\t');
        std::pair<uint32_t, uint32_t> at;
        ClauseCoverage clause;
        if (parts.size() != fields || !number(parts[1], at.first) || !number(parts[2], at.second) ||
            !number(parts[3], clause.events) || !number(parts[4], clause.matched))
            continue;
        ClauseCoverage& known = scripts_[std::string(parts[0])][at];
        known.probe = parts[5];
        known.events += clause.events;
        known.matched += clause.matched;
    }
}

size_t fired(const ScriptCoverage& script) {
    return static_cast<size_t>(
        std::count_if(script.begin(), script.end(), [](const auto& clause) { return clause.second.matched != 0; }));
}

}  // namespace probevue
