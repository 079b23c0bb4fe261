// Tests of scripts, as people keep them beside the scripts (docs/testing-scripts.md): where they are, and what each
// runs.
//
//     NAME.test              lines `key: value`; `run: probevue -r FILE SCRIPT ...` is what runs
//     NAME.e, NAME.pcap      without NAME.test: the script runs on the capture or recording of its name
//     NAME.out, NAME.err     what it must print on standard output, and on standard error
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/options/options.h"

namespace probevue {

struct TestCase {
    std::filesystem::path stem;  // without an ending: what it is called, and where its files are
    std::string about;           // the first comment of NAME.test; may be empty
    Options options;             // of what it runs; paths are relative to its folder
    std::vector<std::pair<std::string, std::string>> environment;
    int status = 0;                     // exit status that is expected
    std::chrono::seconds limit{60};     // then it is ended
    std::vector<std::string> mistakes;  // in the case itself, with their places: it fails without being run

    std::string name() const { return stem.string(); }
    std::filesystem::path folder() const { return stem.has_parent_path() ? stem.parent_path() : "."; }
    std::filesystem::path out_file() const { return stem.string() + ".out"; }
    std::filesystem::path err_file() const { return stem.string() + ".err"; }
};

// The text of a NAME.test. Never fails: see `mistakes`.
TestCase read_test(const std::filesystem::path& stem, std::string_view text);

// The cases in folders, which are searched through, and of files NAME.test, by name, each once. Errors (usage): a path
// that is not there or cannot be read, or no case at all.
Result<std::vector<TestCase>> find_tests(const std::vector<std::string>& paths);

// All of a file; nothing where there is none or it cannot be read.
std::optional<std::string> read_whole(const std::filesystem::path& file);

}  // namespace probevue
