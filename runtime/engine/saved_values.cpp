#include "runtime/engine/saved_values.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "runtime/engine/machine.h"
#include "runtime/values/narrow.h"

namespace probevue {
namespace {

// May a value of one field stand in the other?
bool fits(const RecordField& from, const RecordField& to) {
    if (from.kind != to.kind) return false;
    return from.kind != FieldKind::bytes || from.size == to.size;
}

// Bytes of a value without the padding behind it.
uint32_t copied(const RecordField& from, const RecordField& to) { return std::min(from.size, to.size); }

// `from` and `to` are where the field's bytes begin; what `to` holds is zero.
void copy_value(const std::byte* from, const RecordField& from_field, std::byte* to, const RecordField& to_field) {
    std::memcpy(to, from, copied(from_field, to_field));
    narrow(to, to_field);
}

bool same_field(const RecordField& a, const RecordField& b) {
    return a.kind == b.kind && a.offset == b.offset && a.size == b.size && a.width == b.width &&
           a.is_signed == b.is_signed;
}

bool fits(const ArrayLayout& from, const ArrayLayout& to) {
    return fits(from.value, to.value) &&
           std::equal(from.keys.begin(), from.keys.end(), to.keys.begin(), to.keys.end(),
                      [](const RecordField& a, const RecordField& b) { return fits(a, b); });
}

bool same_layout(const ArrayLayout& a, const ArrayLayout& b) {
    return a.key_size == b.key_size && a.value_size == b.value_size && same_field(a.value, b.value) &&
           std::equal(a.keys.begin(), a.keys.end(), b.keys.begin(), b.keys.end(), same_field);
}

// Elements one by one, because keys or values take another room now.
void copy_elements(const SavedValues::Array& from, AssociativeArray& to, const ArrayLayout& layout) {
    std::vector<uint64_t> words(layout.key_size / sizeof(uint64_t));
    auto* key = reinterpret_cast<std::byte*>(words.data());
    from.elements->for_each([&](const std::byte* old_key, const std::byte* value) {
        // What stands behind a shorter field is compared and hashed with it.
        std::fill(words.begin(), words.end(), 0);
        for (size_t i = 0; i < layout.keys.size(); ++i) {
            const RecordField& old_field = from.layout.keys[i];
            copy_value(old_key + old_field.offset, old_field, key + layout.keys[i].offset, layout.keys[i]);
        }
        if (std::byte* made = to.ref(key)) copy_value(value, from.layout.value, made, layout.value);
    });
}

const MapDescription* threads_of(const Program& program) {
    const auto found = std::find_if(program.maps.begin(), program.maps.end(),
                                    [](const MapDescription& map) { return map.kind == MapKind::threads; });
    return found == program.maps.end() ? nullptr : &*found;
}

bool same_variables(std::span<const VariableDescription> a, std::span<const VariableDescription> b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const VariableDescription& x, const VariableDescription& y) {
                          return x.name == y.name && same_field(x.value, y.value) && x.flag_offset == y.flag_offset &&
                                 x.size == y.size;
                      });
}

void restore_threads(Machine& machine, SavedValues::Threads& saved, std::span<const VariableDescription> variables) {
    if (same_variables(saved.variables, variables)) {
        std::swap(machine.threads, saved.blocks);
        return;
    }
    saved.blocks.for_each([&](uint64_t thread, const std::byte* block) {
        std::byte* made = machine.threads.ref(thread);
        if (made == nullptr) return;
        for (const VariableDescription& to : variables) {
            const auto from = std::find_if(
                saved.variables.begin(), saved.variables.end(),
                [&](const VariableDescription& one) { return one.name == to.name && fits(one.value, to.value); });
            if (from == saved.variables.end()) continue;
            copy_value(block + from->value.offset, from->value, made + to.value.offset, to.value);
            made[to.flag_offset] = block[from->flag_offset];
        }
    });
}

}  // namespace

void save_values(Machine& machine, SavedValues& values) {
    for (size_t i = 0; i < machine.maps.size(); ++i) {
        const MapDescription& description = machine.program.maps[i];
        MapMemory& memory = machine.maps[i];
        if (memory.kind == MapKind::globals) {
            for (const VariableDescription& variable : description.variables) {
                const std::byte* at = memory.bytes() + variable.value.offset;
                values.variables[variable.name] = {variable, {at, at + variable.size}};
            }
        } else if (memory.kind == MapKind::array) {
            SavedValues::Array& array = values.arrays[description.layout.name];
            array.layout = description.layout;
            array.elements = empty_array(description.layout, machine.options);
            std::swap(*array.elements, *memory.array);  // code holds the address of the other one
        }
    }
    for (size_t i = 0; i < machine.program.ranges.size(); ++i) {
        values.ranges[machine.program.ranges[i].name] = machine.ranges.definition(i);
    }
    if (const MapDescription* threads = threads_of(machine.program)) {
        if (!threads->variables.empty()) {
            values.threads.emplace(
                SavedValues::Threads{threads->variables, empty_threads(machine.program, machine.options)});
            std::swap(values.threads->blocks, machine.threads);
        }
    }
    // As a whole: elements hold handles, which are places in these tables.
    SavedValues::Tables& tables = values.tables.emplace(SavedValues::Tables{RangeTable(0), Summaries(0), {}, {}});
    tables.ranges.take_counts(machine.ranges);
    std::swap(tables.summaries, machine.summaries);
    tables.paths = std::move(machine.paths);
    tables.stacks = std::move(machine.stacks);
}

void restore_values(Machine& machine, SavedValues& values) {
    for (size_t i = 0; i < machine.maps.size(); ++i) {
        const MapDescription& description = machine.program.maps[i];
        MapMemory& memory = machine.maps[i];
        if (memory.kind == MapKind::globals) {
            for (const VariableDescription& to : description.variables) {
                const auto from = values.variables.find(to.name);
                if (from == values.variables.end() || !fits(from->second.description.value, to.value)) continue;
                copy_value(from->second.bytes.data(), from->second.description.value, memory.bytes() + to.value.offset,
                           to.value);
            }
        } else if (memory.kind == MapKind::array) {
            const auto from = values.arrays.find(description.layout.name);
            // One that was declared otherwise since begins empty.
            if (from == values.arrays.end() || !fits(from->second.layout, description.layout)) continue;
            if (same_layout(from->second.layout, description.layout)) {
                std::swap(*memory.array, *from->second.elements);
            } else {
                copy_elements(from->second, *memory.array, description.layout);
            }
            values.arrays.erase(from);
        }
    }
    for (size_t i = 0; i < machine.program.ranges.size(); ++i) {
        const auto from = values.ranges.find(machine.program.ranges[i].name);
        if (from != values.ranges.end()) machine.ranges.set_definition(i, from->second);
    }
    if (const MapDescription* threads = threads_of(machine.program); threads != nullptr && values.threads) {
        restore_threads(machine, *values.threads, threads->variables);
        values.threads.reset();
    }
    if (!values.tables) return;
    machine.ranges.take_counts(values.tables->ranges);
    std::swap(machine.summaries, values.tables->summaries);
    machine.paths = std::move(values.tables->paths);
    machine.stacks = std::move(values.tables->stacks);
    values.tables.reset();
}

}  // namespace probevue
