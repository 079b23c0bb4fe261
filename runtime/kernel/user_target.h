// Where programs of tuples on functions of programs are attached: found by runtime/symbols, used by runtime/kernel.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace probevue {

struct UserPlace {
    std::string path;      // of the file
    uint64_t offset = 0;   // bytes from its beginning to the function's first instruction
    std::string function;  // name, for get_function()
};

struct UserTarget {
    int64_t pid = 0;  // 0: all processes
    std::vector<UserPlace> places;
    uint64_t executable = 0;  // inode of the program's file that a process must run; 0: any
    bool all_needed = true;   // a place that the kernel refuses is an error; else there must be one that it takes
};

}  // namespace probevue
