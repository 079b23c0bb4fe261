// Runs functions in processes of their own, several at a time, and takes in what they print. A process that crashes,
// hangs or calls exit() is an outcome like any other.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "builtins/base/result.h"

namespace probevue {

// What one process did.
struct JobOutcome {
    std::string out;       // standard output
    std::string err;       // standard error
    std::string told;      // what it wrote to the descriptor that it was given
    int status = 0;        // exit status; of a signal: 0
    int signal = 0;        // that ended it; 0: none
    bool late = false;     // it was ended at its limit
    bool endless = false;  // it was ended because it printed more than `most_output`
    std::chrono::duration<double> took{};
};

// Bytes that a process may print on each of its streams.
inline constexpr size_t most_output = 256 * 1024 * 1024;

struct Job {
    // In the new process; gives the exit status. What it writes to `told` is JobOutcome::told.
    std::function<int(int told)> work;
    std::chrono::seconds limit{60};
};

// Runs all jobs, at most `at_once` at the same time, with nothing on standard input. `done` is called with the number
// of a job and its outcome as each ends, in any order. The caller has one thread. Errors: no process or pipe can be
// made.
Status run_jobs(const std::vector<Job>& jobs, size_t at_once, const std::function<void(size_t, JobOutcome)>& done);

}  // namespace probevue
