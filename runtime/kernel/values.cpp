#include "runtime/kernel/values.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>

#include "compiler/program/kernel_program.h"
#include "runtime/engine/machine.h"
#include "runtime/values/list.h"

namespace probevue {
namespace {

// Elements that a tally can take between two looks: few, because their table is there from the beginning, and fetched
// before they run out.
constexpr uint32_t tally_entries = 32'768;

uint64_t word_at(const std::byte* from) { return load_word(from); }

void put_word(std::byte* to, uint64_t value) { std::memcpy(to, &value, sizeof value); }

// A sum in the form of its type: integers are kept extended to 64 bits.
uint64_t extended(uint64_t value, const RecordField& field) {
    if (field.kind != FieldKind::integer || field.width >= 8) return value;
    const int shift = 64 - 8 * field.width;
    const uint64_t high = value << shift;
    return field.is_signed ? static_cast<uint64_t>(static_cast<int64_t>(high) >> shift) : high >> shift;
}

ListValue decoded(const KernelList& list) {
    constexpr uint64_t sign = uint64_t{1} << 63;
    return {static_cast<int64_t>(list.count), static_cast<int64_t>(list.sum), static_cast<int64_t>(~list.low ^ sign),
            static_cast<int64_t>(list.high ^ sign)};
}

}  // namespace

Handle make_tally(const KernelMap& map, bool pattern) {
    LIBBPF_OPTS(bpf_map_create_opts, options);
    options.map_flags = BPF_F_NO_PREALLOC;
    return Handle(bpf_map_create(BPF_MAP_TYPE_PERCPU_HASH, "probevue", map.key_size, map.value_size,
                                 pattern ? 1 : tally_entries, &options));
}

// The map in turn gives way to the other one. Both are made by the first exchange: later ones may have no right to it.
struct KernelValues::Exchange {
    Tally* tally = nullptr;
    int outer = -1;
    const KernelMap* map = nullptr;
    int error = 0;  // errno

    void run() {
        for (Handle& turn : tally->turns)
            if (!turn) turn = make_tally(*map, false);
        const Handle& next = tally->turns[1 - tally->in_turn];
        const uint32_t first = 0;
        const int inner = next.get();
        if (!next || bpf_map_update_elem(outer, &first, &inner, BPF_ANY) != 0)
            error = errno;
        else
            tally->in_turn = 1 - tally->in_turn;
    }
};

// The kernel lets each caller wait until programs that are at work on the maps before have ended: some 10 ms, for many
// at once as for one.
struct KernelValues::Exchanges {
    std::vector<Exchange> all;
    std::vector<std::future<void>> running;

