// Relies on a function that ir::verify() has passed. Writes each operation for the places that allocation has given its
// operands: registers, words of the frame, or nothing where an address is made again at each use.
#include "compiler/lower/lower.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "compiler/ir/simplify.h"
#include "compiler/lower/allocate.h"
#include "compiler/lower/assembler.h"
#include "compiler/lower/expand.h"

namespace probevue {
namespace {

using ir::Cond;
using ir::Inst;
using ir::Op;
using ir::Operand;
using Kind = RegisterLocation::Kind;

bool fits(int64_t value) {
    return value >= std::numeric_limits<int32_t>::min() && value <= std::numeric_limits<int32_t>::max();
}

uint8_t jump_op(Cond cond) {
    static constexpr uint8_t table[] = {
#define CONDITION(name, negated, mirrored, ebpf) ebpf,
#include "compiler/ir/conditions.def"
#undef CONDITION
    };
    return table[static_cast<size_t>(cond)];
}

struct Arithmetic {
    uint8_t op = 0;
    int16_t off = 0;  // 1: signed
    bool commutes = false;
};

Arithmetic arithmetic(Op op) {
    switch (op) {
#define BINARY_OP(name, text, ebpf, is_signed, commutes) \
    case Op::name:                                       \
        return {ebpf, is_signed, commutes};
#include "compiler/ir/binary_ops.def"
#undef BINARY_OP
        default:
            return {};
    }
}

int32_t context_offset(const Inst& inst) {
    switch (inst.op) {
        case Op::layer:
            return static_cast<int32_t>(offsetof(EngineContext, layers) + 8 * inst.index);
        case Op::packet_slot:
            return static_cast<int32_t>(offsetof(EngineContext, slots) + 8 * inst.index);
        default:
            break;
    }
    switch (static_cast<ir::ContextWord>(inst.index)) {
        case ir::ContextWord::time:
            return offsetof(EngineContext, time_ns);
        case ir::ContextWord::packet:
            return offsetof(EngineContext, packet);
        case ir::ContextWord::captured:
            return offsetof(EngineContext, captured);
        case ir::ContextWord::wire_length:
            return offsetof(EngineContext, wire_length);
    }
    return 0;
}

constexpr uint32_t most_spilled = 32768 / 8;

class Emitter {
public:
    Emitter(const ir::Function& function, const Target& target)
        : function_(function), target_(target), allocation_(allocate(function)), labels_(function.labels, 0) {
        uint32_t used = allocation_.spill_words * 8;
        for (const ir::FrameSlot& slot : function.slots) {
            used += slot.size;
            slot_offsets_.push_back(-static_cast<int64_t>(used));
        }
        frame_size_ = used;
    }

    Lowered run() {
        Lowered out;
        if (frame_size_ > target_.max_frame) {
            out.problem = fmt::format("needs {} bytes of memory for its values, {} are the limit", frame_size_,
                                      target_.max_frame);
            return out;
        }
        // Instructions reach 32 KB below the frame pointer (RFC 9669: a 16-bit offset); what the allocator could not
        // keep in registers lies there first.
        if (allocation_.spill_words > most_spilled) {
            out.problem =
                fmt::format("keeps {} values at a time, {} are the limit", allocation_.spill_words, most_spilled);
            return out;
        }
        // The machine hands it over in r1, which the first call overwrites.
        assembler_.move(machine::context, 1);
        for (const Inst& inst : function_.code) {
            assembler_.at(inst.position);
            visit(inst);
        }
        for (const auto& [instruction, label] : jumps_) {
            if (!assembler_.patch(instruction, labels_[label])) {
                out.problem = "is too long: a jump passes over more than 32767 instructions";
                return out;
            }
        }
        out.code = assembler_.take_code();
        out.lines = assembler_.take_lines();
        out.frame_size = std::max(frame_size_, 8u);
        return out;
    }

private:
    RegisterLocation where(const Operand& operand) const { return allocation_.locations[operand.reg]; }

    static int32_t spill_offset(uint32_t word) { return -8 * (static_cast<int32_t>(word) + 1); }

