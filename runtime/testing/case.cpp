#include "runtime/testing/case.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <system_error>

#include "builtins/base/text.h"

namespace fs = std::filesystem;

namespace probevue {
namespace {

constexpr std::array<std::string_view, 4> keys = {"run", "status", "env", "limit"};
constexpr std::string_view first_test =
    "a test is NAME.test with a line `run: probevue -r FILE SCRIPT`, or NAME.e "
    "beside NAME.pcap (docs/testing-scripts.md)";
// What captures and recordings are called; a further .gz or .zst may follow.
constexpr std::array<std::string_view, 6> captures = {".pcap",     ".pcapng",    ".pcap.gz",
                                                      ".pcap.zst", ".pcapng.gz", ".pcapng.zst"};
// Words that a shell would not have passed on.
constexpr std::array<std::string_view, 8> shell_words = {"|", "<", ">", ">>", "2>", "2>&1", "&&", ";"};

std::string with_hint(const Error& error) {
    return error.hint.empty() ? error.message : fmt::format("{}\n  hint: {}", error.message, error.hint);
}

class TestReader {
public:
    TestReader(const fs::path& stem, std::string_view text) : text_(text) { case_.stem = stem; }

    TestCase read() {
        while (next_line()) line();
        if (!has_run_) mistake("there is no line `run: probevue -r FILE SCRIPT`");
        return std::move(case_);
    }

private:
    bool next_line();
    void line();
    void value(std::string_view key, std::string_view text);
    void run(std::string_view text);
    void set_limit(std::string_view text);
    void set_status(std::string_view text);
    void mistake(const std::string& text) {
        case_.mistakes.push_back(fmt::format("{}.test:{}: {}", case_.name(), first_line_, text));
    }

    std::string_view text_;  // what has not been read
    std::string line_;       // with those that a backslash joins to it
    size_t line_number_ = 0;
    size_t first_line_ = 1;  // of `line_`
    bool has_run_ = false;
    std::set<std::string, std::less<>> seen_;
    TestCase case_;
};

bool TestReader::next_line() {
    line_.clear();
    first_line_ = line_number_ + 1;
    bool goes_on = true;
    bool any = false;
    while (goes_on && !text_.empty()) {
        const size_t end = std::min(text_.find('\n'), text_.size());
        std::string_view part = text_.substr(0, end);
        text_.remove_prefix(std::min(end + 1, text_.size()));
        ++line_number_;
        any = true;
        if (part.ends_with('\r')) part.remove_suffix(1);
        goes_on = part.ends_with('\\');
        if (goes_on) part.remove_suffix(1);
        line_ += part;
    }
    if (!any) first_line_ = std::max<size_t>(line_number_, 1);
    return any;
}

void TestReader::line() {
    const std::string_view text = trim(line_);
    if (text.empty()) return;
    if (text.starts_with('#')) {
        if (case_.about.empty()) case_.about = trim(text.substr(1));
        return;
    }
    const size_t colon = text.find(':');
    const std::string_view key = trim(text.substr(0, colon));
    if (colon == std::string_view::npos || key.find(' ') != std::string_view::npos)
        return mistake(fmt::format("a line is `key: value` or a comment with `#`, not `{}`", escape(text)));
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        const std::string meant = did_you_mean(key, keys);
        return mistake(fmt::format("there is no key `{}`{}", escape(key),
                                   meant.empty() ? ": it is run, status, env or limit" : "; " + meant));
    }
    if (key != "env" && !seen_.emplace(key).second) return mistake(fmt::format("a second line `{}:`", key));
    value(key, trim(text.substr(colon + 1)));
}

void TestReader::value(std::string_view key, std::string_view text) {
    if (key == "run") return run(text);
    if (key == "status") return set_status(text);
    if (key == "limit") return set_limit(text);
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string_view::npos)
        return mistake(fmt::format("`env` wants NAME=value, not `{}`", escape(text)));
    case_.environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
}

void TestReader::set_status(std::string_view text) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), case_.status);
    if (error != std::errc{} || end != text.data() + text.size() || case_.status < 0 || case_.status > 255)
        mistake(fmt::format("`status` wants an exit status from 0 to 255, not `{}`", escape(text)));
}

