#include "runtime/engine/rates.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <vector>

#include "runtime/engine/machine.h"

namespace probevue {
namespace {

// Integers wrap, so that their difference is right whatever their sign; `before` is null for an element that is new.
double difference(const RecordField& field, const std::byte* now, const std::byte* before) {
    const uint64_t last = before == nullptr ? 0 : load_word(before + field.offset);
    const uint64_t word = load_word(now + field.offset);
    if (field.kind != FieldKind::floating) return static_cast<double>(static_cast<int64_t>(word - last));
    return std::bit_cast<double>(word) - std::bit_cast<double>(last);
}

}  // namespace

void print_rates(Machine& machine, MapMemory& map, const ArrayPrintOptions& options) {
    RateLook& look = map.look;
    const uint64_t since = look.values != nullptr ? look.time_ns : machine.started_ns;
    const uint64_t now = machine.context->time_ns;
    if (since == 0 || now <= since) {
        machine.sink.message(MessageKind::warning,
                             fmt::format("rate() of `{}`: no time has passed since the last look", map.layout->name));
        return;
    }
    const double seconds = static_cast<double>(now - since) / 1e9;
    ArrayLayout layout = *map.layout;
    // The sink is told of doubles, whatever the array holds.
    layout.value = {.kind = FieldKind::floating, .size = sizeof(double), .unit = map.layout->value.unit};
    layout.value_size = sizeof(double);
    std::vector<double> rates;
    std::vector<ElementView> elements;
    rates.reserve(map.array->size());  // views point into it
    elements.reserve(map.array->size());
    // A new look each time: elements that have been deleted since are not carried along.
    std::unique_ptr<AssociativeArray> values = empty_array(*map.layout, machine.options);
    map.array->for_each([&](const std::byte* key, const std::byte* value) {
        const std::byte* before = look.values == nullptr ? nullptr : look.values->find(key);
        rates.push_back(difference(map.layout->value, value, before) / seconds);
        elements.push_back({key, reinterpret_cast<const std::byte*>(&rates.back())});
        if (std::byte* kept = values->ref(key)) std::memcpy(kept, value, map.array->value_size());
    });
    machine.sink.array(layout, elements, options, *machine.origin);
    look = {now, std::move(values)};
}

}  // namespace probevue
