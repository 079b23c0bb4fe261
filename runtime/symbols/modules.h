// Programs and libraries: those that a process has mapped, and those that a program will have once it runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"

namespace probevue {

// A line of /proc/PID/maps.
struct Mapping {
    uint64_t begin = 0;
    uint64_t end = 0;
    uint64_t offset = 0;  // in the file
    bool executable = false;
    std::string path;  // as the process sees it; empty: no file
};
// Nothing when the process is gone or may not be looked at.
std::vector<Mapping> mappings_of(int64_t pid);

struct Module {
    std::string name;  // as the process sees it: "/usr/lib/x86_64-linux-gnu/libc.so.6"
    std::string path;  // where we can open it: below /proc/PID when the process sees other files than we do
};

// The program first. Errors: no such process, or it may not be looked at.
Result<std::vector<Module>> modules_of_process(int64_t pid);
// The program and the libraries that it is linked to, found as the system's loader finds them.
Result<std::vector<Module>> modules_of_program(const std::string& program);
// The library of this name, whoever uses it. Errors: there is none.
Result<std::vector<Module>> library(std::string_view name);

// Does a name from a probe tuple mean this file? It may be a path, a file's name, or that without what follows ".so"
// ("libc" for libc.so.6), or AIX's "libc.a(shr.o)".
bool names_module(std::string_view name, std::string_view path);

// The path of a program named as in a shell: with a slash as it is, else the first of that name along PATH; empty when
// there is none.
std::string find_program(const std::string& name);

}  // namespace probevue
