// Which functions of the kernel a probe tuple means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "builtins/base/result.h"

namespace probevue {

// A symbol in the text of /proc/kallsyms, which name and module refer to. The address is 0 where the kernel hides it.
struct SymbolLine {
    uint64_t address = 0;
    bool is_function = false;  // also labels in code
    std::string_view name;
    std::string_view module;  // "[veth]"; empty: of the kernel itself
};

// All symbols of the text, in its order.
std::vector<SymbolLine> symbols_in(std::string_view text);
// All functions of the text, programs of BPF too, in its order.
std::vector<SymbolLine> functions_in(std::string_view text);

struct KernelFunction {
    std::string name;
    uint64_t address = 0;
};

// More functions than this are not probed by one tuple.
inline constexpr size_t most_kernel_functions = 512;

// Where the kernel tells of its functions; tests have files of their own.
struct KernelFunctionFiles {
    std::string symbols = "/proc/kallsyms";
    // Those that may be traced; the first that can be read counts. Where none can, all of the symbols may be tried.
    std::vector<std::string> traceable = {"/sys/kernel/tracing/available_filter_functions",
                                          "/sys/kernel/debug/tracing/available_filter_functions"};
};

// Is it a pattern as of fnmatch(3), not a name?
bool is_pattern(std::string_view function);

// Reads the files when it is first asked, and once: the kernel takes a tenth of a second to write them.
class KernelFunctions {
public:
    explicit KernelFunctions(KernelFunctionFiles files = {}) : files_(std::move(files)) {}
    KernelFunctions(const KernelFunctions&) = delete;  // names refer to the texts
    KernelFunctions& operator=(const KernelFunctions&) = delete;

    // `function`: a name, which several static functions may have, or a pattern. Each address stands once, in the order
    // of the names. Errors: no such function (with what may have been meant), one that the kernel forbids to trace, too
    // many, addresses that the kernel hides.
    Result<std::vector<KernelFunction>> find(const std::string& function);

private:
    void read();

    KernelFunctionFiles files_;
    bool read_ = false;
    std::optional<std::string> symbols_;
    std::vector<SymbolLine> functions_;
    std::optional<std::string> traceable_;
    std::unordered_set<std::string_view> may_be_traced_;
};

}  // namespace probevue
