// The kernel programs of a script, loaded; attached on request. Everything is detached and freed when the object goes.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "builtins/base/result.h"
#include "compiler/program/program.h"
#include "runtime/kernel/handle.h"

namespace probevue {

struct KernelProblem {
    SourcePosition position;  // of the script
    Error error;
};

class KernelPrograms {
public:
    // `ring_bytes` is rounded up to a power of two. Null when there are problems.
    static std::unique_ptr<KernelPrograms> load(const Program& program, uint32_t ring_bytes,
                                                std::vector<KernelProblem>& problems);

    Status attach();
    void detach() { links_.clear(); }

    int ring() const { return maps_[kernel_ring].get(); }
    // Records that found the ring full, over all processors.
    uint64_t lost() const;
    // Events that came while the same program was at work on the same processor: the kernel passes over them (counted
    // from 5.12 on).
    uint64_t missed() const;

private:
    explicit KernelPrograms(const Program& program) : program_(program) {}
    Status make_maps(uint32_t ring_bytes);
    bool load_one(const KernelProgram& kernel, std::span<const bpf_insn> code, bool at_exit,
                  std::vector<KernelProblem>& problems);

    struct Loaded {
        const KernelProgram* source = nullptr;
        Handle program;
        bool is_entry = false;  // of a pair
    };

    const Program& program_;
    std::vector<Handle> maps_;
    std::vector<Loaded> programs_;
    std::vector<Handle> links_;
};

}  // namespace probevue
