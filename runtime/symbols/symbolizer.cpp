#include "runtime/symbols/symbolizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "runtime/symbols/kernel_functions.h"

namespace probevue {
namespace {

// Of which mappings are kept. Those that have ended are not told of, so that all are forgotten when there are as many.
constexpr size_t most_processes = 4096;

constexpr uint64_t largest_function = 1 << 20;  // bytes; the kernel's largest have some 50,000

// Where something begins it is that.
std::string with_offset(std::string name, uint64_t offset) {
    return offset == 0 ? name : fmt::format("{}+{:#x}", name, offset);
}

std::string file_name(const Mapping& mapping) { return mapping.path.substr(mapping.path.rfind('/') + 1); }

}  // namespace

KernelSymbols::KernelSymbols(std::string text) : text_(std::move(text)) {
    for (const SymbolLine& one : symbols_in(text_)) {
        if (one.address == 0) continue;  // unprivileged readers see zeros
        // Labels behind the last function, and data, end the function before them.
        const bool named = one.is_function && one.name != "_etext" && one.name != "_einittext";
        places_.push_back({one.address, named ? one.name : std::string_view()});
    }
    // Of several names at an address the last one that is a function counts.
    std::stable_sort(places_.begin(), places_.end(), [](const KernelPlaceName& a, const KernelPlaceName& b) {
        return a.address != b.address ? a.address < b.address : a.name.empty() && !b.name.empty();
    });
}

const KernelPlaceName* KernelSymbols::find(uint64_t address) const {
    const auto after = std::upper_bound(places_.begin(), places_.end(), address,
                                        [](uint64_t value, const auto& one) { return value < one.address; });
    if (after == places_.begin()) return nullptr;
    const KernelPlaceName& found = *std::prev(after);
    return found.name.empty() || address - found.address >= largest_function ? nullptr : &found;
}

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
    // Libraries may come while a process runs: an address that nothing is known of is worth another look.
    if (mappings_.contains(pid) && std::all_of(addresses.begin(), addresses.end(), known)) return;
    std::vector<Mapping> fresh = mappings_of(pid);
    if (fresh.empty()) return;  // it is gone: what was known before is better than nothing
    std::erase_if(fresh, [](const Mapping& mapping) { return !mapping.executable; });
    if (mappings_.size() >= most_processes) mappings_.clear();
    mappings_[pid] = std::move(fresh);
}

const ElfFile* Symbolizer::file(int64_t pid, const Mapping& mapping) {
    // Also what cannot be opened is tried once.
    const auto [at, fresh] = files_.try_emplace(mapping.path);
    if (fresh) {
        // As the process sees it: in a container the same path may lead to another file here.
        auto opened = ElfFile::open(fmt::format("/proc/{}/root{}", pid, mapping.path));
        if (!opened) opened = ElfFile::open(mapping.path);
        if (opened) at->second = std::move(*opened);
    }
    return at->second.get();
}

Symbolizer::Place Symbolizer::place(int64_t pid, uint64_t address) {
    const Mapping* mapping = find(pid, address);
    if (mapping == nullptr) return {};
    const uint64_t offset = address - mapping->begin + mapping->offset;
    if (const ElfFile* opened = file(pid, *mapping)) {
        const std::optional<uint64_t> linked = opened->address_at(offset);
        const FunctionSymbol* symbol = linked ? opened->function_at(*linked) : nullptr;
        if (symbol != nullptr) return {mapping, symbol, *linked - symbol->address};
    }
    return {mapping, nullptr, offset};
}

std::string Symbolizer::describe(int64_t pid, uint64_t address) {
    const Place at = place(pid, address);
    if (at.mapping == nullptr) return {};
    return with_offset(at.function != nullptr ? demangled(at.function->name) : file_name(*at.mapping), at.offset);
}

std::string Symbolizer::name(int64_t pid, uint64_t address) {
    const Place at = place(pid, address);
    if (at.mapping == nullptr) return "[unknown]";
    return at.function != nullptr ? std::string(demangled(at.function->name))
                                  : fmt::format("[{}]", file_name(*at.mapping));
}

uint64_t Symbolizer::start(int64_t pid, uint64_t address) {
    const Place at = place(pid, address);
    return at.function != nullptr ? address - at.offset : address;
}

const KernelPlaceName* Symbolizer::kernel_function(uint64_t address) {
    if (!kernel_) {
        std::ifstream in("/proc/kallsyms", std::ios::binary);
        kernel_.emplace(std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()));
    }
    return kernel_->find(address);
}

std::string Symbolizer::describe_kernel(uint64_t address) {
    const KernelPlaceName* function = kernel_function(address);
    return function == nullptr ? std::string() : with_offset(std::string(function->name), address - function->address);
}

std::string Symbolizer::name_in_kernel(uint64_t address) {
    const KernelPlaceName* function = kernel_function(address);
    return function == nullptr ? "[unknown]" : std::string(function->name);
}

uint64_t Symbolizer::start_in_kernel(uint64_t address) {
    const KernelPlaceName* function = kernel_function(address);
    return function == nullptr ? address : function->address;
}

std::string Symbolizer::function_of_kernel(uint64_t address) {
    const KernelPlaceName* function = kernel_function(address);
    return function == nullptr ? fmt::format("{:#x}", address) : std::string(function->name);
}

}  // namespace probevue
