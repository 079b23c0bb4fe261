// Turns the identifiers of a machine into text when a record is printed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "builtins/base/address.h"
#include "runtime/engine/machine.h"
#include "runtime/records/sink.h"

namespace probevue {

struct AddressHash {
    uint64_t seed = random_seed();
    size_t operator()(const IpAddress& address) const;
};

class MachineResolver final : public Resolver {
public:
    explicit MachineResolver(const Machine& machine) : machine_(machine) {}

    // Asks the system's resolver once for each address; names are not printed raw when they hold unprintable bytes.
    std::string_view host_name(const std::byte* ip_address) override;
    std::string path(uint64_t identifier) override;
    std::string stack(uint64_t identifier, bool symbols) override;
    std::string folded_stack(uint64_t identifier) override;
    std::vector<RangeSlotView> range_slots(uint64_t handle) override;
    const Distribution* distribution(uint64_t handle) override;
    uint64_t distinct(uint64_t handle) override;

private:
    const Machine& machine_;
    std::unordered_map<IpAddress, std::string, AddressHash> names_;
};

}  // namespace probevue
