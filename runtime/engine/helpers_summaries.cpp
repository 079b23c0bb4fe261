// Distributions and counts of different values.
#include "runtime/engine/helpers.h"
#include "runtime/values/summary_numbers.h"

namespace probevue::helpers {

uint64_t dist_add(Machine& machine, uint64_t element, uint64_t value, uint64_t, uint64_t, uint64_t) {
    auto& handle = *reinterpret_cast<uint64_t*>(element);
    Summaries& all = machine.summaries;
    Distribution* into = all.made(all.distributions, handle);
    if (into == nullptr || !into->add(static_cast<int64_t>(value), all.room)) [[unlikely]]
        ++machine.counters.summaries_full;
    return 0;
}

uint64_t dist_number(Machine& machine, uint64_t handle, uint64_t number, uint64_t, uint64_t, uint64_t) {
    const Distribution* found = machine.summaries.distributions.find(handle);
    if (found == nullptr) return 0;
    return static_cast<uint64_t>(distribution_number(*found, static_cast<uint8_t>(number)));
}

uint64_t dist_quantile(Machine& machine, uint64_t handle, uint64_t part, uint64_t, uint64_t, uint64_t) {
    const Distribution* found = machine.summaries.distributions.find(handle);
    return found == nullptr ? 0 : static_cast<uint64_t>(found->quantile(part));
}

uint64_t distinct_bytes(Machine&, uint64_t state, uint64_t address, uint64_t size, uint64_t, uint64_t) {
    return distinct_hash(state, pointer(address), size);
}

uint64_t distinct_text(Machine&, uint64_t state, uint64_t text, uint64_t size, uint64_t, uint64_t) {
    return distinct_hash(state, pointer(text), text_at(text, size).size());
}

uint64_t distinct_add(Machine& machine, uint64_t element, uint64_t hash, uint64_t, uint64_t, uint64_t) {
    auto& handle = *reinterpret_cast<uint64_t*>(element);
    Summaries& all = machine.summaries;
    Distinct* into = all.made(all.distincts, handle);
    if (into == nullptr || !into->add(hash, all.room)) [[unlikely]]
        ++machine.counters.summaries_full;
    return 0;
}

uint64_t distinct_count(Machine& machine, uint64_t handle, uint64_t, uint64_t, uint64_t, uint64_t) {
    const Distinct* found = machine.summaries.distincts.find(handle);
    return found == nullptr ? 0 : found->count();
}

}  // namespace probevue::helpers
