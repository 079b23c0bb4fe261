// One run of a program to its end, with its output caught.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace golden {

struct Command {
    std::filesystem::path program;  // absolute
    std::vector<std::string> args;
    std::vector<std::string> env;  // NAME=value sets, NAME removes; on top of our own environment
    std::filesystem::path folder;  // to run in
    std::string input;
};

struct Outcome {
    int status = -1;  // as a shell tells it: 128 + number for a signal
    bool timed_out = false;
    std::string out;
    std::string err;
};

// Throws std::system_error if the system has no more processes or files to give.
Outcome run(const Command& command, std::chrono::seconds timeout);

}  // namespace golden
