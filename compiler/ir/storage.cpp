// Runs before the first clause is built: every variable of the checked script has its place from then on.
#include "compiler/ir/storage.h"

#include <algorithm>

#include "compiler/sema/record_field.h"

namespace probevue::ir {
namespace {

constexpr uint32_t round_up(uint32_t value) { return (value + 7) & ~7u; }

ArrayLayout array_layout(const checked::AssociativeArray& array) {
    ArrayLayout layout;
    layout.name = array.name;
    for (size_t i = 0; i < array.keys.size(); ++i) {
        layout.keys.push_back(record_field(array.keys[i], layout.key_size));
        if (i < array.key_units.size()) layout.keys.back().unit = array.key_units[i];
        layout.key_size += storage_size(array.keys[i]);
    }
    if (array.keys.empty()) layout.key_size = sizeof(uint64_t);  // one element, whose key is 0
    layout.value = record_field(array.value, 0);
    layout.value.unit = array.unit;
    layout.value_size = storage_size(array.value);
    layout.key_names = array.key_names;
    layout.facts = array.facts;
    return layout;
}

}  // namespace

uint32_t storage_size(TypeRef type) {
    switch (type->kind) {
        case TypeKind::list:
            return sizeof(ListValue);
        case TypeKind::string:
            return std::max(8u, round_up(type->count));
        case TypeKind::ip:
            return sizeof(IpAddress);
        case TypeKind::net_info:
        case TypeKind::array:
        case TypeKind::structure:
            return std::max(8u, round_up(type->size));
        default:
            return 8;
    }
}

Storage::Storage(const checked::Script& script) : maps_(first_array_map) {
    uint32_t globals = 0;
    uint32_t threads = 0;
    std::vector<VariableDescription> names;
    std::vector<VariableDescription> thread_names;
    for (const checked::Variable& variable : script.variables) {
        uint32_t& block = variable.storage == checked::VariableClass::thread ? threads : globals;
        // An entry for every variable, so that its number is the index; of those that lie elsewhere it is not asked
        // for.
        variables_.push_back(block);
        flags_.push_back(0);
        symbols_.push_back(0);
        if (variable.storage == checked::VariableClass::kernel && variable.type != nullptr) {
            // 8 bytes that are to hold the address of the kernel's symbol.
            symbols_.back() = static_cast<uint32_t>(rodata_.size());
            kernel_symbols_.push_back({variable.name, symbols_.back()});
            rodata_.resize(rodata_.size() + 8);
            continue;
        }
        if (variable.storage == checked::VariableClass::automatic || variable.type == nullptr) continue;
        const bool thread = variable.storage == checked::VariableClass::thread;
        const uint32_t size = storage_size(variable.type);
        (thread ? thread_names : names)
            .push_back({variable.name, variable.type->name, record_field(variable.type, block), size, 0});
        (thread ? thread_names : names).back().value.unit = variable.unit;
        (thread ? thread_names : names).back().facts = variable.facts;
        // In the block a `float` has 4 bytes.
        if (variable.type->kind == TypeKind::floating)
            (thread ? thread_names : names).back().value.width = static_cast<uint8_t>(variable.type->size);
        block += size;
        if (thread) {
            // Whether the thread has given it a value: until then a predicate that reads it does not hold.
            flags_.back() = thread_names.back().flag_offset = threads;
            threads += 8;
        }
    }
    for (const checked::ListVariable& list : script.lists) {
        RecordField value{.kind = FieldKind::list, .offset = globals, .size = sizeof(ListValue), .unit = list.unit};
        names.push_back({list.name, "__list", value, sizeof(ListValue), 0});
        names.back().facts = list.facts;
        lists_.push_back(globals);
        globals += sizeof(ListValue);
    }
    maps_[globals_map] = {.kind = MapKind::globals, .key_size = 4, .value_size = globals, .contents = {}, .layout = {}};
    maps_[rodata_map] = {.kind = MapKind::rodata, .key_size = 4, .value_size = 0, .contents = {}, .layout = {}};
    maps_[threads_map] = {.kind = MapKind::threads, .key_size = 8, .value_size = threads, .contents = {}, .layout = {}};
    maps_[globals_map].variables = std::move(names);
    maps_[threads_map].variables = std::move(thread_names);
    for (const checked::AssociativeArray& array : script.arrays) {
        MapDescription map;
        map.kind = MapKind::array;
        map.layout = array_layout(array);
        map.key_size = map.layout.key_size;
        map.value_size = map.layout.value_size;
        maps_.push_back(std::move(map));
    }
}

// Padded with zeros to whole words, in which it is read. Equal constants lie once.
uint32_t Storage::constant(std::string_view bytes) {
    if (auto found = constants_.find(bytes); found != constants_.end()) return found->second;
    const auto offset = static_cast<uint32_t>(rodata_.size());
    rodata_.insert(rodata_.end(), bytes.begin(), bytes.end());
    rodata_.resize(offset + std::max(8u, round_up(static_cast<uint32_t>(bytes.size()))));
    constants_.emplace(bytes, offset);
    return offset;
}

uint32_t Storage::zeros(uint32_t size) { return constant(std::string(round_up(std::max(size, 8u)), '\0')); }

std::vector<MapDescription> Storage::take_maps() {
    maps_[rodata_map].value_size = static_cast<uint32_t>(rodata_.size());
    maps_[rodata_map].contents = std::move(rodata_);
    return std::move(maps_);
}

}  // namespace probevue::ir
