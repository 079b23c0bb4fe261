// Which functions a probe tuple means: places in files where a breakpoint can be set.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"
#include "runtime/symbols/modules.h"

namespace probevue {

struct FunctionPoint {
    std::string path;      // of the file, as we can open it
    uint64_t offset = 0;   // bytes from the file's beginning to the function's first instruction
    std::string function;  // name
    std::string module;    // path of the file, as the process sees it
};

// More functions than this are not probed by one tuple.
inline constexpr size_t most_functions = 1000;

// `module` as in the tuple (empty: all of them); `function` is a name as in the symbol table, a C++ name with or
// without its parameters ("Foo::bar", "Foo::bar(int)"), or an extended regular expression between slashes. A name that
// several static functions have means all of them. Each place stands once, whatever names it has. Errors: no such
// module or function (with what may have been meant), a regular expression that is none, too many functions.
Result<std::vector<FunctionPoint>> find_functions(std::span<const Module> modules, std::string_view module,
                                                  std::string_view function);

}  // namespace probevue
