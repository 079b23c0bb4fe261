#include "runtime/engine/merge_values.h"

#include <cstring>
#include <utility>

#include "runtime/engine/machine.h"
#include "runtime/values/list.h"
#include "runtime/values/narrow.h"

namespace probevue {
namespace {

MergeRule rule_of(const Program& program, std::string_view name, bool array) {
    const MergeVariable* planned = program.merge.find(name, array);
    return planned == nullptr ? MergeRule::none : planned->rule;
}

// Both addresses are those of values of the field, with their handles in the tables of their machines.
class Addition {
public:
    Addition(Machine& into, Machine& from) : into_(into), from_(from) {}

    void add(const RecordField& field, std::byte* to, const std::byte* value) {
        switch (field.kind) {
            case FieldKind::list: {
                ListValue sum;
                ListValue more;
                std::memcpy(&sum, to, sizeof sum);
                std::memcpy(&more, value, sizeof more);
                append(sum, more);
                std::memcpy(to, &sum, sizeof sum);
                return;
            }
            case FieldKind::range:
                return set(to, into_.ranges.merge(load_word(to), from_.ranges, load_word(value)));
            case FieldKind::dist:
                return add(into_.summaries.distributions, from_.summaries.distributions, to, load_word(value));
            case FieldKind::distinct:
                return add(into_.summaries.distincts, from_.summaries.distincts, to, load_word(value));
            default:
                set(to, load_word(to) + load_word(value));  // modulo 2^64, then by the type
                narrow(to, field);
        }
    }

private:
    static void set(std::byte* to, uint64_t word) { std::memcpy(to, &word, sizeof word); }

    template <typename Table>
    void add(Table& table, Table& from_table, std::byte* to, uint64_t handle) {
        const auto* more = from_table.find(handle);
        if (more == nullptr) return;
        uint64_t made = load_word(to);
        auto* sum = into_.summaries.made(table, made);
        set(to, made);
        if (sum == nullptr || !sum->merge(*more, into_.summaries.room)) ++into_.counters.summaries_full;
    }

    Machine& into_;
    Machine& from_;
};

// Handles first: without their elements nobody could give their room back.
void empty(Machine& machine, MapMemory& memory) {
    const FieldKind kind = memory.layout->value.kind;
    if (is_handle(kind))
        memory.array->for_each(
            [&](const std::byte*, const std::byte* value) { release_handle(machine, kind, load_word(value)); });
    memory.array->clear();
}

void merge_sums(Machine& into, MapMemory& to, Machine& from, MapMemory& more) {
    Addition addition(into, from);
    more.array->for_each([&](const std::byte* key, const std::byte* value) {
        std::byte* at = to.array->ref(key);
        if (at == nullptr)
            ++into.counters.array_full;
        else
            addition.add(to.layout->value, at, value);
    });
    empty(from, more);
}

// Elements go over as they are; how many keys both had.
uint64_t merge_tables(Machine& into, MapMemory& to, Machine& from, MapMemory& more) {
    Addition addition(into, from);
    const RecordField& field = to.layout->value;
    uint64_t doubles = 0;
    more.array->for_each([&](const std::byte* key, const std::byte* value) {
        // Which of the two is right nobody can say.
        if (to.array->find(key) != nullptr) {
            ++doubles;
            return;
        }
        std::byte* at = to.array->ref(key);
        // A handle means something in its own machine only: what it stands for is added to nothing.
        if (at == nullptr)
            ++into.counters.array_full;
        else if (is_handle(field.kind))
            addition.add(field, at, value);
        else
            std::memcpy(at, value, to.array->value_size());
    });
    empty(from, more);
    return doubles;
}

}  // namespace

uint64_t merge_values(Machine& into, Machine& from) {
    static_assert(sizeof(EngineCounters) == 8 * sizeof(uint64_t), "EngineCounters::add() has all of them");
    into.counters.add(std::exchange(from.counters, {}));
    uint64_t doubles = 0;
    for (size_t i = 0; i < into.maps.size(); ++i) {
        const MapDescription& description = into.program.maps[i];
        MapMemory& to = into.maps[i];
        MapMemory& more = from.maps[i];
        if (to.kind == MapKind::globals) {
            Addition addition(into, from);
            for (const VariableDescription& variable : description.variables) {
                // Others are the same in every part, or nobody reads them after this (MergeRule::none).
                if (rule_of(into.program, variable.name, false) != MergeRule::sum) continue;
                std::byte* const at = more.bytes() + variable.value.offset;
                addition.add(variable.value, to.bytes() + variable.value.offset, at);
                // It may gather anew, and is added again then.
                std::memset(at, 0, variable.size);
            }
        } else if (to.kind == MapKind::array) {
            const MergeRule rule = rule_of(into.program, description.layout.name, true);
            if (rule == MergeRule::sum) merge_sums(into, to, from, more);
            if (rule == MergeRule::table) doubles += merge_tables(into, to, from, more);
        }
    }
    return doubles;
}

void forget_sums(Machine& machine, MergeClass least) {
    const auto forgets = [&](std::string_view name, bool array) {
        const MergeVariable* planned = machine.program.merge.find(name, array);
        return planned != nullptr && planned->rule == MergeRule::sum && planned->merge_class >= least;
    };
    for (size_t i = 0; i < machine.maps.size(); ++i) {
        const MapDescription& description = machine.program.maps[i];
        MapMemory& memory = machine.maps[i];
        if (memory.kind == MapKind::globals) {
            for (const VariableDescription& variable : description.variables) {
                if (forgets(variable.name, false))
                    std::memset(memory.bytes() + variable.value.offset, 0, variable.size);
            }
        } else if (memory.kind == MapKind::array && forgets(description.layout.name, true)) {
            empty(machine, memory);
        }
    }
}

}  // namespace probevue
