// Called while programs are written, in any order: who asks second gets the map of who asked first.
#include "compiler/kernel/maps.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/ir/storage.h"

namespace probevue {

uint32_t KernelMaps::episodes(const std::string& name, uint32_t key_size) {
    constexpr uint32_t entries = 65'536;  // sockets within an episode at the same time
    for (size_t i = 0; i < maps_.size(); ++i) {
        if (maps_[i].name == name) return static_cast<uint32_t>(i);
    }
    maps_.push_back({KernelMap::Use::episodes, name, key_size, 8, entries});
    return static_cast<uint32_t>(maps_.size() - 1);
}

uint32_t KernelMaps::remembered(const std::string& name, uint32_t key_size, uint32_t value_size) {
    const uint32_t map = episodes(name, key_size);
    maps_[map].value_size = value_size;
    return map;
}

uint32_t KernelMaps::calls(const HookRow& hook, std::string_view target, uint32_t key_size, uint32_t value_size) {
    constexpr uint32_t entries = 16'384;  // calls at the same time
    return find_or_add(
        {KernelMap::Use::calls, fmt::format("calls of {}", target), key_size, value_size, entries, 0, hook.index});
}

uint32_t KernelMaps::executables(uint32_t entries) {
    for (size_t i = 0; i < maps_.size(); ++i) {
        if (maps_[i].use != KernelMap::Use::executables) continue;
        maps_[i].entries = std::max(maps_[i].entries, entries);
        return static_cast<uint32_t>(i);
    }
    maps_.push_back({KernelMap::Use::executables, "programs", 4, 8, entries});
    return static_cast<uint32_t>(maps_.size() - 1);
}

uint32_t KernelMaps::find_or_add(KernelMap map) {
    const auto at = std::find_if(maps_.begin(), maps_.end(), [&](const KernelMap& other) {
        return other.use == map.use && other.array == map.array && other.program == map.program;
    });
    if (at != maps_.end()) return static_cast<uint32_t>(at - maps_.begin());
    maps_.push_back(std::move(map));
    return static_cast<uint32_t>(maps_.size() - 1);
}

uint32_t KernelMaps::owners() {
    return find_or_add({KernelMap::Use::owners, "owners of sockets", sizeof(int), sizeof(KernelOwner), 0});
}

uint32_t KernelMaps::ends() {
    constexpr uint32_t entries = 262'144;  // sockets with ends at the same time
    // With ends, an owner's entry says which ends of its socket are noted.
    maps_[owners()].value_size = sizeof(KernelSocket);
    return find_or_add({KernelMap::Use::ends, "ends of sockets", sizeof(SocketEnds), sizeof(EndsOwner), entries});
}

uint32_t KernelMaps::ended() {
    constexpr uint32_t entries = 16'384;
    return find_or_add(
        {KernelMap::Use::ended, "ends that sockets have had", sizeof(SocketEnds), sizeof(EndsOwner), entries});
}

uint32_t KernelMaps::ports() {
    return find_or_add({KernelMap::Use::ports, "ports of sockets", sizeof(uint32_t), sizeof(KnownPorts), 1});
}

bool KernelMaps::has(KernelMap::Use use) const {
    return std::any_of(maps_.begin(), maps_.end(), [use](const KernelMap& map) { return map.use == use; });
}

bool KernelMaps::has_ends() const { return has(KernelMap::Use::ends); }

uint32_t KernelMaps::packets() {
    constexpr uint32_t entries = 65'536;  // packets on their way at the same time
    return find_or_add(
        {KernelMap::Use::packets, "packets on their way", sizeof(uint64_t), sizeof(KernelPacket), entries});
}

bool KernelMaps::has_packets() const { return has(KernelMap::Use::packets); }

// Its sizes are known when all programs are written.
uint32_t KernelMaps::work() { return find_or_add({KernelMap::Use::work, "memory of clauses", 4, 8, 1}); }

uint32_t KernelMaps::shared(const Program& program) {
    const auto size = static_cast<uint32_t>(sizeof(KernelShared)) + program.maps[ir::globals_map].value_size;
    return find_or_add({KernelMap::Use::shared, "global variables", 4, size, 1});
}

uint32_t KernelMaps::array(const Program& program, uint32_t index) {
    const MapDescription& map = program.maps[index];
    return find_or_add({KernelMap::Use::array, map.layout.name, map.key_size, map.value_size, 0, index});
}

uint32_t KernelMaps::tally(const Program& program, uint32_t index, uint32_t number_of_program) {
    const MapDescription& map = program.maps[index];
    const bool by_bin = map.layout.value.kind == FieldKind::dist;
    const uint32_t key_size = map.key_size + (by_bin ? uint32_t{sizeof(KernelBin)} : 0);
    const uint32_t value_size = by_bin ? uint32_t{sizeof(KernelList)} : map.value_size;
    return find_or_add({KernelMap::Use::tally, map.layout.name, key_size, value_size, 0, index, number_of_program});
}

}  // namespace probevue
