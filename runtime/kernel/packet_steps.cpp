#include "runtime/kernel/packet_steps.h"

#include "runtime/kernel/load.h"

namespace probevue {
Status PacketSteps::load(const StepProgram& program, std::span<const bpf_insn> linked) {
    Result<Handle> loaded =
        load_noting_program(program_kind(noting_hook(program.step->point, program.step->target), program.btf_id),
                            linked, "tells packets from each other", describe(*program.step), "__pkt->id");
    if (!loaded) return loaded.error();
    programs_.push_back({&program, std::move(*loaded)});
    return {};
}

Status PacketSteps::attach(bool ends, std::vector<Handle>& links) const {
    for (const Loaded& loaded : programs_) {
        if ((loaded.source->step->kind == StepKind::freed) != ends) continue;
        Result<Handle> link = attach_typed(loaded.program.get(), describe(*loaded.source->step));
        if (!link) return link.error();
        links.push_back(std::move(*link));
    }
    return {};
}

uint64_t PacketSteps::missed() const { return missed_runs(programs_); }

}  // namespace probevue
