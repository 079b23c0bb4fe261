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
    // Null when there are problems. `targets`: by program, of those on functions of programs.
    static std::unique_ptr<KernelPrograms> load(const Program& program, const KernelRoom& room,
                                                std::vector<FunctionTarget> targets,
                                                std::vector<KernelProblem>& problems);

    Status attach();
    void detach();

    // The text that goes with a number of CapturedField::numbered; empty: there is none.
    std::string_view numbered(uint32_t program, uint64_t number) const;

    // What clauses in the kernel keep; null: none runs there.
    KernelValues* values() { return values_ ? &*values_ : nullptr; }

    int ring() const { return maps_[kernel_ring].get(); }
    // Over all processors.
    uint64_t lost(KernelLoss what) const;
    // Events that came while the same program was at work on the same processor: the kernel passes over them (counted
    // from 5.12 on).
    uint64_t missed() const;

private:
    KernelPrograms(const Program& program, std::vector<FunctionTarget> targets)
        : program_(program), targets_(std::move(targets)) {}
    Status make_map(size_t number, const KernelRoom& room);
    Status make_maps(const KernelRoom& room);
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
    std::vector<FunctionTarget> targets_;
    std::vector<Handle> maps_;
    std::optional<KernelValues> values_;         // of maps_, which it refers to
    std::optional<PreemptionCalls> preemption_;  // for functions of programs
    SocketOwners owners_;                        // of maps_ too
    std::vector<Loaded> programs_;
    std::vector<Handle> links_;
};

}  // namespace probevue
