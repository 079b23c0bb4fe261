#include "compiler/place/predicate.h"

#include <cstring>

#include "compiler/ir/storage.h"

namespace probevue {
namespace {

using ir::Inst;
using ir::Op;
using ir::Operand;

// What a register of the clause holds, as far as that decides what may be done with it.
struct Value {
    enum class Kind : uint8_t { plain, frame, constant, unknown } kind = Kind::unknown;
    uint32_t offset = 0;  // constant: in rodata
};

class Predicate {
public:
    Predicate(KernelCode& code, const ir::Function& clause, const std::vector<uint8_t>& rodata, const FindField& find,
              ir::Label rejected)
        : code_(code), clause_(clause), rodata_(rodata), find_(find), rejected_(rejected), values_(clause.registers) {}

    void write() {
        for (ir::Reg i = 0; i < clause_.registers; ++i) regs_.push_back(code_.reg());
        for (ir::Label i = 0; i < clause_.labels; ++i) labels_.push_back(code_.label());
        for (const ir::FrameSlot& slot : clause_.slots)
            slots_.push_back(used(slot) ? code_.slot(slot.size, slot.name) : 0);
        matched_ = code_.label();
        for (const Inst& inst : clause_.code) {
            if (inst.op == Op::label && inst.index == clause_.body) break;
            code_.at(inst.position);
            // The rest of this path is for the engine to decide.
            if (!translate(inst)) code_.jump(matched_);
        }
        code_.place(labels_[clause_.body]);
        code_.place(matched_);
    }

private:
    // Slots are for what the whole clause does; those of the predicate are touched before its body.
    bool used(const ir::FrameSlot& slot) const {
        const auto index = static_cast<uint32_t>(&slot - clause_.slots.data());
        for (const Inst& inst : clause_.code) {
            if (inst.op == Op::label && inst.index == clause_.body) return false;
            if (inst.op == Op::frame && inst.index == index) return true;
        }
        return false;
    }

    bool plain(const Operand& operand) const {
        return !operand.is_reg() || values_[operand.reg].kind == Value::Kind::plain;
    }

    Operand mapped(const Operand& operand) const {
        return operand.is_reg() ? Operand::of(regs_[operand.reg]) : operand;
    }

    void define(const Inst& inst, Value::Kind kind, uint32_t offset = 0) { values_[inst.dst] = {kind, offset}; }

    bool copy(const Inst& inst) {
        Inst out = inst;
        out.a = mapped(inst.a);
        out.b = mapped(inst.b);
        if (inst.dst != ir::no_reg) {
            out.dst = regs_[inst.dst];
            define(inst, Value::Kind::plain);
        }
        code_.emit(std::move(out));
        return true;
    }

    bool field(const Inst& inst) {
        const auto id = static_cast<EventField>(inst.index);
        const std::optional<KernelPlace> at = find_(id);
        if (!at) return false;
        const ValueKind kind = event_field(id).type.kind;
        if (kind == ValueKind::ip || kind == ValueKind::string) {
            code_.set(regs_[inst.dst], code_.address(*at));
            define(inst, Value::Kind::frame);
        } else {
            code_.set(regs_[inst.dst], code_.load(*at, 8));
            define(inst, Value::Kind::plain);
        }
        return true;
    }

    bool load(const Inst& inst) {
        if (!inst.a.is_reg()) return false;
        const Value from = values_[inst.a.reg];
        if (from.kind == Value::Kind::frame) return copy(inst);
        const size_t at = size_t{from.offset} + static_cast<size_t>(inst.offset);
        if (from.kind != Value::Kind::constant || inst.width != 8 || at + 8 > rodata_.size()) return false;
        int64_t word = 0;
        std::memcpy(&word, rodata_.data() + at, sizeof word);
        code_.set(regs_[inst.dst], number(word));
        define(inst, Value::Kind::plain);
        return true;
    }

    bool translate(const Inst& inst) {
        switch (inst.op) {
            case Op::constant:
            case Op::move:
            case Op::extend:
            case Op::compare:
            case Op::neg:
            case Op::swap:
            case Op::add:
            case Op::sub:
            case Op::mul:
            case Op::udiv:
            case Op::umod:
            case Op::and_:
            case Op::or_:
            case Op::xor_:
            case Op::shl:
            case Op::lshr:
            case Op::ashr:
                return plain(inst.a) && plain(inst.b) && copy(inst);
            case Op::frame: {
                Inst out = inst;
                out.dst = regs_[inst.dst];
                out.index = slots_[inst.index];
                code_.emit(std::move(out));
                define(inst, Value::Kind::frame);
                return true;
            }
            case Op::memory:
                if (inst.index != ir::rodata_map) return false;
                define(inst, Value::Kind::constant, static_cast<uint32_t>(inst.offset));
                return true;
            case Op::load:
                return load(inst);
            case Op::store:
                return inst.a.is_reg() && values_[inst.a.reg].kind == Value::Kind::frame && plain(inst.b) && copy(inst);
            case Op::event_field:
                return field(inst);
            case Op::label:
                code_.place(labels_[inst.index]);
                return true;
            case Op::jump:
                code_.jump(labels_[inst.index]);
                return true;
            case Op::branch:
                if (!plain(inst.a) || !plain(inst.b)) return false;
                code_.branch(inst.cond, mapped(inst.a), mapped(inst.b), labels_[inst.index]);
                return true;
            case Op::ret:
                code_.jump(rejected_);
                return true;
            default:
                return false;
        }
    }

    KernelCode& code_;
    const ir::Function& clause_;
    const std::vector<uint8_t>& rodata_;
    const FindField& find_;
    ir::Label rejected_;
    ir::Label matched_ = 0;
    std::vector<Value> values_;
    std::vector<ir::Reg> regs_;
    std::vector<ir::Label> labels_;
    std::vector<ir::Slot> slots_;
};

}  // namespace

std::set<EventField> predicate_fields(const ir::Function& clause) {
    std::set<EventField> out;
    if (clause.body == ir::no_label) return out;
    for (const Inst& inst : clause.code) {
        if (inst.op == Op::label && inst.index == clause.body) break;
        if (inst.op == Op::event_field) out.insert(static_cast<EventField>(inst.index));
    }
    return out;
}

void write_predicate(KernelCode& code, const ir::Function& clause, const std::vector<uint8_t>& rodata,
                     const FindField& find, ir::Label rejected) {
    Predicate(code, clause, rodata, find, rejected).write();
}

}  // namespace probevue
