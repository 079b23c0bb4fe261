// What lies at addresses of processes, also of those that are gone by the time it is asked.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/symbols/elf_file.h"
#include "runtime/symbols/modules.h"

namespace probevue {

// A function of the kernel, or of a module.
struct KernelPlaceName {
    uint64_t address = 0;
    std::string_view name;
};

// What the kernel says about its symbols (/proc/kallsyms), by address.
class KernelSymbols {
public:
    explicit KernelSymbols(std::string text);
    KernelSymbols(const KernelSymbols&) = delete;  // names refer to the text
    KernelSymbols& operator=(const KernelSymbols&) = delete;

    // The function that the address lies in; null: it lies in none, or nobody tells.
    const KernelPlaceName* find(uint64_t address) const;

private:
    std::string text_;
    std::vector<KernelPlaceName> places_;  // where functions begin, and with an empty name where they have ended
};

class Symbolizer {
public:
    // Takes note of what a process has mapped at these addresses; best while it runs.
    void look_at(int64_t pid, std::span<const uint64_t> addresses);
    // "function+0x1c", else the file and the offset in it, "a.out+0x4f1c"; empty when nothing is known.
    std::string describe(int64_t pid, uint64_t address);
    // Of the kernel's code; empty where the system does not tell (/proc/kallsyms).
    std::string describe_kernel(uint64_t address);
    // Names of functions alone; the file in brackets, "[libc.so.6]", or "[unknown]" where there is none.
    std::string name(int64_t pid, uint64_t address);
    std::string name_in_kernel(uint64_t address);
    // Where the function begins that the address lies in; the address itself where none is known.
    uint64_t start(int64_t pid, uint64_t address);
    uint64_t start_in_kernel(uint64_t address);
    // The name of the kernel's function alone; the address, "0xffffffff81a51c20", where the system does not tell.
    std::string function_of_kernel(uint64_t address);

private:
    // What lies at an address of a process.
    struct Place {
        const Mapping* mapping = nullptr;          // null: nothing is known, and so of the rest
        const FunctionSymbol* function = nullptr;  // null: no symbol
        uint64_t offset = 0;                       // in the function; in the file where there is none
    };
    Place place(int64_t pid, uint64_t address);
    const Mapping* find(int64_t pid, uint64_t address) const;
    const KernelPlaceName* kernel_function(uint64_t address);
    const ElfFile* file(int64_t pid, const Mapping& mapping);

    std::map<int64_t, std::vector<Mapping>> mappings_;
    std::map<std::string, std::unique_ptr<ElfFile>> files_;  // by path; null: cannot be read
    std::optional<KernelSymbols> kernel_;                    // read when first needed
};

}  // namespace probevue
