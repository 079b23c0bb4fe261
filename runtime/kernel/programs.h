// The kernel programs of a script, loaded; attached on request. Everything is detached and freed when the object goes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "builtins/base/result.h"
#include "compiler/program/kernel_loss.h"
#include "compiler/program/program.h"
#include "runtime/kernel/function_target.h"
#include "runtime/kernel/owners.h"
#include "runtime/kernel/packet_steps.h"
#include "runtime/kernel/preemption.h"
#include "runtime/kernel/values.h"
#include "runtime/sources/handle.h"

namespace probevue {

struct KernelProblem {
    SourcePosition position;  // of the script
    Error error;
};

// How much is to be kept in the kernel.
struct KernelRoom {
    uint32_t ring_bytes = 0;    // for records; rounded up to a power of two
    uint64_t max_elements = 0;  // of an associative array that lives there
};

class KernelPrograms {
public:
    // Null when there are problems. `network`: the namespace whose packets are meant (a descriptor, open until attach()
    // is over; negative: that of this process). `targets`: by program, of those on functions of programs.
    static std::unique_ptr<KernelPrograms> load(const Program& program, const KernelRoom& room, int network,
                                                std::vector<FunctionTarget> targets,
                                                std::vector<KernelProblem>& problems);

    Status attach();
    void detach();

    // The text that goes with a number of CapturedField::numbered; empty: there is none.
    std::string_view numbered(uint32_t program, uint64_t number) const;

    // What clauses in the kernel keep; null: none runs there.
    KernelValues* values() { return values_ ? &*values_ : nullptr; }

    // A descriptor of its own for a map; none: the programs have no such map.
    Handle duplicate(KernelMap::Use use) const;

    int ring() const { return maps_[kernel_ring].get(); }
    // Over all processors.
    uint64_t lost(KernelLoss what) const;
    // Events that came while the same program was at work on the same processor: the kernel passes over them (counted
    // from 5.12 on).
    uint64_t missed() const;
    // Packets whose number begins late, and steps of packets that could not be noted, after which one may.
    uint64_t numbered_late() const { return lost(KernelLoss::packets) + steps_.missed(); }
    // Uses and ends of sockets that could not be noted.
    uint64_t lost_owners() const { return lost(KernelLoss::owners) + owners_.missed(); }

private:
    KernelPrograms(const Program& program, int network, std::vector<FunctionTarget> targets)
        : program_(program), network_(network), targets_(std::move(targets)) {}
    Status make_map(size_t number, const KernelRoom& room);
    Status make_maps(const KernelRoom& room);
    Status load_noting();
    Status attach_events();
    Status fill_maps();
    Status find_preemption_calls();
    bool load_one(const KernelProgram& kernel, std::span<const bpf_insn> code, bool at_exit,
                  std::vector<KernelProblem>& problems);

    struct Loaded {
        const KernelProgram* source = nullptr;
        Handle program;
        bool is_entry = false;  // of a pair
        bool at_many = false;   // functions of programs, by one link a file
    };
    Status attach_places(const Loaded& loaded);
    const FunctionTarget& target_of(const KernelProgram& kernel) const;
    Status attach_one(const Loaded& loaded);

    const Program& program_;
    int network_;
    std::vector<FunctionTarget> targets_;
    std::vector<Handle> maps_;
    std::optional<KernelValues> values_;         // of maps_, which it refers to
    std::optional<PreemptionCalls> preemption_;  // for functions of programs
    SocketOwners owners_;                        // of maps_ too
    PacketSteps steps_;                          // likewise
    std::vector<Loaded> programs_;
    std::vector<Handle> links_;
};

}  // namespace probevue
