// Runs golden cases (tests/golden/case.h) and compares what probevue printed with the files beside them.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>
#include <thread>

#include "tests/golden/case.h"
#include "tests/golden/process.h"

namespace fs = std::filesystem;
using golden::Case;
using golden::Outcome;

namespace {

constexpr const char* usage =
    "usage: run_golden [options] --probevue PROGRAM --data FOLDER FOLDER...\n"
    "  --filter TEXT   only cases whose path holds TEXT\n"
    "  --update        write what was printed into the expectations, then read `git diff`\n"
    "  --jobs N        runs at the same time (default: as many as processors)\n"
    "  --timeout S     seconds for one run (default: 20)\n";

struct Options {
    fs::path probevue;
    fs::path data;
    std::vector<fs::path> folders;
    std::string filter;
    bool update = false;
    unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
    unsigned timeout = 20;
};

unsigned number(std::string_view text) {
    unsigned value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value == 0)
        throw std::runtime_error(fmt::format("bad number `{}`", text));
    return value;
}

Options parse(const std::vector<std::string>& args) {
    Options options;
    const std::map<std::string, std::function<void(const std::string&)>> valued = {
        {"--probevue", [&](const std::string& value) { options.probevue = fs::absolute(value); }},
        {"--data", [&](const std::string& value) { options.data = value; }},
        {"--filter", [&](const std::string& value) { options.filter = value; }},
        {"--jobs", [&](const std::string& value) { options.jobs = number(value); }},
        {"--timeout", [&](const std::string& value) { options.timeout = number(value); }},
    };
    for (auto arg = args.begin(); arg != args.end(); ++arg) {
        if (auto option = valued.find(*arg); option != valued.end()) {
            if (++arg == args.end()) throw std::runtime_error(fmt::format("{} wants a value", option->first));
            option->second(*arg);
        } else if (*arg == "--update") {
            options.update = true;
        } else if (arg->starts_with("-")) {
            throw std::runtime_error(fmt::format("unknown option {}", *arg));
        } else {
            options.folders.emplace_back(*arg);
        }
    }
    if (options.probevue.empty() || options.folders.empty()) throw std::runtime_error("nothing to run");
    return options;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;  // keeps the newline
        lines.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return lines;
}

std::string sorted(std::string_view text) {
    std::vector<std::string_view> lines = lines_of(text);
    std::sort(lines.begin(), lines.end());
    return fmt::format("{}", fmt::join(lines, ""));
}

void add_lines(std::string& to, char sign, const std::vector<std::string_view>& lines) {
    constexpr std::size_t most = 10;
    for (std::size_t i = 0; i < std::min(lines.size(), most); ++i) {
        std::string_view line = lines[i];
        const bool ended = line.ends_with('\n');
        if (ended) line.remove_suffix(1);
        to += fmt::format("      {} {}{}\n", sign, line, ended ? "" : " (no newline)");
    }
    if (lines.size() > most) to += fmt::format("      {} ... {} more\n", sign, lines.size() - most);
}

// What differs, without the lines that are the same before and after.
std::string difference(std::string_view what, std::string_view expected, std::string_view got) {
    std::vector<std::string_view> want = lines_of(expected);
    std::vector<std::string_view> have = lines_of(got);
    const auto same = std::mismatch(want.begin(), want.end(), have.begin(), have.end());
    std::string text = fmt::format("    {}, from line {} (- expected, + got)\n", what, same.first - want.begin() + 1);
    want.erase(want.begin(), same.first);
    have.erase(have.begin(), same.second);
    while (!want.empty() && !have.empty() && want.back() == have.back()) {
        want.pop_back();
        have.pop_back();
    }
    add_lines(text, '-', want);
    add_lines(text, '+', have);
    return text;
}

std::string status_text(const Outcome& outcome) {
    if (outcome.timed_out) return "no end in time";
    if (outcome.status > 128) return fmt::format("{} (signal {})", outcome.status, outcome.status - 128);
    return std::to_string(outcome.status);
}

void write(const fs::path& file, const std::string& text, bool wanted) {
    if (wanted) {
        std::ofstream(file, std::ios::binary) << text;
    } else {
        fs::remove(file);
    }
}

