// Functions of an executable file or shared library, from its symbol tables, and where they lie in the file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"

namespace probevue {

struct FunctionSymbol {
    std::string_view name;  // as in the symbol table: mangled
    uint64_t address = 0;   // as the file is linked
    uint64_t size = 0;      // bytes; 0 where the table does not say
    bool indirect = false;  // chooses the function proper when the program starts (STT_GNU_IFUNC)
};

class ElfFile {
public:
    // Errors: it cannot be read, or is no ELF file of a program or library.
    static Result<std::unique_ptr<ElfFile>> open(const std::string& path);
    ~ElfFile();
    ElfFile(const ElfFile&) = delete;
    ElfFile& operator=(const ElfFile&) = delete;

    // By address; of several names at an address, those of the full symbol table first. Names live as long as the file.
    // From .symtab and .dynsym, and from .symtab of the separate debug file that the build id leads to.
    std::span<const FunctionSymbol> functions() const { return functions_; }
    // The function that the address lies in, or the last one before it when that has no size.
    const FunctionSymbol* function_at(uint64_t address) const;

    // Between addresses as linked and places in the file; nothing outside of what is loaded from the file.
    std::optional<uint64_t> offset_of(uint64_t address) const;
    std::optional<uint64_t> address_at(uint64_t offset) const;

    bool is_64bit() const { return is_64bit_; }
    const std::vector<std::string>& needed() const { return needed_; }      // names of libraries (DT_NEEDED)
    const std::vector<std::string>& run_path() const { return run_path_; }  // directories, $ORIGIN put in
    const std::string& interpreter() const { return interpreter_; }         // path; empty: none

private:
    struct Segment {
        uint64_t address = 0;
        uint64_t offset = 0;
        uint64_t size = 0;  // bytes in the file
    };
    struct Opened;

    ElfFile();
    bool read(const std::string& path);
    void read_segments(const Opened& file);
    void read_dynamic(const Opened& file, const std::string& path);
    void read_symbols(const Opened& file);
    std::string debug_file(const Opened& file) const;

    std::unique_ptr<Opened> file_;
    std::unique_ptr<Opened> debug_;
    bool is_64bit_ = true;
    std::vector<Segment> segments_;
    std::vector<FunctionSymbol> functions_;
    std::vector<std::string> needed_;
    std::vector<std::string> run_path_;
    std::string interpreter_;
};

// "Foo::bar(int)" for a mangled C++ name; the name itself for any other.
std::string demangled(std::string_view name);

}  // namespace probevue
