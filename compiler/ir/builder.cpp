// Emitting instructions, and the clauses as a whole: the module that placement, hooks and lowering go on with.
#include "compiler/ir/builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/program/captured.h"

namespace probevue::ir {

Builder::Builder(Shared& shared, const checked::Clause& clause, uint32_t index)
    : shared_(shared),
      clause_(clause),
      automatic_regs_(shared.script.variables.size(), no_reg),
      automatic_slots_(shared.script.variables.size()) {
    function_.name = fmt::format("clause {} {}", index, clause.probes.empty() ? "" : clause.probes.front().text);
}

Inst& Builder::emit(Inst inst) {
    inst.position = position_;
    return function_.code.emplace_back(std::move(inst));
}

Reg Builder::result(Inst inst) {
    inst.dst = reg();
    return emit(std::move(inst)).dst;
}

Reg Builder::as_reg(Operand operand) {
    if (operand.is_reg()) return operand.reg;
    return result({.op = Op::constant, .a = operand});
}

Operand Builder::binary(Op op, uint8_t width, Operand a, Operand b) {
    return Operand::of(result({.op = op, .width = width, .a = a, .b = b}));
}

void Builder::place_label(Label label) { emit({.op = Op::label, .index = label}); }

void Builder::jump(Label label) { emit({.op = Op::jump, .index = label}); }

void Builder::branch(Cond cond, Operand a, Operand b, Label target) {
    emit({.op = Op::branch, .cond = cond, .a = a, .b = b, .index = target});
}

void Builder::move(Reg to, Operand from) {
    emit({.op = from.is_imm() ? Op::constant : Op::move, .dst = to, .a = from});
}

Operand Builder::load_from(Address at, uint8_t width, bool is_signed) {
    return Operand::of(
        result({.op = Op::load, .width = width, .is_signed = is_signed, .a = at.base, .offset = at.offset}));
}

void Builder::store_to(Address at, uint8_t width, Operand value) {
    emit({.op = Op::store, .width = width, .a = at.base, .b = value, .offset = at.offset});
}

Operand Builder::call_helper(Helper helper, std::vector<Operand> args, bool has_result) {
    Inst inst{.op = Op::call, .args = std::move(args), .index = static_cast<uint32_t>(helper)};
    if (has_result) return Operand::of(result(std::move(inst)));
    emit(std::move(inst));
    return {};
}

Operand Builder::map_operand(uint32_t map) { return Operand::of(result({.op = Op::map, .index = map})); }

Operand Builder::materialize(Address at) {
    if (at.offset == 0) return at.base;
    return binary(Op::add, 8, at.base, Operand::of_imm(at.offset));
}

Address Builder::memory(uint32_t map, uint32_t offset) {
    return {Operand::of(result({.op = Op::memory, .index = map, .offset = static_cast<int32_t>(offset)})), 0};
}

Slot Builder::new_slot(uint32_t size, std::string_view name) {
    const uint32_t rounded = std::max(8u, (size + 7) & ~7u);
    const auto index = static_cast<Slot>(function_.slots.size());
    function_.slots.push_back({rounded, fmt::format("{}{}", name, index)});
    return index;
}

Address Builder::slot_address(Slot slot) { return {Operand::of(result({.op = Op::frame, .index = slot})), 0}; }

// What is written more than once for one place of the script is one site, whose warning comes once.
uint32_t Builder::site(std::string text, SourcePosition position, Fault fault) {
    std::vector<Site>& sites = shared_.program.sites;
    for (size_t i = 0; i < sites.size(); ++i) {
        if (sites[i].text == text && sites[i].position.line == position.line &&
            sites[i].position.column == position.column) {
            return static_cast<uint32_t>(i);
        }
    }
    sites.push_back({std::move(text), position, fault});
    return static_cast<uint32_t>(sites.size() - 1);
}

SourcePosition Builder::position(Span span) const {
    const Location location = shared_.source.location(span.begin);
    return {location.line, location.column};
}

Operand Builder::event_value(EventField field) {
    return Operand::of(result({.op = Op::event_field, .index = static_cast<uint32_t>(field)}));
}

namespace {

std::vector<FieldRead> fields_read_by(const Function& function) {
    std::vector<FieldRead> out;
    for (const Inst& inst : function.code) {
        if (inst.op != Op::event_field) continue;
        const auto field = static_cast<EventField>(inst.index);
        const bool known =
            std::any_of(out.begin(), out.end(), [&](const FieldRead& read) { return read.field == field; });
        if (!known) out.push_back({field, inst.position});
    }
    return out;
}

PacketDepth depth_read(const Function& function) {
    PacketDepth out = PacketDepth::headers;
    for (const Inst& inst : function.code) {
        if (inst.op == Op::layer) out = std::max(out, depth_of(static_cast<Layer>(inst.index)));
        if (inst.op == Op::packet_slot) out = std::max(out, depth_of(static_cast<PacketSlot>(inst.index)));
    }
    return out;
}

// Bytes of a packet in which headers lie that are not at its front. Those of tunnels in tunnels may lie behind them;
// a packet that is cut off there is counted.
uint32_t bytes_for(PacketDepth depth) { return depth == PacketDepth::inner ? packet_frame_bytes : 0; }

bool fires_for_groups(const checked::Clause& clause) {
    return std::any_of(clause.probes.begin(), clause.probes.end(), [](const ProbeRequest& probe) {
        return probe.kind == ProbeKind::bpf && probe.packets().protocol == Protocol::group;
    });
}

// The time does not count: it is that of any event.
bool reads_packet(const Function& function) {
    return std::any_of(function.code.begin(), function.code.end(), [](const Inst& inst) {
        return inst.op == Op::layer || inst.op == Op::packet_slot ||
               (inst.op == Op::context && inst.index != static_cast<uint32_t>(ContextWord::time));
    });
}

// Where a field of a header is read first.
template <typename T>
std::optional<SourcePosition> first_read(const Function& function, Op op, T index) {
    for (const Inst& inst : function.code) {
        if (inst.op == op && inst.index == static_cast<uint32_t>(index)) return inst.position;
    }
    return std::nullopt;
}

}  // namespace

Module build(const checked::Script& script, const Source& source) {
    Shared shared{script, source, Storage(script), {}};
    shared.program.script_name = source.name();
    shared.program.records = script.records;
    for (const checked::RangeVariable& range : script.ranges) shared.program.ranges.push_back({range.name});
    Module module;
    for (const checked::Clause& clause : script.clauses) {
        Builder builder(shared, clause, static_cast<uint32_t>(module.functions.size()));
        module.functions.push_back(builder.run());
        ClauseCode code;
        code.probes = clause.probes;
        for (ProbeRequest& probe : code.probes) {
            // Not by site(): while it runs, the probe is found by its number, which no other may have.
            probe.site = static_cast<uint32_t>(shared.program.sites.size());
            shared.program.sites.push_back({probe.text, probe.position});
        }
        code.depth = depth_read(module.functions.back());
        code.packet_bytes = std::max(builder.packet_bytes(), bytes_for(code.depth));
        if (fires_for_groups(clause)) {  // to which the records say, wherever in the packet they are
            code.depth = std::max(code.depth, PacketDepth::details);
            code.packet_bytes = ~0u;
        }
        code.reads_packet = reads_packet(module.functions.back());
        code.reads = fields_read_by(module.functions.back());
        code.reads_ethernet = first_read(module.functions.back(), Op::layer, Layer::ether);
        code.reads_ether_type = first_read(module.functions.back(), Op::packet_slot, PacketSlot::ether_type);
        const Location location = source.location(clause.span.begin);
        code.position = {location.line, location.column};
        shared.program.clauses.push_back(std::move(code));
    }
    shared.program.kernel_symbols = shared.storage.take_symbols();
    shared.program.maps = shared.storage.take_maps();
    module.program = std::move(shared.program);
    return module;
}

std::string dump(const Module& module) {
    std::string out;
    for (const Function& function : module.functions) out += dump(function) + "\n";
    return out;
}

}  // namespace probevue::ir
