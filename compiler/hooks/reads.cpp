// Follows values through a clause as it is lowered for the engine, before its program is written. Jumps go forward, so
// that one pass knows all that holds at a label.
#include "compiler/hooks/reads.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

#include "builtins/function.h"
#include "compiler/ir/storage.h"

namespace probevue {
namespace {

using ir::Inst;
using ir::Op;
using ir::Operand;

constexpr uint32_t most_of_a_read = 4096;  // bytes of one read
constexpr size_t most_reads = 32;          // of a clause

// What a register holds.
struct Held {
    enum class Kind : uint8_t { unknown, value, frame, rodata } kind = Kind::unknown;
    ValueId value = no_value;
    ir::Slot slot = 0;
    int64_t offset = 0;  // in the slot, or in rodata

    bool operator==(const Held&) const = default;
};

// Bytes of a slot that a read has filled.
struct Filled {
    uint32_t read = 0;
    int64_t begin = 0;  // in the slot
    int64_t size = 0;

    bool operator==(const Filled&) const = default;
};

struct State {
    std::vector<Held> regs;
    std::map<ir::Slot, Filled> filled;
};

class Finder {
public:
    Finder(const ir::Function& clause, const std::vector<uint8_t>& rodata) : clause_(clause), rodata_(rodata) {}

    ClauseReads run() {
        state_.emplace();
        state_->regs.resize(clause_.registers);
        for (const Inst& inst : clause_.code) {
            if (inst.op == Op::label) {
                enter(inst.index);
            } else if (state_) {
                visit(inst);
            }
        }
        return std::move(out_);
    }

private:
    ValueId add(const PureValue& value) {
        const auto found = std::find(out_.values.begin(), out_.values.end(), value);
        if (found != out_.values.end()) return static_cast<ValueId>(found - out_.values.begin());
        out_.values.push_back(value);
        return static_cast<ValueId>(out_.values.size() - 1);
    }

    ValueId constant(int64_t value) { return add({.kind = PureValue::Kind::constant, .constant = value}); }

    const Held* held(const Operand& operand) const { return operand.is_reg() ? &state_->regs[operand.reg] : nullptr; }

    ValueId value_of(const Operand& operand) {
        if (operand.is_imm()) return constant(operand.imm);
        const Held* from = held(operand);
        return from != nullptr && from->kind == Held::Kind::value ? from->value : no_value;
    }

    std::optional<int64_t> constant_of(const Operand& operand) {
        const ValueId value = value_of(operand);
        if (value == no_value || out_.values[value].kind != PureValue::Kind::constant) return std::nullopt;
        return out_.values[value].constant;
    }

    void set(ir::Reg reg, Held what) {
        if (reg != ir::no_reg) state_->regs[reg] = what;
    }
    void set_value(ir::Reg reg, ValueId value) {
        set(reg, {value == no_value ? Held::Kind::unknown : Held::Kind::value, value, 0, 0});
    }

    // --- control: jumps go forward only, so that all ways to a label are known when it is reached

    void leave_to(ir::Label label) {
        const auto [at, first] = waiting_.try_emplace(label, *state_);
        if (!first) merge(at->second, *state_);
    }

    void enter(ir::Label label) {
        const auto at = waiting_.find(label);
        if (at == waiting_.end()) return;
        if (state_) {
            merge(*state_, at->second);
        } else {
            state_ = std::move(at->second);
        }
        waiting_.erase(at);
    }

    void merge(State& into, const State& other) {
        for (size_t i = 0; i < into.regs.size(); ++i) {
            if (into.regs[i] != other.regs[i]) into.regs[i] = joined(into.regs[i], other.regs[i]);
        }
        std::erase_if(into.filled, [&](const auto& one) {
            const auto found = other.filled.find(one.first);
            return found == other.filled.end() || found->second != one.second;
        });
    }

    // A size that is a value or a constant limit, as bounded copies have it.
    Held joined(const Held& a, const Held& b) {
        if (a.kind != Held::Kind::value || b.kind != Held::Kind::value) return {};
        const auto is_constant = [&](ValueId id) { return out_.values[id].kind == PureValue::Kind::constant; };
        if (is_constant(a.value) == is_constant(b.value)) return {};
        const ValueId limit = is_constant(a.value) ? a.value : b.value;
        const ValueId value = is_constant(a.value) ? b.value : a.value;
        if (out_.values[limit].constant <= 0) return {};
        return {Held::Kind::value,
                add({.kind = PureValue::Kind::at_most, .constant = out_.values[limit].constant, .a = value}), 0, 0};
    }