    void start() {
        for (Exchange& exchange : all) running.push_back(std::async([&exchange] { exchange.run(); }));
    }
    void wait() {
        for (std::future<void>& one : running) one.get();
        running.clear();
    }
};

KernelValues::KernelValues(const Program& program, std::span<const Handle> maps) : program_(program), maps_(maps) {}

KernelValues::~KernelValues() {
    if (shared_ != nullptr) munmap(shared_, shared_size_);
}

namespace {

Error refused(const KernelMap& map, int error) {
    return fail(fmt::format("cannot make the kernel map for {}: {}", map.name, std::strerror(error)), {},
                ExitStatus::permission);
}

}  // namespace

Status KernelValues::open() {
    processors_ = static_cast<size_t>(std::max(libbpf_num_possible_cpus(), 1));
    for (uint32_t i = 0; i < program_.kernel_maps.size(); ++i) {
        const KernelMap& map = program_.kernel_maps[i];
        if (map.use == KernelMap::Use::work) {
            work_ = maps_[i].get();
            work_size_ = map.value_size;
        } else if (map.use == KernelMap::Use::shared) {
            const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
            shared_size_ = (map.value_size + page - 1) / page * page;
            void* memory = mmap(nullptr, shared_size_, PROT_READ | PROT_WRITE, MAP_SHARED, maps_[i].get(), 0);
            if (memory == MAP_FAILED) return refused(map, errno);
            shared_ = static_cast<KernelShared*>(memory);
            shared_->session_pid = getpid();
        }
    }
    return {};
}

void KernelValues::prepare() {
    for (uint32_t i = 0; i < program_.kernel_maps.size(); ++i)
        if (program_.kernel_maps[i].use == KernelMap::Use::tally) tallies_.emplace_back().map = i;
    preparing_ = std::make_unique<Exchanges>();
    for (Tally& tally : tallies_) preparing_->all.push_back({&tally, maps_[tally.map].get(), &description(tally)});
    preparing_->start();
}

Status KernelValues::complete() {
    if (preparing_ == nullptr) return {};
    const std::unique_ptr<Exchanges> prepared = std::move(preparing_);
    prepared->wait();
    for (const Exchange& exchange : prepared->all)
        if (exchange.error != 0) return refused(*exchange.map, exchange.error);
    return {};
}

void KernelValues::set_realtime_offset(int64_t offset_ns) {
    if (shared_ != nullptr) __atomic_store_n(&shared_->realtime_offset, offset_ns, __ATOMIC_RELAXED);
}

KernelValues::Block KernelValues::block(uint32_t program) const {
    Block out(processors_ * ((work_size_ + 7) & ~7u));
    if (work_ < 0 || bpf_map_lookup_elem(work_, &program, out.data()) != 0)
        std::fill(out.begin(), out.end(), std::byte{});
    return out;
}

uint64_t KernelValues::sum(const Block& block, uint32_t offset) const {
    const size_t stride = block.size() / processors_;
    uint64_t out = 0;
    for (size_t i = 0; i < processors_; ++i) out += word_at(block.data() + i * stride + offset);
    return out;
}

void KernelValues::hand_over(Machine& machine) {
    machine_ = &machine;
    for (size_t i = 0; i < machine.maps.size(); ++i) {
        const MapDescription& description = program_.maps[i];
        MapMemory& memory = machine.maps[i];
        if (description.kind == MapKind::globals && shared_ != nullptr) {
            if (description.value_size != 0) std::memcpy(shared_ + 1, memory.bytes(), description.value_size);
            for (uint32_t v = 0; v < description.variables.size(); ++v) {
                const VariableDescription& variable = description.variables[v];
                if (variable.value.kind != FieldKind::list) continue;
                std::memcpy(&lists_[v], memory.bytes() + variable.value.offset, sizeof(ListValue));
            }
        }
    }
    for (size_t i = 0; i < program_.kernel_maps.size(); ++i) {
        const KernelMap& map = program_.kernel_maps[i];
        if (map.use != KernelMap::Use::array) continue;
        machine.maps[map.array].array->for_each([&](const std::byte* key, const std::byte* value) {
            if (bpf_map_update_elem(maps_[i].get(), key, value, BPF_ANY) != 0) ++machine.counters.array_full;
        });
    }
}

void KernelValues::look(std::span<const uint32_t> maps) {
    if (machine_ == nullptr) return;
    fetch([&](const Tally& tally) {
        return std::find(maps.begin(), maps.end(), description(tally).array) != maps.end() && has_news(tally);
    });
    for (const uint32_t map : maps) {
        if (program_.maps[map].kind == MapKind::globals) look_at_globals();
        for (size_t i = 0; i < program_.kernel_maps.size(); ++i) {
            const KernelMap& kept = program_.kernel_maps[i];
            if (kept.use == KernelMap::Use::array && kept.array == map) copy_array(kept, maps_[i].get());
        }
    }
    account();
}

void KernelValues::take_back() {
    if (machine_ == nullptr) return;
    look_at_globals();
    fetch_last();
    for (size_t i = 0; i < program_.kernel_maps.size(); ++i) {
        const KernelMap& kept = program_.kernel_maps[i];
        if (kept.use == KernelMap::Use::array) copy_array(kept, maps_[i].get());
    }
    account();
    machine_ = nullptr;
}

void KernelValues::relieve() {
    if (machine_ == nullptr) return;
    fetch([&](const Tally& tally) { return inserted(tally) - tally.inserted > tally_entries / 2; });
}

uint64_t KernelValues::inserted(const Tally& tally) const {
    return sum(block(description(tally).program), KernelWork::inserted);
}

void KernelValues::fetch(const std::function<bool(const Tally&)>& wanted) {
    Exchanges exchanges;
    for (Tally& tally : tallies_) {
        if (!wanted(tally)) continue;
        tally.inserted = inserted(tally);
        exchanges.all.push_back({&tally, maps_[tally.map].get(), &description(tally)});
    }
    exchanges.start();
    exchanges.wait();
    for (const Exchange& exchange : exchanges.all) {
        const Tally& tally = *exchange.tally;
        if (exchange.error == 0)
            drain(tally.turns[1 - tally.in_turn].get(), *exchange.map);
        else
            fetch_alone(tally);
    }
}

// Without a second map: what programs would add meanwhile is refused, and they count it.
void KernelValues::fetch_alone(const Tally& tally) {
    const uint32_t first = 0;
    const int outer = maps_[tally.map].get();
    const int inner = tally.turns[tally.in_turn].get();
    if (bpf_map_delete_elem(outer, &first) != 0) return;
    drain(inner, description(tally));
    bpf_map_update_elem(outer, &first, &inner, BPF_ANY);
}

// Once programs are detached nobody adds to maps but those that are still running: the kernel lets us wait for them
// when a map takes its own place.
void KernelValues::fetch_last() {
    const uint32_t first = 0;
    if (!tallies_.empty()) {
        const Tally& any = tallies_.front();
        const int inner = any.turns[any.in_turn].get();
        bpf_map_update_elem(maps_[any.map].get(), &first, &inner, BPF_ANY);
    }
    for (const Tally& tally : tallies_) drain(tally.turns[tally.in_turn].get(), description(tally));
}

void KernelValues::drain(int map, const KernelMap& description) {
    if (!drain_many(map, description)) drain_singly(map, description);
}

// All elements go over, many at a time. False: the kernel cannot do that.
bool KernelValues::drain_many(int map, const KernelMap& description) {
    uint32_t batch = 1024;
    const size_t value_size = processors_ * description.value_size;
    std::vector<std::byte> keys;
    std::vector<std::byte> values;
    uint32_t position = 0;
    bool started = false;
    for (;;) {
        keys.resize(size_t{batch} * description.key_size);
        values.resize(batch * value_size);
        uint32_t count = batch;
        LIBBPF_OPTS(bpf_map_batch_opts, options);
        const int result = bpf_map_lookup_and_delete_batch(map, started ? &position : nullptr, &position, keys.data(),
                                                           values.data(), &count, &options);
        if (result != 0 && errno == ENOSPC && batch < tally_entries) {
            batch *= 4;  // all elements of a bucket come together
            continue;
        }
        if (result != 0 && errno != ENOENT) return false;
        const bool last = result != 0;
        for (uint32_t i = 0; i < count; ++i)
            merge(description, keys.data() + size_t{i} * description.key_size, values.data() + i * value_size);
        started = true;
        if (last) return true;
    }
}

void KernelValues::drain_singly(int map, const KernelMap& description) {
    std::vector<std::byte> key(description.key_size);
    std::vector<std::byte> values(processors_ * description.value_size);
    while (bpf_map_get_next_key(map, nullptr, key.data()) == 0) {
        if (bpf_map_lookup_elem(map, key.data(), values.data()) == 0) merge(description, key.data(), values.data());
        if (bpf_map_delete_elem(map, key.data()) != 0) return;
    }
}

// What all processors have added to an element, whose key `key` begins with.
void KernelValues::merge(const KernelMap& map, const std::byte* key, const std::byte* values) {
    AssociativeArray& array = *machine_->maps[map.array].array;
    const RecordField& field = program_.maps[map.array].layout.value;
    std::byte* to = array.ref(key);
    if (field.kind == FieldKind::dist) {
        merge_bin(to, map, values);
        return;
    }
    if (to == nullptr) {
        ++machine_->counters.array_full;
        return;
    }
    if (field.kind == FieldKind::list) {
        ListValue list;
        std::memcpy(&list, to, sizeof list);
        for (size_t i = 0; i < processors_; ++i) {
            KernelList added;
            std::memcpy(&added, values + i * map.value_size, sizeof added);
            append(list, decoded(added));
        }
        std::memcpy(to, &list, sizeof list);
        return;
    }
    uint64_t value = word_at(to);
    for (size_t i = 0; i < processors_; ++i) value += word_at(values + i * map.value_size);
    put_word(to, extended(value, field));
}

// The bin of a distribution; `element` is null where the array has no room for it. Losses are values, as in the engine.
void KernelValues::merge_bin(std::byte* element, const KernelMap& map, const std::byte* values) {
    ListValue bin;
    for (size_t i = 0; i < processors_; ++i) {
        KernelList added;
        std::memcpy(&added, values + i * map.value_size, sizeof added);
        append(bin, decoded(added));
    }
    const auto count = static_cast<uint64_t>(bin.count);
    if (element == nullptr) {
        machine_->counters.array_full += count;
        return;
    }
    Summaries& all = machine_->summaries;
    uint64_t handle = word_at(element);
    Distribution* into = all.made(all.distributions, handle);
    put_word(element, handle);
    if (into == nullptr || !into->add({count, bin.sum, bin.min, bin.max}, all.room))
        machine_->counters.summaries_full += count;
}

void KernelValues::look_at_lists(const Block& block, const KernelWork& work) {
    const size_t stride = block.size() / processors_;
    MapMemory& globals = machine_->maps.front();
    for (const KernelWork::Tally& tally : work.tallies) {
        if (!tally.is_list) continue;
        std::byte* to = globals.bytes() + program_.maps.front().variables[tally.variable].value.offset;
        ListValue list;
        std::memcpy(&list, to, sizeof list);
        for (size_t i = 0; i < processors_; ++i) {
            KernelList added;
            std::memcpy(&added, block.data() + i * stride + tally.offset, sizeof added);
            append(list, decoded(added));
        }
        std::memcpy(to, &list, sizeof list);
    }
}

void KernelValues::look_at_globals() {
    const MapDescription& description = program_.maps.front();
    MapMemory& globals = machine_->maps.front();
    const auto* kept = reinterpret_cast<const std::byte*>(shared_ + 1);
    for (uint32_t v = 0; v < description.variables.size(); ++v) {
        const VariableDescription& variable = description.variables[v];
        if (variable.home != Home::kernel || shared_ == nullptr) continue;
        std::byte* to = globals.bytes() + variable.value.offset;
        if (variable.value.kind == FieldKind::list) {
            // Built anew each time: extremes cannot be taken apart again.
            std::memcpy(to, &lists_[v], sizeof(ListValue));
        } else if (!variable.only_added_to) {
            std::memcpy(to, kept + variable.value.offset, variable.size);
        }
    }
    for (uint32_t p = 0; p < program_.kernel_programs.size(); ++p) {
        const KernelWork& work = program_.kernel_programs[p].work;
        if (work.tallies.empty()) continue;
        const Block counted = block(p);
        look_at_lists(counted, work);
        for (const KernelWork::Tally& tally : work.tallies) {
            if (tally.is_list) continue;
            const uint64_t now = sum(counted, tally.offset);
            uint64_t& before = seen_[{p, tally.offset}];
            std::byte* to = globals.bytes() + description.variables[tally.variable].value.offset;
            put_word(to, word_at(to) + now - before);
            before = now;
        }
    }
}

void KernelValues::copy_array(const KernelMap& map, int from) {
    AssociativeArray& array = *machine_->maps[map.array].array;
    array.clear();
    std::vector<std::byte> key(map.key_size);
    std::vector<std::byte> next(map.key_size);
    std::vector<std::byte> value(map.value_size);
    bool first = true;
    while (bpf_map_get_next_key(from, first ? nullptr : key.data(), next.data()) == 0) {
        first = false;
        std::swap(key, next);
        if (bpf_map_lookup_elem(from, key.data(), value.data()) != 0) continue;
        const RecordField& field = program_.maps[map.array].layout.value;
        if (map.value_size == 8) put_word(value.data(), extended(word_at(value.data()), field));
        std::byte* to = array.ref(key.data());
        if (to != nullptr) std::memcpy(to, value.data(), map.value_size);
    }
}

// Counters of programs, added to the engine's.
void KernelValues::account() {
    if (work_ < 0) return;
    const auto news = [&](uint32_t program, uint32_t offset, const Block& block) {
        const uint64_t now = sum(block, offset);
        return now - std::exchange(seen_[{program, offset}], now);
    };
    for (uint32_t p = 0; p < program_.kernel_programs.size(); ++p) {
        const KernelWork& work = program_.kernel_programs[p].work;
        if (work.size == 0) continue;
        const Block counted = block(p);
        machine_->counters.array_full += news(p, KernelWork::array_full, counted);
        machine_->counters.unreadable += news(p, KernelWork::unreadable, counted);
        for (const KernelWork::Warning& warning : work.warnings) {
            const uint64_t fresh = news(p, warning.count, counted);
            machine_->counters.add(program_.sites[warning.site].fault, fresh);
        }
    }
}

std::vector<KernelProgramCount> KernelValues::counts() const {
    std::vector<KernelProgramCount> out;
    for (uint32_t p = 0; p < program_.kernel_programs.size(); ++p) {
        const KernelProgram& kernel = program_.kernel_programs[p];
        if (kernel.work.counters.empty()) continue;
        const Block counted = block(p);
        for (const KernelWork::Counters& counters : kernel.work.counters)
            out.push_back({p, counters.tuple, sum(counted, counters.events), sum(counted, counters.matched)});
    }
    return out;
}

}  // namespace probevue
