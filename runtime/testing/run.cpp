#include "runtime/testing/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "builtins/base/text.h"
#include "runtime/options/shell.h"
#include "runtime/testing/case.h"
#include "runtime/testing/coverage.h"
#include "runtime/testing/judge.h"
#include "runtime/testing/process.h"
#include "runtime/testing/report.h"

namespace fs = std::filesystem;

namespace probevue {
namespace {

void write_all(int to, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(to, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;  // nobody wants to know
        text.remove_prefix(static_cast<size_t>(written));
    }
}

// What differs from machine to machine is the same in all tests.
void settle_environment(const TestCase& test) {
    for (const char* name : {"NO_COLOR", "COLUMNS", "LINES", "LANG", "LANGUAGE"}) unsetenv(name);
    setenv("TZ", "UTC", 1);
    setenv("LC_ALL", "C", 1);
    for (const auto& [name, value] : test.environment) setenv(name.c_str(), value.c_str(), 1);
    tzset();
}

// Where a file of this name lies; empty: nowhere, or we may not look.
fs::path whole_path(const std::string& name) {
    std::error_code problem;
    const fs::path whole = fs::canonical(name, problem);
    return problem ? fs::path() : whole;
}

// The script as all tests of it name it; `whole`: its path, as far as it was known before the run.
std::string script_path(const TestCase& test, const std::string& name, fs::path whole, const fs::path& from) {
    if (test.options.program_text) return test.name() + ".test, -e";
    if (whole.empty()) whole = whole_path(name);  // one that comes with probevue
    if (whole.empty()) return name;
    const fs::path near = whole.lexically_relative(from);
    return near.empty() || near.native().starts_with("..") ? whole.string() : near.string();
}

// In the process of a test.
int run_case(const TestCase& test, const RunScript& run_script, int told, const fs::path& from) {
    if (chdir(test.folder().c_str()) != 0) {
        fmt::print(stderr, "probevue: error: cannot enter `{}`: {}\n", test.folder().string(), std::strerror(errno));
        return static_cast<int>(ExitStatus::usage);
    }
    settle_environment(test);
    Options options = test.options;
    options.sink.resolve_names = false;
    // A run gives up its rights, and then its folder may be closed to it.
    const fs::path script = whole_path(options.script);
    return static_cast<int>(run_script(std::move(options), [&](const Program& program, const Statistics& statistics) {
        write_all(told, coverage_lines(script_path(test, program.script_name, script, from), program, statistics));
    }));
}

// The line that tells how far it is, on a terminal, and goes away again.
class Progress {
public:
    explicit Progress(bool shown) : shown_(shown) {}
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void show(size_t done, size_t of) const {
        if (shown_) fmt::print(stderr, "\r\033[K{} of {} tests", done, of);
    }
    void clear() const {
        if (shown_) fmt::print(stderr, "\r\033[K");
    }

private:
    bool shown_;
};

class Tests {
public:
    Tests(const Options& options, std::vector<TestCase> cases, std::unique_ptr<TestReport> report)
        : options_(options),
          cases_(std::move(cases)),
          results_(cases_.size()),
          report_(std::move(report)),
          progress_(isatty(STDERR_FILENO) == 1 && options.information != Information::none) {}

    Status run(const RunScript& run_script);
    void end();
    int write_error() const { return write_error_; }  // of standard output, as errno; 0: none
    bool passed() const { return totals_.failed == 0; }

private:
    void tell();
    // What cannot be written is told of at the end.
    void print(const std::string& text) {
        if (write_error_ == 0 &&
            (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0))
            write_error_ = errno;
    }

    const Options& options_;
    std::vector<TestCase> cases_;
    std::vector<std::optional<TestResult>> results_;  // none: not yet
    std::unique_ptr<TestReport> report_;
    Progress progress_;
    Coverage coverage_;
    TestTotals totals_;
    int write_error_ = 0;
    size_t told_ = 0;  // results in their order
    size_t done_ = 0;
};

// Results come in any order and are told in that of the names.
void Tests::tell() {
    progress_.clear();
    for (; told_ < results_.size() && results_[told_]; ++told_) {
        const TestResult& result = *results_[told_];
        (result.passed() ? totals_.passed : totals_.failed)++;
        totals_.written += result.written.size();
        print(report_->result(result));
        results_[told_].emplace();  // differences may be large
    }
    if (done_ < cases_.size()) progress_.show(done_, cases_.size());
}

Status Tests::run(const RunScript& run_script) {
    std::error_code problem;
    const fs::path from = fs::current_path(problem);
    std::vector<Job> jobs;
    std::vector<size_t> of;  // the case of each job
    for (size_t i = 0; i < cases_.size(); ++i) {
        const TestCase& test = cases_[i];
        if (!test.mistakes.empty()) {
            results_[i] = unfit(test);
            ++done_;
            continue;
        }
        jobs.push_back(
            {[&test, &run_script, &from](int told) { return run_case(test, run_script, told, from); }, test.limit});
        of.push_back(i);
    }
    tell();
    const size_t at_once = std::max(1U, std::thread::hardware_concurrency());
    return run_jobs(jobs, at_once, [&](size_t job, const JobOutcome& outcome) {
        const size_t number = of[job];
        coverage_.add(outcome.told);
        results_[number] = judge(cases_[number], outcome, options_.update);
        ++done_;
        tell();
    });
}

void Tests::end() {
    progress_.clear();
    print(report_->coverage(coverage_) + report_->totals(totals_));
}

}  // namespace

ExitStatus run_tests(const Options& options, const RunScript& run_script) {
    const auto refuse = [&](const Error& error) {
        print_error(error, colored(options.color));
        return error.status;
    };
    Result<std::vector<TestCase>> cases = find_tests(options.test);
    if (!cases) return refuse(cases.error());
    Tests tests(options, std::move(*cases),
                options.format == OutputFormat::json
                    ? json_report()
                    : text_report(look_of_results(options, STDOUT_FILENO).color, options.verbose));
    if (Status ran = tests.run(run_script); !ran) return refuse(ran.error());
    tests.end();
    if (const int problem = tests.write_error(); problem != 0 && problem != EPIPE)
        return refuse(fail(fmt::format("cannot write to standard output: {}", std::strerror(problem))));
    return tests.passed() ? ExitStatus::ok : ExitStatus::run_time;
}

}  // namespace probevue
