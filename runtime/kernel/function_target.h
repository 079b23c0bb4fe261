// Where programs of tuples on functions, of programs and of the kernel, are attached: found by runtime/symbols, used by
// runtime/kernel.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace probevue {

struct FunctionPlace {
    std::string path;      // of the file; of the kernel: empty
    uint64_t offset = 0;   // bytes from its beginning to the function's first instruction; of the kernel: its address
    std::string function;  // name, for get_function()
};

struct FunctionTarget {
    int64_t pid = 0;  // 0: all processes
    std::vector<FunctionPlace> places;
    uint64_t executable = 0;  // inode of the program's file that a process must run; 0: any
    bool all_needed = true;   // a place that the kernel refuses is an error; else there must be one that it takes
};

}  // namespace probevue