    // Brings an operand into the register, whatever it is.
    void fetch(uint8_t reg, const Operand& operand) {
        if (operand.is_imm()) return assembler_.move_imm(reg, operand.imm);
        const RegisterLocation at = where(operand);
        switch (at.kind) {
            case Kind::reg:
                return assembler_.move(reg, static_cast<uint8_t>(at.index));
            case Kind::spilled:
                return assembler_.load(8, false, reg, machine::frame_pointer, spill_offset(at.index));
            case Kind::frame:
                assembler_.move(reg, machine::frame_pointer);
                return assembler_.alu_imm(BPF_ADD, 8, reg, static_cast<int32_t>(slot_offsets_[at.index] + at.offset));
            case Kind::map:
                return assembler_.load_map(reg, at.index);
            case Kind::unused:
                return assembler_.move_imm(reg, 0);
        }
    }

    // A register that holds the operand: its own, or the scratch after fetching.
    uint8_t in_register(const Operand& operand, uint8_t scratch) {
        if (operand.is_reg() && where(operand).kind == Kind::reg) return static_cast<uint8_t>(where(operand).index);
        fetch(scratch, operand);
        return scratch;
    }

    // Where the instruction should compute its result: the destination's register, or the scratch.
    uint8_t target_register(const Inst& inst) const {
        if (inst.dst == ir::no_reg) return machine::scratch;
        const RegisterLocation at = allocation_.locations[inst.dst];
        return at.kind == Kind::reg ? static_cast<uint8_t>(at.index) : machine::scratch;
    }

    void finish(const Inst& inst, uint8_t reg) {
        if (inst.dst == ir::no_reg) return;
        const RegisterLocation at = allocation_.locations[inst.dst];
        if (at.kind == Kind::reg) assembler_.move(static_cast<uint8_t>(at.index), reg);
        if (at.kind == Kind::spilled) assembler_.store(8, machine::frame_pointer, spill_offset(at.index), reg);
    }

    bool is_register(const Operand& operand, uint8_t reg) const {
        return operand.is_reg() && where(operand).kind == Kind::reg && where(operand).index == reg;
    }

    // Base register and offset of a memory access.
    std::pair<uint8_t, int32_t> base(const Inst& inst, uint8_t scratch) {
        if (inst.a.is_reg() && where(inst.a).kind == Kind::frame) {
            const RegisterLocation at = where(inst.a);
            const int64_t offset = slot_offsets_[at.index] + at.offset + inst.offset;
            // Offsets of instructions have 16 bits; frames of the engine may be larger.
            if (offset >= std::numeric_limits<int16_t>::min())
                return {machine::frame_pointer, static_cast<int32_t>(offset)};
        }
        const uint8_t reg = in_register(inst.a, scratch);
        if (inst.offset >= std::numeric_limits<int16_t>::min() && inst.offset <= std::numeric_limits<int16_t>::max())
            return {reg, inst.offset};
        assembler_.move(scratch, reg);
        assembler_.alu_imm(BPF_ADD, 8, scratch, inst.offset);
        return {scratch, 0};
    }

    void binary(const Inst& inst) {
        const Arithmetic row = arithmetic(inst.op);
        Operand a = inst.a;
        Operand b = inst.b;
        uint8_t dst = target_register(inst);
        if (row.commutes && (a.is_imm() || is_register(b, dst))) std::swap(a, b);
        // Fetching `a` there would overwrite `b`.
        if (is_register(b, dst) && !is_register(a, dst)) dst = machine::scratch;
        fetch(dst, a);
        if (b.is_imm() && fits(b.imm)) {
            assembler_.alu_imm(row.op, inst.width, dst, static_cast<int32_t>(b.imm), row.off);
        } else {
            assembler_.alu(row.op, inst.width, dst, in_register(b, machine::second_scratch), row.off);
        }
        finish(inst, dst);
    }

    void extend(const Inst& inst) {
        const uint8_t dst = target_register(inst);
        if (inst.is_signed && target_.sign_extending_moves) {
            assembler_.sign_extend(dst, in_register(inst.a, dst), inst.width);
        } else if (inst.is_signed) {
            fetch(dst, inst.a);
            assembler_.alu_imm(BPF_LSH, 8, dst, 64 - inst.width * 8);
            assembler_.alu_imm(BPF_ARSH, 8, dst, 64 - inst.width * 8);
        } else if (inst.width == 4) {
            assembler_.move32(dst, in_register(inst.a, dst));
        } else {
            fetch(dst, inst.a);
            assembler_.alu_imm(BPF_AND, 8, dst, inst.width == 1 ? 0xff : 0xffff);
        }
        finish(inst, dst);
    }