void TestReader::set_limit(std::string_view text) {
    int64_t seconds = 0;
    std::string_view digits = text;
    if (digits.ends_with('s')) digits.remove_suffix(1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    constexpr int64_t day = 86'400;
    if (error != std::errc{} || end != digits.data() + digits.size() || seconds < 1 || seconds > day)
        return mistake(fmt::format("`limit` wants seconds from 1 to 86400, such as 10s, not `{}`", escape(text)));
    case_.limit = std::chrono::seconds(seconds);
}

// What is the matter with what a test runs; empty: nothing.
std::string unfit(const Options& options) {
    if (!options.test.empty()) return "a test runs a script, not tests";
    const bool compiles_only = options.check_only || (!options.dumps.empty() && !options.keep_going);
    if (options.script.empty() && !options.program_text) return "`run` names no script";
    if (options.interactive || options.list) return "a test runs a script, and `run` has -i or -l";
    if (options.replay.empty() && !compiles_only)
        return "a test replays a capture or recording, and `run` has no -r FILE "
               "(`probevue -w FILE SCRIPT` records one; --check compiles only)";
    if (std::find(options.replay.begin(), options.replay.end(), "-") != options.replay.end() || options.script == "-")
        return "a test has no standard input, which `run` names with `-`";
    return {};
}

void TestReader::run(std::string_view text) {
    has_run_ = true;
    bool unclosed = false;
    std::vector<std::string> words = split_words(text, &unclosed);
    if (unclosed) return mistake("a quote in `run` is not closed");
    if (words.empty() || words.front() != "probevue")
        return mistake("`run` begins with the word probevue, as on the command line");
    for (const std::string& word : words) {
        if (std::find(shell_words.begin(), shell_words.end(), word) != shell_words.end())
            return mistake(fmt::format("`run` is one command and no shell reads it: `{}` means nothing here", word));
    }
    words.erase(words.begin());
    Result<Options> options = parse_options(words);
    if (!options) return mistake(with_hint(options.error()));
    if (const std::string problem = unfit(*options); !problem.empty()) return mistake(problem);
    case_.options = std::move(*options);
}

// A script and the capture of its name.
TestCase pair_case(const fs::path& stem, const std::string& capture) {
    TestCase out;
    out.stem = stem;
    const std::string name = stem.filename().string();
    out.options.script = "./" + name + ".e";
    out.options.engine = parse_options({})->engine;
    if (capture.empty()) {
        out.mistakes.push_back(fmt::format(
            "{0}.e: has expected output, and no capture {1}.pcap or {1}.pcapng is beside it", stem.string(), name));
    } else {
        out.options.replay = {capture};
    }
    return out;
}

// The files of a folder and of those below it, by their folder.
using Files = std::map<fs::path, std::set<std::string>>;

Status walk(const fs::path& folder, Files& files) {
    std::error_code problem;
    fs::directory_iterator entries(folder, problem);
    if (problem)
        return fail(fmt::format("cannot read the folder `{}`: {}", folder.string(), problem.message()), {},
                    ExitStatus::usage);
    std::vector<fs::path> below;
    for (; !problem && entries != fs::directory_iterator(); entries.increment(problem)) {
        const std::string name = entries->path().filename().string();
        if (name.starts_with('.')) continue;
        std::error_code ignored;
        // Links to folders are left out: they may lead in a circle.
        if (entries->is_directory(ignored) && !entries->is_symlink(ignored))
            below.push_back(folder / name);
        else
            files[folder].insert(name);
    }
    for (const fs::path& next : below) {
        if (Status status = walk(next, files); !status) return status;
    }
    return {};
}

TestCase read_test_file(const fs::path& stem) {
    const std::optional<std::string> text = read_whole(stem.string() + ".test");
    if (text) return read_test(stem, *text);
    TestCase out;
    out.stem = stem;
    out.mistakes.push_back(fmt::format("cannot read `{}.test`", stem.string()));
    return out;
}

// The cases among the files of one folder.
void cases_of(const fs::path& folder, const std::set<std::string>& names, std::map<std::string, TestCase>& cases) {
    const auto add = [&](TestCase found) { cases.try_emplace(found.name(), std::move(found)); };
    for (const std::string& name : names) {
        const fs::path file = (folder / name).lexically_normal();
        const std::string stem = fs::path(name).stem().string();
        if (file.extension() == ".test") add(read_test_file(fs::path(file).replace_extension()));
        // With a NAME.test that says what is run; a script without output beside it, or a capture, is no test.
        if (file.extension() != ".e" || names.contains(stem + ".test")) continue;
        std::string capture;
        for (std::string_view ending : captures) {
            if (capture.empty() && names.contains(stem + std::string(ending))) capture = stem + std::string(ending);
        }
        if (!capture.empty() || names.contains(stem + ".out"))
            add(pair_case(fs::path(file).replace_extension(), capture));
    }
}

}  // namespace

std::optional<std::string> read_whole(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    std::string text(std::istreambuf_iterator<char>(in), {});
    return in.bad() ? std::nullopt : std::optional(std::move(text));
}

TestCase read_test(const fs::path& stem, std::string_view text) { return TestReader(stem, text).read(); }

Result<std::vector<TestCase>> find_tests(const std::vector<std::string>& paths) {
    std::map<std::string, TestCase> cases;
    for (const std::string& given : paths) {
        std::error_code problem;
        const fs::path path = fs::path(given).lexically_normal();
        const fs::file_status status = fs::status(path, problem);
        if (!fs::exists(status))
            return fail(fmt::format("--test: there is no `{}`", given), std::string(first_test), ExitStatus::usage);
        if (fs::is_directory(status)) {
            Files files;
            const fs::path folder = path.has_filename() ? path : path.parent_path();
            if (Status walked = walk(folder, files); !walked) return walked.error();
            for (const auto& [at, names] : files) cases_of(at, names, cases);
        } else if (path.extension() == ".test") {
            const fs::path stem = fs::path(path).replace_extension();
            cases.try_emplace(stem.string(), read_test_file(stem));
        } else {
            return fail(fmt::format("--test takes folders and files NAME.test, and `{}` is none", given),
                        std::string(first_test), ExitStatus::usage);
        }
    }
    if (cases.empty())
        return fail(fmt::format("there are no tests in `{}`", paths.front()), std::string(first_test),
                    ExitStatus::usage);
    std::vector<TestCase> out;
    for (auto& [name, found] : cases) out.push_back(std::move(found));
    return out;
}

}  // namespace probevue
