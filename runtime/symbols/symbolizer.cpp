#include "runtime/symbols/symbolizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "runtime/symbols/kernel_functions.h"

namespace probevue {
namespace {

constexpr size_t most_processes = 4096;

std::vector<std::pair<uint64_t, std::string_view>> by_address(std::string_view text) {
    std::vector<std::pair<uint64_t, std::string_view>> out;
    for (const SymbolLine& one : functions_in(text)) {
        if (one.address != 0) out.emplace_back(one.address, one.name);  // unprivileged readers see zeros
    }
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return out;
}

}  // namespace

const Mapping* Symbolizer::find(int64_t pid, uint64_t address) const {
    const auto process = mappings_.find(pid);
    if (process == mappings_.end()) return nullptr;
    for (const Mapping& mapping : process->second) {
        if (address >= mapping.begin && address < mapping.end) return mapping.path.empty() ? nullptr : &mapping;
    }
    return nullptr;
}

void Symbolizer::look_at(int64_t pid, std::span<const uint64_t> addresses) {
    const auto known = [&](uint64_t address) { return find(pid, address) != nullptr; };
    if (mappings_.contains(pid) && std::all_of(addresses.begin(), addresses.end(), known)) return;
    std::vector<Mapping> fresh = mappings_of(pid);
    if (fresh.empty()) return;  // it is gone: what was known before is better than nothing
    std::erase_if(fresh, [](const Mapping& mapping) { return !mapping.executable; });
    if (mappings_.size() >= most_processes) mappings_.clear();
    mappings_[pid] = std::move(fresh);
}

const ElfFile* Symbolizer::file(int64_t pid, const Mapping& mapping) {
    const auto [at, fresh] = files_.try_emplace(mapping.path);
    if (fresh) {
        auto opened = ElfFile::open(fmt::format("/proc/{}/root{}", pid, mapping.path));
        if (!opened) opened = ElfFile::open(mapping.path);
        if (opened) at->second = std::move(*opened);
    }
    return at->second.get();
}

std::string Symbolizer::describe(int64_t pid, uint64_t address) {
    const Mapping* mapping = find(pid, address);
    if (mapping == nullptr) return {};
    const uint64_t offset = address - mapping->begin + mapping->offset;
    if (const ElfFile* opened = file(pid, *mapping)) {
        const std::optional<uint64_t> linked = opened->address_at(offset);
        const FunctionSymbol* symbol = linked ? opened->function_at(*linked) : nullptr;
        if (symbol != nullptr) return fmt::format("{}+{:#x}", demangled(symbol->name), *linked - symbol->address);
    }
    return fmt::format("{}+{:#x}", mapping->path.substr(mapping->path.rfind('/') + 1), offset);
}

const std::pair<uint64_t, std::string_view>* Symbolizer::kernel_function(uint64_t address) {
    if (kernel_text_.empty()) {
        std::ifstream in("/proc/kallsyms", std::ios::binary);
        kernel_text_.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
        kernel_ = by_address(kernel_text_);
    }
    const auto after = std::upper_bound(kernel_.begin(), kernel_.end(), address,
                                        [](uint64_t value, const auto& one) { return value < one.first; });
    return after == kernel_.begin() ? nullptr : &*std::prev(after);
}

std::string Symbolizer::describe_kernel(uint64_t address) {
    const auto* function = kernel_function(address);
    return function == nullptr ? std::string() : fmt::format("{}+{:#x}", function->second, address - function->first);
}

std::string Symbolizer::function_of_kernel(uint64_t address) {
    const auto* function = kernel_function(address);
    return function == nullptr ? fmt::format("{:#x}", address) : std::string(function->second);
}

}  // namespace probevue