    size_t jump_when(Cond cond, Operand a, Operand b) {
        if (a.is_imm()) {
            std::swap(a, b);
            cond = ir::mirror(cond);
        }
        // The left side of a comparison is a register in every form of the instruction.
        const uint8_t left = in_register(a, machine::scratch);
        if (b.is_imm() && fits(b.imm)) return assembler_.jump_if_imm(jump_op(cond), left, static_cast<int32_t>(b.imm));
        return assembler_.jump_if(jump_op(cond), left, in_register(b, machine::second_scratch));
    }

    void compare(const Inst& inst) {
        // The operands may share the destination's register: the result is made in place only after the test.
        const size_t test = jump_when(inst.cond, inst.a, inst.b);
        const uint8_t dst = target_register(inst);
        assembler_.move_imm(dst, 0);
        const size_t over = assembler_.jump();
        static_cast<void>(assembler_.patch(test, assembler_.size()));
        assembler_.move_imm(dst, 1);
        static_cast<void>(assembler_.patch(over, assembler_.size()));
        finish(inst, dst);
    }

    void load(const Inst& inst) {
        const uint8_t dst = target_register(inst);
        const auto [reg, offset] = base(inst, machine::second_scratch);
        if (inst.is_signed && inst.width < 8 && !target_.sign_extending_moves) {
            assembler_.load(inst.width, false, dst, reg, offset);
            assembler_.alu_imm(BPF_LSH, 8, dst, 64 - inst.width * 8);
            assembler_.alu_imm(BPF_ARSH, 8, dst, 64 - inst.width * 8);
        } else {
            assembler_.load(inst.width, inst.is_signed, dst, reg, offset);
        }
        finish(inst, dst);
    }

    void store(const Inst& inst) {
        const auto [reg, offset] = base(inst, machine::second_scratch);
        if (inst.b.is_imm() && fits(inst.b.imm)) {
            assembler_.store_imm(inst.width, reg, offset, static_cast<int32_t>(inst.b.imm));
        } else {
            assembler_.store(inst.width, reg, offset, in_register(inst.b, machine::scratch));
        }
    }

    // The register that is added takes what was there, when that is asked for.
    void add_to(const Inst& inst) {
        const auto [reg, offset] = base(inst, machine::second_scratch);
        fetch(machine::scratch, inst.b);
        assembler_.atomic_add(inst.width, inst.dst != ir::no_reg, reg, offset, machine::scratch);
        finish(inst, machine::scratch);
    }

    void event_field(const Inst& inst) {
        const EventFieldRow& row = probevue::event_field(static_cast<EventField>(inst.index));
        const uint8_t dst = target_register(inst);
        const bool in_memory = row.type.kind == ValueKind::ip || row.type.kind == ValueKind::string;
        assembler_.load(8, false, dst, machine::context, offsetof(EngineContext, fields));
        if (in_memory) {
            assembler_.alu_imm(BPF_ADD, 8, dst, row.offset);
        } else {
            assembler_.load(8, false, dst, dst, row.offset);
        }
        finish(inst, dst);
    }

    // Arguments go to r1..r5. Some of them may lie there already, in the wrong places: registers are moved first, each
    // before what overwrites it; cycles are broken through r0. What is no register writes only its own target and comes
    // last.
    void call(const Inst& inst) {
        struct Move {
            uint8_t to;
            uint8_t from;
        };
        std::vector<Move> moves;
        for (size_t i = 0; i < inst.args.size(); ++i) {
            const auto to = static_cast<uint8_t>(i + 1);
            if (inst.args[i].is_reg() && where(inst.args[i]).kind == Kind::reg) {
                const auto from = static_cast<uint8_t>(where(inst.args[i]).index);
                if (from != to) moves.push_back({to, from});
            }
        }
        while (!moves.empty()) {
            const auto is_source = [&](uint8_t reg) {
                return std::any_of(moves.begin(), moves.end(), [&](const Move& m) { return m.from == reg; });
            };
            const auto free = std::find_if(moves.begin(), moves.end(), [&](const Move& m) { return !is_source(m.to); });
            if (free != moves.end()) {
                assembler_.move(free->to, free->from);
                moves.erase(free);
                continue;
            }
            const uint8_t broken = moves.front().from;
            assembler_.move(machine::scratch, broken);
            for (Move& move : moves) {
                if (move.from == broken) move.from = machine::scratch;
            }
        }
        for (size_t i = 0; i < inst.args.size(); ++i) {
            if (inst.args[i].is_reg() && where(inst.args[i]).kind == Kind::reg) continue;
            fetch(static_cast<uint8_t>(i + 1), inst.args[i]);
        }
        assembler_.call(static_cast<int32_t>(inst.index));
        finish(inst, machine::scratch);
    }

