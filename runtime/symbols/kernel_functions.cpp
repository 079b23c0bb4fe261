#include "runtime/symbols/kernel_functions.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <set>

#include "builtins/base/text.h"

namespace probevue {
namespace {

std::optional<std::string> contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    std::string text(std::istreambuf_iterator<char>(in), {});
    return in.bad() || text.empty() ? std::nullopt : std::optional(std::move(text));
}

template <typename Use>
void each_line(std::string_view text, const Use& use) {
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        use(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

std::string_view next_word(std::string_view& line) {
    const size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
    const size_t end = std::min(line.find_first_of(" \t", begin), line.size());
    const std::string_view word = line.substr(begin, end - begin);
    line.remove_prefix(end);
    return word;
}

// Lines are "name" or "name [module]".
std::unordered_set<std::string_view> names_of(std::string_view text) {
    std::unordered_set<std::string_view> names;
    each_line(text, [&](std::string_view line) { names.insert(next_word(line)); });
    return names;
}

Error none_found(const std::string& function, const std::vector<SymbolLine>& functions) {
    if (is_pattern(function))
        return fail(fmt::format("no function of the kernel that may be traced matches `{}`", function),
                    "/sys/kernel/tracing/available_filter_functions lists them", ExitStatus::usage);
    std::set<std::string_view> names;
    for (const SymbolLine& one : functions) names.insert(one.name);
    const std::vector<std::string_view> all(names.begin(), names.end());
    return fail(fmt::format("the kernel has no function `{}`", function), did_you_mean(function, all),
                ExitStatus::usage);
}

// Lines are "ADDRESS KIND NAME", for modules with theirs behind it.
std::vector<SymbolLine> lines_of(std::string_view text, bool functions_only) {
    std::vector<SymbolLine> out;
    each_line(text, [&](std::string_view line) {
        const std::string_view address = next_word(line);
        const std::string_view kind = next_word(line);
        SymbolLine one;
        // As nm(1) has them: text, global or local, and weak.
        one.is_function = kind == "t" || kind == "T" || kind == "w" || kind == "W";
        if (functions_only && !one.is_function) return;
        one.name = next_word(line);
        one.module = next_word(line);
        const auto parsed = std::from_chars(address.data(), address.data() + address.size(), one.address, 16);
        if (parsed.ec == std::errc()) out.push_back(one);
    });
    return out;
}

}  // namespace

std::vector<SymbolLine> symbols_in(std::string_view text) { return lines_of(text, false); }

std::vector<SymbolLine> functions_in(std::string_view text) { return lines_of(text, true); }

bool is_pattern(std::string_view function) { return function.find_first_of("*?[") != function.npos; }

void KernelFunctions::read() {
    if (read_) return;
    read_ = true;
    symbols_ = contents(files_.symbols);
    if (symbols_) functions_ = functions_in(*symbols_);
    // Programs of BPF and what ftrace makes are no functions of the kernel.
    std::erase_if(functions_, [](const SymbolLine& one) {
        return one.module == "[bpf]" || one.module.starts_with("[__builtin__");
    });
    for (const std::string& path : files_.traceable) {
        if (!traceable_) traceable_ = contents(path);
    }
    if (traceable_) may_be_traced_ = names_of(*traceable_);
}

Result<std::vector<KernelFunction>> KernelFunctions::find(const std::string& function) {
    read();
    if (!symbols_)
        return fail(fmt::format("the functions of the kernel are not known: `{}` cannot be read", files_.symbols), {},
                    ExitStatus::permission);
    const bool pattern = is_pattern(function);
    bool forbidden = false;
    bool hidden = false;
    std::vector<KernelFunction> found;
    std::set<uint64_t> addresses;
    for (const SymbolLine& one : functions_) {
        if (pattern ? fnmatch(function.c_str(), std::string(one.name).c_str(), 0) != 0 : one.name != function) continue;
        // That list has names alone: of several functions with one name all may be traced, or none.
        if (traceable_ && !may_be_traced_.contains(one.name)) {
            forbidden = true;
        } else if (one.address == 0) {
            hidden = true;  // kptr_restrict: zeros in place of the addresses
        } else if (addresses.insert(one.address).second) {
            found.push_back({std::string(one.name), one.address});
        }
    }
    if (hidden)
        return fail("the kernel hides where its functions are",
                    "/proc/sys/kernel/kptr_restrict says from whom; CAP_SYSLOG may be needed", ExitStatus::permission);
    // A pattern simply leaves out those that may not be.
    if (found.empty() && forbidden && !pattern)
        return fail(fmt::format("the kernel does not let its function `{}` be traced", function),
                    "/sys/kernel/tracing/available_filter_functions lists those that may be", ExitStatus::usage);
    if (found.empty()) return none_found(function, functions_);
    if (found.size() > most_kernel_functions)
        return fail(fmt::format("`{}` means {} functions of the kernel, at most {} are probed by one tuple", function,
                                found.size(), most_kernel_functions),
                    "write a narrower pattern", ExitStatus::usage);
    std::stable_sort(found.begin(), found.end(),
                     [](const KernelFunction& a, const KernelFunction& b) { return a.name < b.name; });
    return found;
}

}  // namespace probevue
