#include "runtime/engine/machine.h"

#include <sys/random.h>

#include <algorithm>
#include <cstring>
#include <random>

namespace probevue {

namespace {

uint32_t thread_block_size(const Program& program) {
    for (const MapDescription& map : program.maps) {
        if (map.kind == MapKind::threads) return map.value_size;
    }
    return 0;
}

uint32_t round_up(uint32_t size) { return (size + 7) & ~7u; }

}  // namespace

// Of the system: std::random_device asks the processor what it can do each time, which in a virtual machine takes
// longer than making a table.
uint64_t random_seed() {
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, 0) == static_cast<ssize_t>(sizeof seed)) return seed;
    std::random_device device;
    return uint64_t{device()} << 32 | device();
}

std::unique_ptr<AssociativeArray> empty_array(const ArrayLayout& layout, const EngineOptions& options) {
    std::vector<KeyPart> parts;
    for (const RecordField& key : layout.keys) parts.push_back({key.offset, key.size});
    return std::make_unique<AssociativeArray>(std::move(parts), layout.key_size, layout.value_size,
                                              options.max_elements, random_seed());
}

ThreadTable empty_threads(const Program& program, const EngineOptions& options) {
    return ThreadTable(round_up(thread_block_size(program)), options.max_threads, random_seed());
}

Machine::Machine(const Program& program_, const EngineOptions& options_, Sink& sink_)
    : program(program_),
      options(options_),
      sink(sink_),
      threads(empty_threads(program_, options_)),
      ranges(program_.ranges.size()),
      summaries(options_.max_summaries),
      indents(options_.max_threads),
      warned(program_.sites.size()) {
    maps.reserve(program.maps.size());
    for (const MapDescription& description : program.maps) {
        MapMemory& map = maps.emplace_back();
        map.kind = description.kind;
        if (description.kind == MapKind::globals || description.kind == MapKind::rodata) {
            const size_t size = std::max<size_t>(description.value_size, description.contents.size());
            map.block.resize((size + sizeof(uint64_t) - 1) / sizeof(uint64_t));
            if (!description.contents.empty())
                std::memcpy(map.bytes(), description.contents.data(), description.contents.size());
        } else if (description.kind == MapKind::array) {
            map.layout = &description.layout;
            map.array = empty_array(description.layout, options);
        }
    }
}

void release_handle(Machine& machine, FieldKind kind, uint64_t handle) {
    if (kind == FieldKind::range) machine.ranges.release(handle);
    if (kind == FieldKind::dist) machine.summaries.release(machine.summaries.distributions, handle);
    if (kind == FieldKind::distinct) machine.summaries.release(machine.summaries.distincts, handle);
}

MapMemory* Machine::map_of(uint64_t array) {
    const auto found = std::find_if(maps.begin(), maps.end(), [&](const MapMemory& map) {
        return map.array != nullptr && address_of(map.array.get()) == array;
    });
    return found == maps.end() ? nullptr : &*found;
}

uint64_t Machine::event_word(EventField field) const {
    return context->fields == 0 ? 0 : load_word(pointer(context->fields) + event_field(field).offset);
}

const CapturedBytes* Machine::captured(CapturedKind kind, uint64_t key, size_t size) {
    const std::span reads(reinterpret_cast<const CapturedBytes*>(context->captured_reads), context->captured_number);
    for (const CapturedBytes& read : reads) {
        // A text that has come to its end is whole, however short; of anything else too few bytes are none.
        if (read.kind == kind && read.key == key && (read.ended || read.size >= size)) return &read;
    }
    // Packets come without such reads, and live the caller looks for itself: neither is a lack of the recording.
    if (!options.live && context->packet == 0) ++counters.unrecorded;
    return nullptr;
}

const CapturedDescriptor* Machine::captured_descriptor(uint64_t number) {
    const CapturedBytes* read = captured(CapturedKind::descriptor, number, sizeof(CapturedDescriptor));
    return read == nullptr ? nullptr : reinterpret_cast<const CapturedDescriptor*>(read->bytes);
}

std::string_view Machine::site_text(uint64_t site) const {
    return site < program.sites.size() ? std::string_view(program.sites[site].text) : std::string_view();
}

const ProbeRequest* Machine::fired() const {
    const auto found = std::find_if(clause->probes.begin(), clause->probes.end(),
                                    [&](const ProbeRequest& probe) { return probe.site == context->probe; });
    return found == clause->probes.end() ? nullptr : &*found;
}

std::string_view text_at(uint64_t address, uint64_t size) {
    const char* text = reinterpret_cast<const char*>(address);
    return {text, strnlen(text, size)};
}

void put_text(uint64_t to, uint64_t to_size, std::string_view text) {
    const size_t length = std::min<size_t>(text.size(), to_size);
    // Both may be of the same variable, and overlap.
    if (length != 0) std::memmove(pointer(to), text.data(), length);
    if (to_size > length) std::memset(pointer(to) + length, 0, to_size - length);
}

}  // namespace probevue
