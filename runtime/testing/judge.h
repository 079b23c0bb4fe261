// Holds what a test printed against what it is to print.
#pragma once

#include <string>
#include <vector>

#include "runtime/testing/case.h"
#include "runtime/testing/process.h"

namespace probevue {

struct TestResult {
    std::string name;
    std::string about;                 // of the case
    std::vector<std::string> reasons;  // why it failed, a sentence or more each; empty: it passed
    std::string difference;            // as `diff -u` writes it, standard output first; may be empty
    std::vector<std::string> written;  // files that --update has written or removed
    double seconds = 0;

    bool passed() const { return reasons.empty(); }
};

// A case that cannot run: its mistakes are the reasons.
TestResult unfit(const TestCase& test);

// With `update`, what was printed becomes what is expected, if the run ended as it should.
TestResult judge(const TestCase& test, const JobOutcome& outcome, bool update);

}  // namespace probevue