    // The kernel puts one instruction in place of the call.
    void cast(const Inst& inst) {
        fetch(1, inst.a);
        assembler_.move_imm(2, inst.index);
        assembler_.call_kernel(inst.offset);
        finish(inst, machine::scratch);
    }

    void visit(const Inst& inst);

    const ir::Function& function_;
    const Target& target_;
    Allocation allocation_;
    Assembler assembler_;
    std::vector<int64_t> slot_offsets_;  // from r10
    std::vector<size_t> labels_;
    std::vector<std::pair<size_t, ir::Label>> jumps_;
    uint32_t frame_size_ = 0;
};

void Emitter::visit(const Inst& inst) {
    switch (inst.op) {
        case Op::constant:
        case Op::move: {
            const uint8_t dst = target_register(inst);
            fetch(dst, inst.a);
            return finish(inst, dst);
        }
        case Op::extend:
            return extend(inst);
        case Op::compare:
            return compare(inst);
        case Op::neg: {
            const uint8_t dst = target_register(inst);
            fetch(dst, inst.a);
            assembler_.alu_imm(BPF_NEG, 8, dst, 0);
            return finish(inst, dst);
        }
        case Op::swap: {
            const uint8_t dst = target_register(inst);
            fetch(dst, inst.a);
            assembler_.swap(dst, inst.width);
            return finish(inst, dst);
        }
        case Op::frame:
        case Op::map: {
            // Usually made again at each use; with several definitions it is a value like others.
            const Kind kind = allocation_.locations[inst.dst].kind;
            if (kind == Kind::frame || kind == Kind::map) return;
            const uint8_t dst = target_register(inst);
            if (inst.op == Op::map) {
                assembler_.load_map(dst, inst.index);
            } else {
                assembler_.move(dst, machine::frame_pointer);
                assembler_.alu_imm(BPF_ADD, 8, dst, static_cast<int32_t>(slot_offsets_[inst.index] + inst.offset));
            }
            return finish(inst, dst);
        }
        case Op::memory: {
            const uint8_t dst = target_register(inst);
            assembler_.load_map_value(dst, inst.index, inst.offset);
            return finish(inst, dst);
        }
        case Op::load:
            return load(inst);
        case Op::store:
            return store(inst);
        case Op::add_to:
            return add_to(inst);
        case Op::context:
        case Op::layer:
        case Op::packet_slot: {
            const uint8_t dst = target_register(inst);
            assembler_.load(8, false, dst, machine::context, context_offset(inst));
            return finish(inst, dst);
        }
        case Op::event_field:
            return event_field(inst);
        case Op::machine_context:
            return finish(inst, machine::context);
        case Op::argument: {
            const uint8_t dst = target_register(inst);
            assembler_.load(inst.width, false, dst, machine::context, inst.offset);
            return finish(inst, dst);
        }
        case Op::call:
            return call(inst);
        case Op::cast:
            return cast(inst);
        case Op::label:
            labels_[inst.index] = assembler_.size();
            return;
        case Op::jump:
            jumps_.emplace_back(assembler_.jump(), inst.index);
            return;
        case Op::branch:
            jumps_.emplace_back(jump_when(inst.cond, inst.a, inst.b), inst.index);
            return;
        case Op::ret:
            fetch(0, inst.a);
            return assembler_.exit();
#define BINARY_OP(name, ...) case Op::name:
#include "compiler/ir/binary_ops.def"
#undef BINARY_OP
            return binary(inst);
    }
}

}  // namespace

Lowered lower(const ir::Function& function, const Target& target) {
    ir::Function copy = function;
    if (!target.shared_memory) expand_additions(copy);
    ir::simplify(copy);
    return Emitter(copy, target).run();
}

}  // namespace probevue
