// Which clauses of a script the cases of a test have run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/program/program.h"
#include "runtime/session/statistics.h"

namespace probevue {

struct ClauseCoverage {
    std::string probe;     // its first tuple as written
    uint64_t events = 0;   // that its tuples selected, in all cases
    uint64_t matched = 0;  // and for which its predicate held
};

// By line and column of a clause.
using ScriptCoverage = std::map<std::pair<uint32_t, uint32_t>, ClauseCoverage>;

// Of all scripts, by their paths.
class Coverage {
public:
    // Takes in what a run has written (coverage_lines). What is no such line is left out.
    void add(std::string_view lines);

    const std::map<std::string, ScriptCoverage>& scripts() const { return scripts_; }

private:
    std::map<std::string, ScriptCoverage> scripts_;
};

// What a run hands over to who runs the tests, a line a clause.
std::string coverage_lines(const std::string& script, const Program& program, const Statistics& statistics);

// How many of the clauses had an event for which their predicate held.
size_t fired(const ScriptCoverage& script);

}  // namespace probevue