    // --- instructions

    void operation(const Inst& inst) {
        if (inst.op == Op::sdiv || inst.op == Op::smod)
            return set(inst.dst, {});  // kernels before 6.6 have no such one
        const Held* from = held(inst.a);
        if (inst.op == Op::add && inst.b.is_imm() && from != nullptr &&
            (from->kind == Held::Kind::frame || from->kind == Held::Kind::rodata)) {
            Held moved = *from;
            moved.offset += inst.b.imm;
            return set(inst.dst, moved);
        }
        const bool unary = inst.op == Op::extend || inst.op == Op::neg || inst.op == Op::swap;
        const ValueId a = value_of(inst.a);
        const ValueId b = unary ? no_value : value_of(inst.b);
        if (a == no_value || (!unary && b == no_value)) return set(inst.dst, {});
        set_value(inst.dst, add({.kind = PureValue::Kind::operation,
                                 .op = inst.op,
                                 .cond = inst.cond,
                                 .width = inst.width,
                                 .is_signed = inst.is_signed,
                                 .a = a,
                                 .b = b}));
    }

    void load(const Inst& inst) {
        const Held* from = held(inst.a);
        if (from == nullptr) return set(inst.dst, {});
        const int64_t at = from->offset + inst.offset;
        if (from->kind == Held::Kind::rodata && inst.width == 8 && at >= 0 &&
            static_cast<size_t>(at) + 8 <= rodata_.size()) {
            int64_t word = 0;
            std::memcpy(&word, rodata_.data() + at, sizeof word);
            return set_value(inst.dst, constant(word));
        }
        const auto found = from->kind == Held::Kind::frame ? state_->filled.find(from->slot) : state_->filled.end();
        if (found == state_->filled.end() || at < found->second.begin ||
            at + inst.width > found->second.begin + found->second.size)
            return set(inst.dst, {});
        set_value(inst.dst, add({.kind = PureValue::Kind::word,
                                 .width = inst.width,
                                 .is_signed = inst.is_signed,
                                 .read = found->second.read,
                                 .offset = static_cast<uint32_t>(at - found->second.begin)}));
    }

    void forget(const Operand& address) {
        const Held* to = held(address);
        if (to != nullptr && to->kind == Held::Kind::frame) state_->filled.erase(to->slot);
    }

    // The number of the read; none when there are too many.
    std::optional<uint32_t> add_read(const ClauseRead& read) {
        const auto found = std::find(out_.reads.begin(), out_.reads.end(), read);
        if (found != out_.reads.end()) return static_cast<uint32_t>(found - out_.reads.begin());
        if (out_.reads.size() == most_reads) return std::nullopt;
        out_.reads.push_back(read);
        return static_cast<uint32_t>(out_.reads.size() - 1);
    }

    // user_copy, kernel_copy(to, address, size)
    void copy(const Inst& inst, CapturedKind kind) {
        forget(inst.args[0]);
        const ValueId address = value_of(inst.args[1]);
        const ValueId size = value_of(inst.args[2]);
        if (address == no_value || size == no_value) return;
        const PureValue& wanted = out_.values[size];
        const bool fixed = wanted.kind == PureValue::Kind::constant;
        if (!fixed && wanted.kind != PureValue::Kind::at_most) return;
        if (wanted.constant <= 0 || wanted.constant > most_of_a_read) return;
        const auto bytes = static_cast<uint32_t>(wanted.constant);
        const std::optional<uint32_t> number = add_read({kind, address, fixed ? no_value : size, bytes});
        const Held* to = held(inst.args[0]);
        if (number && fixed && to != nullptr && to->kind == Held::Kind::frame)
            state_->filled[to->slot] = {*number, to->offset, bytes};
    }

    // user_string, kernel_string(to, to_size, address, length)
    void text(const Inst& inst, CapturedKind kind) {
        forget(inst.args[0]);
        const ValueId address = value_of(inst.args[2]);
        const std::optional<int64_t> room = constant_of(inst.args[1]);
        if (address == no_value || !room || *room <= 0) return;
        int64_t most = std::min<int64_t>(*room, most_of_a_read);
        ValueId size = no_value;
        if (const std::optional<int64_t> length = constant_of(inst.args[3])) {
            if (*length >= 0) most = std::min(most, *length);
        } else if (const ValueId length_value = value_of(inst.args[3]); length_value != no_value) {
            size = add({.kind = PureValue::Kind::at_most, .constant = most, .a = length_value});
        }
        if (most > 0) add_read({kind, address, size, static_cast<uint32_t>(most)});
    }

