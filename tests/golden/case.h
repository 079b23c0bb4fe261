// A golden case: one run of probevue and what it must print, described by comment lines at the head of a file.
//
//     // CLAIM: resends are counted by connection     what the case shows; printed when it fails
//     // SPEC: 2.3                                    where the language description says so
//     // ARGS: -r $DATA/web.pcap                      options of probevue; $DATA is the folder tests/data
//     // ARGV: eth0 "two words"                       arguments of the script
//     // STDIN: a line                                one line of standard input; may be repeated
//     // ENV: NAME=value                              added to the environment; `NAME` alone removes it
//     // EXIT: 2                                      exit status, 0 unless said
//     // SORT                                         the order of the lines on standard output does not matter
//     // STDERR: ignore                               standard error varies (times, versions)
//     // SCRIPT: ../../../scripts/x.e                 the script, in a file NAME.case
//
// NAME.e carries these lines itself. NAME.case describes a run of another script, of NAME.e beside it, or of none.
// The expectation stands beside it: NAME.out (standard output) and NAME.err (standard error).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace golden {

struct Case {
    std::filesystem::path file;  // NAME.e or NAME.case
    std::string claim;
    std::string spec;
    std::vector<std::string> args;
    std::vector<std::string> argv;
    std::vector<std::string> env;
    std::optional<std::string> script;  // relative to the folder of the case
    std::string input;
    int exit_status = 0;
    bool sort = false;
    bool ignore_stderr = false;
    std::vector<std::string> mistakes;  // in the head itself; such a case fails

    std::filesystem::path out_file() const { return std::filesystem::path(file).replace_extension(".out"); }
    std::filesystem::path err_file() const { return std::filesystem::path(file).replace_extension(".err"); }
};

// Reads the head of a case. `data` is what $DATA stands for.
Case read_case(const std::filesystem::path& file, const std::filesystem::path& data);

// All cases under a folder, sorted; or the one case if `root` is a file.
std::vector<std::filesystem::path> find_cases(const std::filesystem::path& root);

// Splits as a shell does: blanks separate, quotes keep together, a backslash takes the next character as it is.
std::vector<std::string> split_words(std::string_view text);

std::optional<std::string> read_file(const std::filesystem::path& file);

}  // namespace golden
