// Turns the identifiers of a machine into text when a record is printed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/engine/machine.h"
#include "runtime/records/sink.h"

namespace probevue {

class MachineResolver final : public Resolver {
public:
    explicit MachineResolver(const Machine& machine) : machine_(machine) {}

    // Asks the system's resolver once for each address; names are not printed raw when they hold unprintable bytes.
    std::string host_name(const std::byte* ip_address) override;
    std::string path(uint64_t identifier) override;
    std::string stack(uint64_t identifier, bool symbols) override;
    std::vector<RangeSlotView> range_slots(uint64_t handle) override;

private:
    const Machine& machine_;
    std::map<std::string, std::string> names_;  // by the address' text
};

}  // namespace probevue
