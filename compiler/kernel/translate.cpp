// Relies on a clause that is simplified and that placement has given to the kernel; for predicates of the engine's
// clauses, that what cannot be translated may be left to the engine.
#include "compiler/kernel/translate.h"

#include <cstring>

#include "compiler/ir/storage.h"

namespace probevue {

using ir::Cond;
using ir::Inst;
using ir::Op;
using ir::Operand;

std::set<EventField> clause_fields(const ir::Function& clause) {
    std::set<EventField> out;
    for (const Inst& inst : clause.code) {
        if (inst.op == Op::event_field) out.insert(static_cast<EventField>(inst.index));
    }
    return out;
}

std::set<EventField> predicate_fields(const ir::Function& clause) {
    std::set<EventField> out;
    if (clause.body == ir::no_label) return out;
    for (const Inst& inst : clause.code) {
        if (inst.op == Op::label && inst.index == clause.body) break;
        if (inst.op == Op::event_field) out.insert(static_cast<EventField>(inst.index));
    }
    return out;
}

Translator::Translator(KernelCode& code, const ir::Function& clause, const Program& program, const FindField& find,
                       KernelHome* home)
    : code_(code),
      clause_(clause),
      program_(program),
      rodata_(program.maps[ir::rodata_map].contents),
      find_(find),
      home_(home),
      values_(clause.registers),
      definitions_(clause.registers),
      slots_(clause.slots.size()) {}

void Translator::start() {
    for (ir::Reg i = 0; i < clause_.registers; ++i) regs_.push_back(code_.reg());
    for (ir::Label i = 0; i < clause_.labels; ++i) labels_.push_back(code_.label());
    std::vector<uint32_t> slot_of(clause_.registers, ~0u);
    for (const Inst& inst : clause_.code) {
        if (inst.dst != ir::no_reg) ++definitions_[inst.dst];
        if (inst.op == Op::frame) slot_of[inst.dst] = inst.index;
        if (inst.op == Op::call && static_cast<Helper>(inst.index) == Helper::kernel_copy) reads_kernel_ = true;
        const bool emits = inst.op == Op::call && static_cast<Helper>(inst.index) == Helper::emit;
        if (emits && inst.args[1].is_reg() && slot_of[inst.args[1].reg] != ~0u)
            payloads_.insert(slot_of[inst.args[1].reg]);
    }
}

bool Translator::body_reached(const Inst& inst) const { return inst.op == Op::label && inst.index == clause_.body; }

void Translator::predicate(ir::Label rejected) {
    start();
    rejected_ = rejected;
    const ir::Label matched = code_.label();
    undecided_ = matched;
    for (const Inst& inst : clause_.code) {
        if (body_reached(inst)) break;
        code_.at(inst.position);
        // The rest of this path is for the engine to decide.
        // What stands behind is translated all the same, for those who jump there; values that are missing stay
        // unknown, and stop whoever uses them.
        if (!translate(inst)) code_.jump(matched);
    }
    code_.place(labels_[clause_.body]);
    code_.place(matched);
}

bool Translator::whole(ir::Label rejected, ir::Label done, const std::function<void()>& at_body) {
    start();
    rejected_ = rejected;
    done_ = done;
    whole_ = true;
    in_body_ = clause_.body == ir::no_label;
    if (in_body_) at_body();
    for (const Inst& inst : clause_.code) {
        code_.at(inst.position);
        if (!translate(inst)) return false;
        if (body_reached(inst)) {
            in_body_ = true;
            at_body();
        }
    }
    return true;
}

bool Translator::fail(std::string what) {
    if (obstacle_.empty()) obstacle_ = std::move(what);
    return false;
}

Translator::Value Translator::value_of(const Operand& operand) const {
    return operand.is_reg() ? values_[operand.reg] : Value{Value::Kind::plain};
}

bool Translator::plain(const Operand& operand) const { return value_of(operand).kind == Value::Kind::plain; }

Operand Translator::mapped(const Operand& operand) const {
    return operand.is_reg() ? Operand::of(regs_[operand.reg]) : operand;
}

// The table is one for all ways through the clause: addresses are only known of registers that are set once (single()).
void Translator::define(const Inst& inst, Value value) { values_[inst.dst] = value; }

// Made when it is first used: the body's slots are no concern of a predicate.
const KernelMemory& Translator::slot(uint32_t index) {
    const ir::FrameSlot& slot = clause_.slots[index];
    const uint32_t header = payloads_.contains(index) ? KernelHome::header_size : 0;
    if (!slots_[index]) {
        slots_[index] = home_ != nullptr ? home_->allocate(slot.size + header, slot.name)
                                         : KernelMemory{true, code_.slot(slot.size, slot.name), 0, slot.size};
    }
    return *slots_[index];
}

bool Translator::copy(const Inst& inst) {
    if (!plain(inst.a) || !plain(inst.b)) return fail("computes with addresses");
    Inst out = inst;
    out.a = mapped(inst.a);
    out.b = mapped(inst.b);
    if (inst.dst != ir::no_reg) {
        out.dst = regs_[inst.dst];
        define_plain(inst);
    }
    code_.emit(std::move(out));
    return true;
}

// Signed division came with version 4 of the instruction set: by the magnitudes, then the sign.
bool Translator::divide(const Inst& inst) {
    if (!plain(inst.a) || !plain(inst.b)) return fail("computes with addresses");
    const auto magnitude = [&](Operand value) {
        const ir::Reg out = code_.reg();
        const ir::Label positive = code_.label();
        code_.set(out, value);
        code_.branch(Cond::sge, Operand::of(out), number(0), positive);
        code_.set(out, code_.result({.op = Op::neg, .a = Operand::of(out)}));
        code_.place(positive);
        return Operand::of(out);
    };
    const auto in_register = [&](Operand value) {
        return value.is_reg() ? value : code_.result({.op = Op::constant, .a = value});
    };
    const Operand a = in_register(mapped(inst.a));
    const Operand b = in_register(mapped(inst.b));
    // Quotients are cut toward zero, so that a remainder has the sign of the dividend (C11 6.5.5).
    const bool modulo = inst.op == Op::smod;
    const ir::Reg out = code_.reg();
    const ir::Label positive = code_.label();
    const Operand sign = modulo ? a : code_.binary(Op::xor_, a, b);
    const Operand dividend = magnitude(a);
    code_.set(out, code_.binary(modulo ? Op::umod : Op::udiv, dividend, magnitude(b)));
    code_.branch(Cond::sge, sign, number(0), positive);
    code_.set(out, code_.result({.op = Op::neg, .a = Operand::of(out)}));
    code_.place(positive);
    code_.set(regs_[inst.dst], Operand::of(out));
    define_plain(inst);
    return true;
}

bool Translator::arithmetic(const Inst& inst) {
    if (inst.op == Op::add) return address(inst);
    return inst.op == Op::sdiv || inst.op == Op::smod ? divide(inst) : copy(inst);
}

// An address and a number of bytes.
bool Translator::address(const Inst& inst) {
    const Value from = value_of(inst.a);
    if (from.kind == Value::Kind::plain) return copy(inst);
    if (!inst.b.is_imm() || !single(inst)) return fail("computes with addresses");
    switch (from.kind) {
        case Value::Kind::constant:
        case Value::Kind::global:
            define(inst, {from.kind, from.offset + static_cast<uint32_t>(inst.b.imm)});
            return true;
        case Value::Kind::memory:
            code_.set(regs_[inst.dst], code_.binary(Op::add, mapped(inst.a), inst.b));
            define(inst, from);
            return true;
        default:
            return fail("uses parts of an element");
    }
}

bool Translator::frame(const Inst& inst) {
    if (!single(inst)) return fail("chooses between values in memory");
    const KernelMemory& memory = slot(inst.index);
    const int32_t offset = inst.offset + (payloads_.contains(inst.index) ? int32_t{KernelHome::header_size} : 0);
    if (memory.on_stack) {
        code_.emit({.op = Op::frame, .dst = regs_[inst.dst], .index = memory.slot, .offset = offset});
    } else {
        code_.set(regs_[inst.dst], code_.address(home_->at(memory, offset)));
    }
    define(inst, {Value::Kind::memory});
    return true;
}

bool Translator::memory(const Inst& inst) {
    if (!single(inst)) return fail("chooses between values in memory");
    const auto offset = static_cast<uint32_t>(inst.offset);
    if (inst.index == ir::rodata_map) {
        define(inst, {Value::Kind::constant, offset});
        return true;
    }
    if (home_ == nullptr) return fail("reads variables");
    define(inst, {Value::Kind::global, offset});
    return true;
}

bool Translator::field(const Inst& inst) {
    const auto id = static_cast<EventField>(inst.index);
    if (id == EventField::session_pid && home_ != nullptr) {
        code_.set(regs_[inst.dst], home_->session_process());
        define_plain(inst);
        return true;
    }
    const std::optional<KernelPlace> at = find_(id);
    if (!at) return fail("reads what the hook does not tell");
    const ValueKind kind = event_field(id).type.kind;
    if (kind == ValueKind::ip || kind == ValueKind::string) {
        if (!single(inst)) return fail("chooses between values in memory");
        code_.set(regs_[inst.dst], code_.address(*at));
        define(inst, {Value::Kind::memory});
    } else {
        code_.set(regs_[inst.dst], code_.load(*at, 8));
        define_plain(inst);
    }
    return true;
}

bool Translator::is_list(const Value& global) const {
    const std::optional<SharedVariable> variable = home_->global(global.offset);
    return !variable || program_.maps[ir::globals_map].variables[variable->index].value.kind == FieldKind::list;
}

namespace {

// The kernel accepts accesses of its stack only at multiples of their width; members of packed structures lie
// elsewhere.
constexpr const char* not_aligned = "accesses memory that is not aligned";
bool is_aligned(const Inst& inst) { return inst.width == 0 || inst.offset % inst.width == 0; }

}  // namespace

bool Translator::load(const Inst& inst) {
    const Value from = value_of(inst.a);
    Operand out;
    switch (from.kind) {
        case Value::Kind::constant: {
            const size_t at = size_t{from.offset} + static_cast<size_t>(inst.offset);
            if (inst.width != 8 || at + 8 > rodata_.size()) return fail("reads a part of a constant");
            int64_t word = 0;
            std::memcpy(&word, rodata_.data() + at, sizeof word);
            out = number(word);
            break;
        }
        case Value::Kind::memory:
            if (!is_aligned(inst)) return fail(not_aligned);
            out = code_.load({mapped(inst.a), inst.offset}, inst.width, inst.is_signed);
            break;
        case Value::Kind::global:
            if (is_list(from)) return fail("reads a list");
            out =
                code_.load(home_->shared(from.offset + static_cast<uint32_t>(inst.offset)), inst.width, inst.is_signed);
            break;
        case Value::Kind::element: {
            // What has been added in place may have left the range of its type.
            const RecordField& value = program_.maps[from.map].layout.value;
            if (value.kind == FieldKind::list) return fail("reads a list");
            out = code_.load({mapped(inst.a), inst.offset}, inst.width, inst.is_signed);
            if (value.kind == FieldKind::integer && value.width < 8)
                out = code_.result({.op = Op::extend, .width = value.width, .is_signed = value.is_signed, .a = out});
            break;
        }
        default:
            return fail("reads memory through an address");
    }
    code_.set(regs_[inst.dst], out);
    define_plain(inst);
    return true;
}

bool Translator::store(const Inst& inst) {
    const Value to = value_of(inst.a);
    if (!plain(inst.b)) return fail("keeps an address");
    switch (to.kind) {
        case Value::Kind::memory:
            if (!is_aligned(inst)) return fail(not_aligned);
            code_.store({mapped(inst.a), inst.offset}, inst.width, mapped(inst.b));
            return true;
        case Value::Kind::global: {
            const uint32_t offset = to.offset + static_cast<uint32_t>(inst.offset);
            const std::optional<SharedVariable> variable = home_->global(offset);
            // Of more bytes, programs on other processors would see a half of the new value.
            if (!variable || program_.maps[ir::globals_map].variables[variable->index].size != 8)
                return fail("assigns a value that takes several steps");
            code_.store(home_->shared(offset), inst.width, mapped(inst.b));
            return true;
        }
        case Value::Kind::element:
            if (program_.maps[to.map].value_size != 8) return fail("assigns a value that takes several steps");
            code_.store({mapped(inst.a), inst.offset}, inst.width, mapped(inst.b));
            return true;
        default:
            return fail("writes memory through an address");
    }
}

bool Translator::add_to(const Inst& inst) {
    const Value to = value_of(inst.a);
    if (!plain(inst.b)) return fail("computes with addresses");
    KernelPlace at{mapped(inst.a), inst.offset};
    bool alone = true;  // nobody else writes there at the same time
    if (to.kind == Value::Kind::global) {
        const uint32_t offset = to.offset + static_cast<uint32_t>(inst.offset);
        const std::optional<SharedVariable> variable = home_->global(offset);
        if (!variable) return fail("adds to a part of a variable");
        const VariableDescription& known = program_.maps[ir::globals_map].variables[variable->index];
        // Of a structure or an array of 8 bytes, what is added would carry into the next member.
        if (known.size != 8 || known.value.kind == FieldKind::bytes) return fail("adds to a part of a variable");
        alone = home_->is_tally(*variable);
        at = alone ? home_->tally(offset) : home_->shared(offset);
    } else if (to.kind == Value::Kind::element) {
        const MapDescription& known = program_.maps[to.map];
        if (known.value_size != 8 || known.layout.value.kind == FieldKind::bytes)
            return fail("adds to a part of an element");
        alone = home_->is_tally({SharedVariable::Kind::array, to.map});
    } else if (to.kind != Value::Kind::memory) {
        return fail("writes memory through an address");
    } else if (!is_aligned(inst)) {
        return fail(not_aligned);
    }
    const auto bytes = static_cast<uint8_t>(inst.index);
    // Variables of the clause itself are as wide as their type; shared ones have eight bytes, of which the lower ones
    // count.
    const uint8_t width = to.kind == Value::Kind::memory ? inst.width : uint8_t{8};
    Operand before;
    if (alone) {
        before = code_.load(at, width, inst.is_signed);
        code_.store(at, width, code_.binary(Op::add, before, mapped(inst.b)));
    } else {
        Inst add{.op = Op::add_to, .a = at.base, .b = mapped(inst.b), .index = 8, .offset = at.offset};
        if (inst.dst == ir::no_reg) {
            code_.emit(std::move(add));
            return true;
        }
        before = code_.result(std::move(add));
    }
    if (inst.dst == ir::no_reg) return true;
    if (bytes < 8) before = code_.result({.op = Op::extend, .width = bytes, .is_signed = inst.is_signed, .a = before});
    code_.set(regs_[inst.dst], before);
    define_plain(inst);
    return true;
}

bool Translator::branch(const Inst& inst) {
    const auto comparable = [&](const Operand& operand, const Operand& other) {
        const Value::Kind kind = value_of(operand).kind;
        // Whether an element is there at all: before that the kernel's verifier lets nobody use its address.
        const bool element = kind == Value::Kind::element || kind == Value::Kind::dist;
        return kind == Value::Kind::plain || (element && other.is_imm() && other.imm == 0);
    };
    if (!comparable(inst.a, inst.b) || !comparable(inst.b, inst.a)) return fail("compares addresses");
    code_.branch(inst.cond, mapped(inst.a), mapped(inst.b), labels_[inst.index]);
    return true;
}

bool Translator::leave(const Inst& inst) {
    static_cast<void>(inst);
    // In the predicate `ret` means that it does not hold.
    code_.jump(in_body_ ? done_ : rejected_);
    return true;
}

bool Translator::context(const Inst& inst) {
    if (home_ == nullptr || static_cast<ir::ContextWord>(inst.index) != ir::ContextWord::time)
        return fail("reads a packet");
    code_.set(regs_[inst.dst], home_->realtime());
    define_plain(inst);
    return true;
}

bool Translator::translate(const Inst& inst) {
    switch (inst.op) {
        case Op::constant:
        case Op::move:
        case Op::extend:
        case Op::compare:
        case Op::neg:
        case Op::swap:
            return copy(inst);
#define BINARY_OP(name, ...) case Op::name:
#include "compiler/ir/binary_ops.def"
#undef BINARY_OP
            return arithmetic(inst);
        case Op::frame:
            return frame(inst);
        case Op::memory:
            return memory(inst);
        case Op::map:
            define(inst, {Value::Kind::map, 0, inst.index});
            return true;
        case Op::load:
            return load(inst);
        case Op::store:
            return store(inst);
        case Op::add_to:
            return add_to(inst);
        case Op::event_field:
            return field(inst);
        case Op::context:
            return context(inst);
        case Op::label:
            code_.place(labels_[inst.index]);
            return true;
        case Op::jump:
            code_.jump(labels_[inst.index]);
            return true;
        case Op::branch:
            return branch(inst);
        case Op::ret:
            return leave(inst);
        case Op::call:
            return call(inst);
        case Op::layer:
        case Op::packet_slot:
        case Op::argument:
        case Op::machine_context:
        case Op::cast:
            return fail("reads a packet");
    }
    return false;
}

}  // namespace probevue
