// Associative arrays, lists, ranges and thread-local variables.
#include <fmt/format.h>

#include <optional>

#include "runtime/engine/helpers.h"
#include "runtime/engine/table_rows.h"
#include "runtime/values/list.h"

namespace probevue::helpers {

namespace {

AssociativeArray& array_at(uint64_t array) { return *reinterpret_cast<AssociativeArray*>(array); }
ListValue& list_at(uint64_t list) { return *reinterpret_cast<ListValue*>(list); }
uint64_t word_at(const std::byte* value) { return load_word(value); }

// The kind of the array's values when they are handles.
std::optional<FieldKind> handle_kind(const MapMemory* map) {
    if (map == nullptr) return std::nullopt;
    const FieldKind kind = map->layout->value.kind;
    return is_handle(kind) ? std::optional(kind) : std::nullopt;
}

// A call's options, and what set_aso_print_options() has said where the call does not.
ArrayPrintOptions with_defaults(ArrayPrintOptions merged, const ArrayPrintOptions& defaults) {
    if (!merged.limit_set && defaults.limit_set) merged.limit = defaults.limit;
    if (!merged.sort_set && defaults.sort_set) {
        merged.by_value = defaults.by_value;
        merged.descending = defaults.descending;
    }
    merged.hexadecimal = merged.hexadecimal || defaults.hexadecimal;
    if (!merged.list_values_set && defaults.list_values_set) merged.list_values = defaults.list_values;
    return merged;
}

}  // namespace

uint64_t array_ref(Machine& machine, uint64_t array, uint64_t key, uint64_t, uint64_t, uint64_t) {
    std::byte* value = array_at(array).ref(pointer(key));
    if (value == nullptr) [[unlikely]]
        ++machine.counters.array_full;
    return address_of(value);
}

uint64_t array_find(Machine&, uint64_t array, uint64_t key, uint64_t, uint64_t, uint64_t) {
    return address_of(array_at(array).find(pointer(key)));
}

uint64_t array_delete(Machine& machine, uint64_t array, uint64_t key, uint64_t any, uint64_t, uint64_t) {
    MapMemory* map = machine.map_of(array);
    // When the element is made anew, its next rate() counts from nothing.
    if (map != nullptr && map->look.values != nullptr) map->look.values->remove(pointer(key), any, [](std::byte*) {});
    const std::optional<FieldKind> kind = handle_kind(map);
    const size_t removed = array_at(array).remove(pointer(key), any, [&](std::byte* value) {
        // What the handle stands for goes with the element.
        if (kind) release_handle(machine, *kind, word_at(value));
    });
    if (any != 0 && map != nullptr && removed != 0 && array_at(array).size() == 0) ++map->emptied;
    return removed;
}

uint64_t array_exists(Machine&, uint64_t array, uint64_t key, uint64_t any, uint64_t, uint64_t) {
    return array_at(array).exists(pointer(key), any) ? 1 : 0;
}

uint64_t array_clear(Machine& machine, uint64_t array, uint64_t, uint64_t, uint64_t, uint64_t) {
    MapMemory* map = machine.map_of(array);
    if (map != nullptr) ++map->emptied;
    if (const std::optional<FieldKind> kind = handle_kind(map)) {
        array_at(array).for_each(
            [&](const std::byte*, std::byte* value) { release_handle(machine, *kind, word_at(value)); });
    }
    array_at(array).clear();
    if (map != nullptr && map->look.values != nullptr) map->look.values->clear();
    return 0;
}

uint64_t array_print(Machine& machine, uint64_t array, uint64_t options, uint64_t, uint64_t, uint64_t) {
    MapMemory* map = machine.map_of(array);
    if (map == nullptr || options >= machine.program.print_options.size()) return 0;
    const ArrayPrintOptions merged = with_defaults(machine.program.print_options[options], machine.print_defaults);
    if (merged.form == ArrayPrintOptions::Form::rates) {
        print_rates(machine, *map, merged);
        return 0;
    }
    std::vector<ElementView> elements;
    elements.reserve(map->array->size());
    map->array->for_each([&](const std::byte* key, const std::byte* value) { elements.push_back({key, value}); });
    machine.sink.array(*map->layout, elements, merged, *machine.origin);
    return 0;
}

uint64_t array_table(Machine& machine, uint64_t table, uint64_t, uint64_t, uint64_t, uint64_t) {
    if (table >= machine.program.tables.size()) return 0;
    const TableLayout& layout = machine.program.tables[table];
    const TableRows rows(layout, machine.maps, machine.summaries);
    machine.sink.table(layout, rows.rows(), *machine.origin);
    return 0;
}

uint64_t array_defaults(Machine& machine, uint64_t options, uint64_t, uint64_t, uint64_t, uint64_t) {
    if (options >= machine.program.print_options.size()) return 0;
    const ArrayPrintOptions& given = machine.program.print_options[options];
    ArrayPrintOptions& defaults = machine.print_defaults;
    if (given.limit_set) {
        defaults.limit = given.limit;
        defaults.limit_set = true;
    }
    if (given.sort_set) {
        defaults.by_value = given.by_value;
        defaults.descending = given.descending;
        defaults.sort_set = true;
    }
    defaults.hexadecimal = defaults.hexadecimal || given.hexadecimal;
    if (given.list_values_set) {
        defaults.list_values = given.list_values;
        defaults.list_values_set = true;
    }
    return 0;
}

uint64_t thread_ref(Machine& machine, uint64_t tid, uint64_t, uint64_t, uint64_t, uint64_t) {
    std::byte* block = machine.threads.ref(tid);
    if (block == nullptr) [[unlikely]]
        ++machine.counters.threads_full;
    return address_of(block);
}

uint64_t thread_find(Machine& machine, uint64_t tid, uint64_t, uint64_t, uint64_t, uint64_t) {
    return address_of(machine.threads.find(tid));
}

uint64_t list_append(Machine&, uint64_t list, uint64_t value, uint64_t, uint64_t, uint64_t) {
    append(list_at(list), static_cast<int64_t>(value));
    return 0;
}

uint64_t list_append_list(Machine&, uint64_t list, uint64_t other, uint64_t, uint64_t, uint64_t) {
    append(list_at(list), ListValue(list_at(other)));
    return 0;
}

uint64_t range_linear(Machine& machine, uint64_t range, uint64_t min, uint64_t max, uint64_t step, uint64_t) {
    const auto low = static_cast<int64_t>(min);
    const auto high = static_cast<int64_t>(max);
    const auto width = static_cast<int64_t>(step);
    if (range < machine.program.ranges.size() && !machine.ranges.set_linear(range, low, high, width)) {
        const std::string text =
            fmt::format("range `{}` from {} to {} by {} has no slots, or more than {}: every value counts under Others",
                        machine.program.ranges[range].name, low, high, width, RangeTable::max_linear_slots);
        machine.sink.message(MessageKind::warning, text);
    }
    return 0;
}

uint64_t range_power(Machine& machine, uint64_t range, uint64_t, uint64_t, uint64_t, uint64_t) {
    machine.ranges.set_power(range);
    return 0;
}

uint64_t range_add(Machine& machine, uint64_t range, uint64_t strings, uint64_t count, uint64_t stride, uint64_t) {
    std::vector<std::string> slot;
    for (uint64_t i = 0; i < count; ++i) slot.emplace_back(text_at(strings + i * stride, stride));
    machine.ranges.add_strings(range, std::move(slot));
    return 0;
}

uint64_t range_clear(Machine& machine, uint64_t range, uint64_t, uint64_t, uint64_t, uint64_t) {
    machine.ranges.clear(range);
    return 0;
}

uint64_t range_count(Machine& machine, uint64_t element, uint64_t range, uint64_t value, uint64_t, uint64_t) {
    auto& handle = *reinterpret_cast<uint64_t*>(element);
    handle = machine.ranges.count(handle, range, static_cast<int64_t>(value));
    return 0;
}

uint64_t range_count_string(Machine& machine, uint64_t element, uint64_t range, uint64_t text, uint64_t size,
                            uint64_t) {
    auto& handle = *reinterpret_cast<uint64_t*>(element);
    handle = machine.ranges.count(handle, range, text_at(text, size));
    return 0;
}

}  // namespace probevue::helpers