    void descriptor(const Inst& inst) {
        const ValueId number = value_of(inst.args[0]);
        if (number != no_value) add_read({CapturedKind::descriptor, number, no_value, sizeof(CapturedDescriptor)});
    }

    void stack(const Inst& inst, bool user, size_t levels_argument) {
        const std::optional<int64_t> levels = constant_of(inst.args[levels_argument]);
        uint32_t frames = levels && *levels >= 0 ? std::min(static_cast<uint32_t>(*levels), most_frames) : most_frames;
        if (frames == 0) return;
        // The reader leaves out those between the event and the program, which nobody asked for.
        constexpr uint32_t own_frames = 6;
        if (!user) frames = std::min(frames + own_frames, most_frames);
        add_read({user ? CapturedKind::user_stack : CapturedKind::kernel_stack, no_value, no_value, 8 * frames});
    }

    void call(const Inst& inst) {
        switch (static_cast<Helper>(inst.index)) {
            case Helper::user_copy:
                copy(inst, CapturedKind::user_memory);
                break;
            case Helper::kernel_copy:
                copy(inst, CapturedKind::kernel_memory);
                break;
            case Helper::user_string:
                text(inst, CapturedKind::user_text);
                break;
            case Helper::kernel_string:
                text(inst, CapturedKind::kernel_text);
                break;
            case Helper::fd_number:
            case Helper::socket_info:
                descriptor(inst);
                for (const Operand& argument : inst.args) forget(argument);
                break;
            case Helper::print_stack: {
                // The user's stack only when it is asked for, or when there is no other (then it is left to the hook).
                const std::optional<int64_t> flags = constant_of(inst.args[0]);
                stack(inst, false, 1);
                if (!flags || (*flags & static_cast<int64_t>(StackFlag::user_trace)) != 0) stack(inst, true, 1);
                break;
            }
            case Helper::get_stack:
                stack(inst, false, 0);
                stack(inst, true, 0);
                break;
            default:
                for (const Operand& argument : inst.args) forget(argument);
                break;
        }
        set(inst.dst, {});
    }

    void visit(const Inst& inst) {
        switch (inst.op) {
            case Op::constant:
            case Op::move: {
                const Held* from = held(inst.a);
                return from != nullptr ? set(inst.dst, *from) : set_value(inst.dst, constant(inst.a.imm));
            }
            case Op::extend:
            case Op::compare:
            case Op::neg:
            case Op::swap:
#define BINARY_OP(name, ...) case Op::name:
#include "compiler/ir/binary_ops.def"
#undef BINARY_OP
                return operation(inst);
            case Op::frame:
                return set(inst.dst, {Held::Kind::frame, no_value, inst.index, inst.offset});
            case Op::memory:
                if (inst.index == ir::rodata_map) return set(inst.dst, {Held::Kind::rodata, no_value, 0, inst.offset});
                return set(inst.dst, {});
            case Op::load:
                return load(inst);
            case Op::store:
                return forget(inst.a);
            case Op::event_field: {
                const auto field = static_cast<EventField>(inst.index);
                const ValueKind kind = event_field(field).type.kind;
                if (kind == ValueKind::ip || kind == ValueKind::string) return set(inst.dst, {});
                return set_value(inst.dst, add({.kind = PureValue::Kind::field, .field = field}));
            }
            case Op::call:
                return call(inst);
            case Op::branch:
                return leave_to(inst.index);
            case Op::jump:
                leave_to(inst.index);
                state_.reset();
                return;
            case Op::ret:
                state_.reset();
                return;
            default:
                return set(inst.dst, {});
        }
    }

    const ir::Function& clause_;
    const std::vector<uint8_t>& rodata_;
    ClauseReads out_;
    std::optional<State> state_;  // none: this place is not reached
    std::map<ir::Label, State> waiting_;
};

}  // namespace

ClauseReads find_reads(const ir::Function& clause, const std::vector<uint8_t>& rodata) {
    return Finder(clause, rodata).run();
}

}  // namespace probevue
