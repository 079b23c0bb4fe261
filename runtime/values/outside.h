// Variables of which a part is kept elsewhere, by clauses that run in the kernel: who keeps it, as the engine sees it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace probevue {

struct Machine;

// What a clause did that has run already; the engine does the rest.
struct Outcome {
    enum class Kind : uint8_t { none, record, warning, exit };

    Kind kind = Kind::none;
    uint64_t number = 0;                 // record: index into Program::records; warning: into Program::sites
    const std::byte* payload = nullptr;  // record: as long as its layout says
};

class OutsideValues {
public:
    virtual ~OutsideValues() = default;
    // Before probes are enabled: takes over what the engine's memory holds. The machine outlives this object's use.
    virtual void hand_over(Machine& machine) = 0;
    // Brings the machine's memory of these maps (indexes into Program::maps) up to date: a clause is about to use them.
    virtual void look(std::span<const uint32_t> maps) = 0;
    // After probes are disabled: the machine has everything from now on.
    virtual void take_back() = 0;
};

}  // namespace probevue
