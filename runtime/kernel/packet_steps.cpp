#include "runtime/kernel/packet_steps.h"

#include "runtime/kernel/load.h"

namespace probevue {
namespace {

ProgramKind kind_of(const StepProgram& program) {
    HookRow row{};
    row.point = program.step->point;
    row.rung = row.point == HookPoint::tracepoint ? Rung::tracepoint : Rung::function;
    return program_kind(row, program.btf_id);
}

}  // namespace

Status PacketSteps::load(const StepProgram& program, std::span<const bpf_insn> linked) {
    Result<Handle> loaded = load_noting_program(kind_of(program), linked, "tells packets from each other",
                                                describe(*program.step), "__pkt->id");
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
