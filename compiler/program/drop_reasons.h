// Names of the reasons why the kernel drops packets: kernels number them each in its own way.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace probevue {

class KernelFacts;

// As the kernel's type information has them: enum skb_drop_reason, whose upper half is the number of a subsystem with
// reasons of its own (enum skb_drop_reason_subsys; include/net/dropreason.h). Those of subsystems stand in their
// modules.
class DropReasons {
public:
    DropReasons() = default;
    explicit DropReasons(const KernelFacts& facts);

    // "NO_SOCKET"; "OPENVSWITCH_3" for the third of a subsystem; the number where nothing is known.
    std::string name(uint32_t reason) const;

private:
    std::map<uint32_t, std::string> reasons_;
    std::map<uint32_t, std::string> subsystems_;
};

}  // namespace probevue