// Standard output: NAME.out. Where a run fails as expected, no file means nothing printed.
std::string compare_out(const Case& c, const std::string& got) {
    const std::optional<std::string> expected = golden::read_file(c.out_file());
    if (!expected && c.exit_status == 0) return fmt::format("    no {}\n", c.out_file().filename().string());
    const std::string want = expected.value_or("");
    if (c.sort ? sorted(want) == sorted(got) : want == got) return {};
    return c.sort ? difference("stdout, sorted", sorted(want), sorted(got)) : difference("stdout", want, got);
}

// Standard error: NAME.err; without that file it must be empty, unless the run is expected to fail.
std::string compare_err(const Case& c, const std::string& got) {
    const std::optional<std::string> expected = golden::read_file(c.err_file());
    if (c.ignore_stderr || (!expected && c.exit_status != 0)) return {};
    return got == expected.value_or("") ? "" : difference("stderr", expected.value_or(""), got);
}

// The text of the failure, empty if there is none.
std::string run_case(const Case& c, const Options& options) {
    if (!c.mistakes.empty()) return fmt::format("    {}\n", fmt::join(c.mistakes, "\n    "));

    golden::Command command;
    command.program = options.probevue;
    command.args = c.args;
    if (c.script) command.args.push_back(*c.script);
    command.args.insert(command.args.end(), c.argv.begin(), c.argv.end());
    command.env = {"TZ=UTC", "NO_COLOR=1", "LC_ALL=C"};
    command.env.insert(command.env.end(), c.env.begin(), c.env.end());
    command.folder = fs::absolute(c.file).parent_path();
    command.input = c.input;
    const Outcome outcome = golden::run(command, std::chrono::seconds(options.timeout));

    std::string failure;
    if (outcome.timed_out || outcome.status != c.exit_status)
        failure += fmt::format("    exit status: expected {}, got {}\n", c.exit_status, status_text(outcome));
    if (options.update && failure.empty()) {
        write(c.out_file(), c.sort ? sorted(outcome.out) : outcome.out, c.exit_status == 0 || !outcome.out.empty());
        write(c.err_file(), outcome.err, !outcome.err.empty() && !c.ignore_stderr);
        return {};
    }
    failure += compare_out(c, outcome.out);
    const std::string err = compare_err(c, outcome.err);
    if (err.empty() && !failure.empty() && !outcome.err.empty() && !fs::exists(c.err_file()))
        return failure + difference("stderr said", "", outcome.err);
    return failure + err;
}

std::string try_case(const fs::path& file, const Options& options) {
    std::string claim;
    std::string failure;
    try {
        const Case c = golden::read_case(file, options.data);
        claim = c.claim + (c.spec.empty() ? "" : fmt::format(" [{}]", c.spec));
        failure = run_case(c, options);
    } catch (const std::exception& e) {
        failure = fmt::format("    {}\n", e.what());
    }
    return failure.empty() ? failure : fmt::format("FAIL {}: {}\n{}", file.string(), claim, failure);
}

int run_all(const Options& options) {
    std::vector<fs::path> files;
    for (const fs::path& folder : options.folders)
        for (const fs::path& file : golden::find_cases(folder))
            if (file.string().find(options.filter) != std::string::npos) files.push_back(file);
    if (files.empty()) throw std::runtime_error("no cases found");

    std::vector<std::string> failures(files.size());
    std::atomic<std::size_t> next = 0;
    auto work = [&] {
        for (std::size_t i = next++; i < files.size(); i = next++) failures[i] = try_case(files[i], options);
    };
    {
        std::vector<std::jthread> workers;
        for (unsigned i = 0; i < options.jobs; ++i) workers.emplace_back(work);
    }

    std::size_t failed = 0;
    for (const std::string& failure : failures) {
        failed += failure.empty() ? 0 : 1;
        fmt::print("{}", failure);
    }
    fmt::print("{} passed, {} failed\n", files.size() - failed, failed);
    return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try {
    return run_all(parse({argv + 1, argv + argc}));
} catch (const std::exception& e) {
    fmt::print(stderr, "run_golden: {}\n{}", e.what(), usage);
    return 2;
}
