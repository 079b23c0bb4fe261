#include "runtime/testing/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>

#include "runtime/testing/difference.h"

namespace fs = std::filesystem;

namespace probevue {
namespace {

// How the run did not end as it should; empty: it did.
std::string wrong_end(const TestCase& test, const JobOutcome& outcome) {
    if (outcome.late) return fmt::format("no end within {} s; a line `limit:` gives more time", test.limit.count());
    if (outcome.endless) return fmt::format("printed more than {} MiB, and was ended", most_output >> 20);
    if (outcome.signal != 0) return fmt::format("ended by signal {} ({})", outcome.signal, strsignal(outcome.signal));
    if (outcome.status != test.status) return fmt::format("exit status {}, expected {}", outcome.status, test.status);
    return {};
}

std::string without_returns(std::string text) {
    size_t to = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        text[to++] = text[i];
    }
    text.resize(to);
    return text;
}

class Judge {
public:
    Judge(const TestCase& test, TestResult& result) : test_(test), result_(result) {}

    void compare(const JobOutcome& outcome) {
        const bool is_new = !fs::exists(test_.out_file()) && !fs::exists(test_.err_file());
        if (is_new && result_.passed()) {
            result_.reasons.push_back(fmt::format("there is no {}: look at what it prints, and --update writes it",
                                                  test_.out_file().string()));
            return;
        }
        if (!is_new) stream(test_.out_file(), outcome.out, "standard output");
        stream(test_.err_file(), outcome.err, "standard error");
    }

    void update(const JobOutcome& outcome) {
        // Also when nothing is printed: a test with neither file would be a new one for ever.
        write(test_.out_file(), outcome.out, test_.status == 0 || !outcome.out.empty());
        write(test_.err_file(), outcome.err, !outcome.err.empty());
    }

private:
    void stream(const fs::path& file, const std::string& got, std::string_view what) {
        const std::optional<std::string> expected = read_whole(file);
        if (!expected && fs::exists(file)) {
            result_.reasons.push_back(fmt::format("cannot read {}", file.string()));
            return;
        }
        const std::string want = expected.value_or("");
        if (want == got) return;
        const bool returns = want.find('\r') != std::string::npos || got.find('\r') != std::string::npos;
        const bool ends_only = returns && without_returns(want) == without_returns(got);
        std::string reason = fmt::format("{} is not that of {}", what, file.string());
        if (!expected) reason = fmt::format("{} should be empty: there is no {}", what, file.string());
        if (ends_only) reason += ", in the ends of lines only: one has carriage returns (\\r)";
        result_.reasons.push_back(reason);
        result_.difference += fmt::format("--- {}\n+++ {}\n{}", expected ? file.string() : "/dev/null", what,
                                          unified_difference(want, got));
    }

    void write(const fs::path& file, const std::string& text, bool wanted) {
        const std::optional<std::string> before = read_whole(file);
        // Files that are right keep their times, and are not told of.
        if (wanted ? before == text : !fs::exists(file)) return;
        if (!wanted) {
            std::error_code problem;
            fs::remove(file, problem);
            if (problem) return cannot_write(file, problem.message());
        } else {
            std::ofstream out(file, std::ios::binary);
            if (out) out << text << std::flush;
            if (!out) return cannot_write(file, std::strerror(errno));
        }
        result_.written.push_back(file.string());
    }

    void cannot_write(const fs::path& file, std::string_view problem) {
        result_.reasons.push_back(fmt::format("cannot write {}: {}", file.string(), problem));
    }

    const TestCase& test_;
    TestResult& result_;
};

}  // namespace

TestResult unfit(const TestCase& test) { return {test.name(), test.about, test.mistakes, {}, {}, 0}; }

TestResult judge(const TestCase& test, const JobOutcome& outcome, bool update) {
    TestResult result{test.name(), test.about, {}, {}, {}, outcome.took.count()};
    if (std::string wrong = wrong_end(test, outcome); !wrong.empty()) {
        if (update && outcome.status != test.status && outcome.signal == 0)
            wrong += "; nothing is written before a line `status:` in NAME.test says so";
        result.reasons.push_back(std::move(wrong));
    }
    Judge judge(test, result);
    // What was ended from outside has printed a part only: a difference would say nothing.
    if (update && result.passed())
        judge.update(outcome);
    else if (!outcome.endless && !outcome.late)
        judge.compare(outcome);
    return result;
}

}  // namespace probevue
