#include "compiler/program/system_calls.h"

#include <fmt/format.h>
#include <seccomp.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>

#include "builtins/system_calls.h"

namespace probevue {
namespace {

constexpr int32_t highest_number = 1023;  // far above the last one of any architecture

struct Free {
    void operator()(char* text) const { std::free(text); }
};

// By number; empty where there is none. The library looks through all of its table for each.
std::vector<std::string> names_by_number() {
    std::vector<std::string> out(highest_number + 1);
    for (int32_t number = 0; number <= highest_number; ++number) {
        const std::unique_ptr<char, Free> name(seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number));
        if (name != nullptr) out[static_cast<size_t>(number)] = name.get();
    }
    return out;
}

const std::vector<std::string>& numbered() {
    static const std::vector<std::string> names = names_by_number();
    return names;
}

std::optional<int32_t> number_of(std::string_view name) {
    // Calls that the architecture does not have get negative numbers.
    const int number = seccomp_syscall_resolve_name_arch(SCMP_ARCH_NATIVE, std::string(name).c_str());
    return number < 0 ? std::nullopt : std::optional<int32_t>(number);
}

std::optional<int32_t> parsed(std::string_view text) {
    int32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool right = error == std::errc() && end == text.data() + text.size() && number >= 0;
    return right && number <= highest_number ? std::optional(number) : std::nullopt;
}

std::vector<std::string> named(CallNames names) {
    std::vector<std::string> out;
    for (const std::string& name : numbered()) {
        if (!name.empty()) out.push_back(name);
    }
    if (names == CallNames::library) {
        for (const LibraryCall& row : all_library_calls()) out.emplace_back(row.function);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace

std::vector<SystemCall> find_system_calls(std::string_view name, CallNames names) {
    if (const AixCall* aix = find_aix_call(name); aix != nullptr && !number_of(name)) {
        return aix->missing.empty() ? find_system_calls(aix->function, CallNames::library) : std::vector<SystemCall>();
    }
    std::vector<SystemCall> out;
    if (names == CallNames::library) {
        for (const LibraryCall& row : library_calls(name)) {
            if (const auto number = number_of(row.call)) out.push_back({*number, row.skipped});
        }
        if (!out.empty()) return out;
    }
    std::optional<int32_t> number = number_of(name);
    if (!number && names == CallNames::kernel) number = parsed(name);
    if (number) out.push_back({*number, 0});
    return out;
}

std::string system_call_name(int64_t number) {
    const bool known = number >= 0 && number <= highest_number && !numbered()[static_cast<size_t>(number)].empty();
    return known ? numbered()[static_cast<size_t>(number)] : fmt::format("syscall_{}", number);
}

const std::vector<std::string>& system_call_names(CallNames names) {
    static const std::vector<std::string> of_library = named(CallNames::library);
    static const std::vector<std::string> of_kernel = named(CallNames::kernel);
    return names == CallNames::library ? of_library : of_kernel;
}

}  // namespace probevue
