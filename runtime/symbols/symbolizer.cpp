#include "runtime/symbols/symbolizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

namespace probevue {
namespace {

constexpr size_t most_processes = 4096;

// Lines are "ADDRESS KIND NAME", for modules with their name behind it.
std::vector<std::pair<uint64_t, std::string_view>> kernel_functions(std::string_view text) {
    std::vector<std::pair<uint64_t, std::string_view>> out;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        uint64_t address = 0;
        const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), address, 16);
        const size_t name = static_cast<size_t>(rest - line.data()) + 3;
        // Unprivileged readers see zeros for addresses.
        if (error != std::errc() || address == 0 || name >= line.size()) continue;
        const char kind = line[name - 2];
        if (kind != 't' && kind != 'T' && kind != 'w' && kind != 'W') continue;
        out.emplace_back(address, line.substr(name, line.find('\t', name) - name));
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

std::string Symbolizer::describe_kernel(uint64_t address) {
    if (kernel_text_.empty()) {
        std::ifstream in("/proc/kallsyms", std::ios::binary);
        kernel_text_.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
        kernel_ = kernel_functions(kernel_text_);
    }
    const auto after = std::upper_bound(kernel_.begin(), kernel_.end(), address,
                                        [](uint64_t value, const auto& one) { return value < one.first; });
    if (after == kernel_.begin()) return {};
    const auto& [start, name] = *std::prev(after);
    return fmt::format("{}+{:#x}", name, address - start);
}

}  // namespace probevue
