// What the tests of scripts tell: for people, or as lines of JSON (docs/json-output.md).
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "runtime/testing/coverage.h"
#include "runtime/testing/judge.h"

namespace probevue {

struct TestTotals {
    size_t passed = 0;
    size_t failed = 0;
    size_t written = 0;  // files
};

// Each function gives the text to print, with the ends of lines.
class TestReport {
public:
    virtual ~TestReport() = default;
    virtual std::string result(const TestResult& result) const = 0;
    virtual std::string coverage(const Coverage& coverage) const = 0;
    virtual std::string totals(const TestTotals& totals) const = 0;
};

// `all`: what passed and was covered wholly is told too.
std::unique_ptr<TestReport> text_report(bool colored, bool all);
std::unique_ptr<TestReport> json_report();

}  // namespace probevue
