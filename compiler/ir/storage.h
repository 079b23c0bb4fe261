// Where the script's variables lie: offsets in the globals and thread blocks, layouts of associative arrays, constants.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/program/program.h"
#include "compiler/sema/checked.h"

namespace probevue::ir {

// Fixed places in Program::maps.
inline constexpr uint32_t globals_map = 0;
inline constexpr uint32_t rodata_map = 1;
inline constexpr uint32_t threads_map = 2;
inline constexpr uint32_t first_array_map = 3;

// Bytes that a value takes as a variable, key or record field: a multiple of 8, what lies behind the value is zero.
uint32_t storage_size(TypeRef type);

class Storage {
public:
    explicit Storage(const checked::Script& script);

    uint32_t variable_offset(checked::VariableId id) const {
        return variables_[id];
    }  // in its block (globals or threads)
    uint32_t instantiated_offset(checked::VariableId id) const {
        return flags_[id];
    }  // thread-locals: a byte in the threads block
    // Where in rodata the address of a kernel variable will stand.
    uint32_t symbol_offset(checked::VariableId id) const { return symbols_[id]; }
    std::vector<KernelSymbol> take_symbols() { return std::move(kernel_symbols_); }
    uint32_t list_offset(checked::ListId id) const { return lists_[id]; }
    uint32_t array_map(checked::ArrayId id) const { return first_array_map + id; }

    // Address in rodata of bytes, padded with zeros to a multiple of 8; equal contents are kept once.
    uint32_t constant(std::string_view bytes);
    // Address in rodata of at least this many zero bytes.
    uint32_t zeros(uint32_t size);

    std::vector<MapDescription> take_maps();

private:
    std::vector<MapDescription> maps_;
    std::vector<uint32_t> variables_;
    std::vector<uint32_t> flags_;
    std::vector<uint32_t> lists_;
    std::vector<uint32_t> symbols_;  // by variable
    std::vector<KernelSymbol> kernel_symbols_;
    std::map<std::string, uint32_t, std::less<>> constants_;
    std::vector<uint8_t> rodata_;
};

}  // namespace probevue::ir
