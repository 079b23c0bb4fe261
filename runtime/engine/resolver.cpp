#include "runtime/engine/resolver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include "builtins/base/text.h"
#include "runtime/values/hash.h"

namespace probevue {

namespace {

// Empty when the address has no name.
std::string look_up(const IpAddress& address) {
    sockaddr_storage storage{};
    socklen_t size = 0;
    if (address.family == IpAddress::v6) {
        auto* in6 = reinterpret_cast<sockaddr_in6*>(&storage);
        in6->sin6_family = AF_INET6;
        std::memcpy(&in6->sin6_addr, address.bytes.data(), 16);
        size = sizeof *in6;
    } else {
        auto* in4 = reinterpret_cast<sockaddr_in*>(&storage);
        in4->sin_family = AF_INET;
        std::memcpy(&in4->sin_addr, address.bytes.data(), 4);
        size = sizeof *in4;
    }
    char name[NI_MAXHOST];
    const int failed =
        // NI_NAMEREQD: without a name nothing, instead of the address as a text.
        getnameinfo(reinterpret_cast<sockaddr*>(&storage), size, name, sizeof name, nullptr, 0, NI_NAMEREQD);
    // Whoever owns the address chooses its name.
    return failed != 0 ? std::string() : escape(name);
}

}  // namespace

size_t AddressHash::operator()(const IpAddress& address) const {
    return hash_words<sizeof address / 8>(reinterpret_cast<const std::byte*>(&address), 0, seed);
}

std::string_view MachineResolver::host_name(const std::byte* ip_address) {
    IpAddress address;
    std::memcpy(&address, ip_address, sizeof address);
    // Also an address without a name is asked for once: each question may take seconds.
    const auto [entry, fresh] = names_.try_emplace(address);
    if (fresh) {
        if (!address.length()) entry->second = look_up(address);  // subnets have no name
        if (entry->second.empty()) entry->second = to_string(address);
    }
    return entry->second;
}

std::string MachineResolver::path(uint64_t identifier) {
    const std::string* found = machine_.paths.find(identifier);
    return found == nullptr ? std::string() : *found;
}

std::string MachineResolver::stack(uint64_t identifier, bool symbols) {
    const StackTrace* found = machine_.stacks.find(identifier);
    return found == nullptr ? std::string()
                            : stack_text(*found, symbols && machine_.options.live, *machine_.symbolizer);
}

std::string MachineResolver::folded_stack(uint64_t identifier) {
    const StackTrace* found = machine_.stacks.find(identifier);
    return found == nullptr ? std::string() : probevue::folded_stack(*found, *machine_.symbolizer);
}

std::vector<RangeSlotView> MachineResolver::range_slots(uint64_t handle) {
    std::vector<RangeSlotView> out;
    for (RangeSlot& slot : machine_.ranges.slots(handle)) out.push_back({std::move(slot.label), slot.count, slot.to});
    return out;
}

const Distribution* MachineResolver::distribution(uint64_t handle) {
    return machine_.summaries.distributions.find(handle);
}

uint64_t MachineResolver::distinct(uint64_t handle) {
    const Distinct* found = machine_.summaries.distincts.find(handle);
    return found == nullptr ? 0 : found->count();
}

}  // namespace probevue
