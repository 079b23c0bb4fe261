// Between who writes a kernel program (compiler/hooks, the translator) and its representation.
#include "compiler/kernel/code.h"

#include <fmt/format.h>

namespace probevue {

using ir::Inst;
using ir::Op;
using ir::Operand;

ir::Slot KernelCode::slot(uint32_t size, std::string_view name) {
    const auto index = static_cast<ir::Slot>(function_.slots.size());
    function_.slots.push_back({(size + 7) & ~7u, fmt::format("{}{}", name, index)});
    return index;
}

KernelPlace KernelCode::in_slot(ir::Slot slot, int32_t offset) {
    return {result({.op = Op::frame, .index = slot}), offset};
}

KernelPlace KernelCode::key(int64_t index) {
    if (!key_) key_ = slot(8, "key");
    store(in_slot(*key_), 4, number(index));
    return in_slot(*key_);
}

void KernelCode::emit(Inst inst) {
    inst.position = position_;
    function_.code.push_back(std::move(inst));
}

Operand KernelCode::result(Inst inst) {
    inst.dst = reg();
    const Operand out = Operand::of(inst.dst);
    emit(std::move(inst));
    return out;
}

Operand KernelCode::binary(Op op, Operand a, Operand b, uint8_t width) {
    return result({.op = op, .width = width, .a = a, .b = b});
}

Operand KernelCode::argument(int32_t offset, uint8_t width) {
    return result({.op = Op::argument, .width = width, .offset = offset});
}

Operand KernelCode::load(KernelPlace from, uint8_t width, bool is_signed) {
    return result({.op = Op::load, .width = width, .is_signed = is_signed, .a = from.base, .offset = from.offset});
}

void KernelCode::store(KernelPlace to, uint8_t width, Operand value) {
    emit({.op = Op::store, .width = width, .a = to.base, .b = value, .offset = to.offset});
}

void KernelCode::zero(KernelPlace to, size_t bytes) {
    for (int32_t at = 0; at < static_cast<int32_t>(bytes); at += 8) store({to.base, to.offset + at}, 8, number(0));
}

void KernelCode::copy(KernelPlace to, KernelPlace from, size_t bytes) {
    for (int32_t at = 0; at < static_cast<int32_t>(bytes); at += 8)
        store({to.base, to.offset + at}, 8, load({from.base, from.offset + at}, 8));
}

Operand KernelCode::address(KernelPlace place) {
    return place.offset == 0 ? place.base : binary(Op::add, place.base, number(place.offset));
}

Operand KernelCode::swap(Operand value, uint8_t width) { return result({.op = Op::swap, .width = width, .a = value}); }

Operand KernelCode::text_word(Operand word, ir::Reg going) {
    const auto constant = [&](uint64_t value) {
        return result({.op = Op::constant, .a = number(static_cast<int64_t>(value))});
    };
    constexpr uint64_t ones = 0x0101010101010101;
    const Operand whole = binary(Op::and_, word, Operand::of(going));
    // The highest bit of the first byte that is 0, and perhaps of some behind it.
    const Operand borrowed = binary(Op::sub, whole, constant(ones));
    const Operand clear = binary(Op::xor_, whole, number(-1));
    const Operand ends = binary(Op::and_, binary(Op::and_, borrowed, clear), constant(ones << 7));
    const Operand minus = result({.op = Op::neg, .a = ends});
    // x & -x keeps the lowest bit, which on a little-endian machine is of the first byte in memory.
    const Operand first = binary(Op::lshr, binary(Op::and_, ends, minus), number(7));
    const Operand kept = binary(Op::and_, whole, binary(Op::sub, first, number(1)));
    // The sign of x | -x is set unless x is 0.
    const Operand ended = binary(Op::lshr, binary(Op::or_, ends, minus), number(63));
    set(going, binary(Op::and_, Operand::of(going), binary(Op::sub, ended, number(1))));
    return kept;
}

void KernelCode::set(ir::Reg to, Operand value) {
    emit({.op = value.is_imm() ? Op::constant : Op::move, .dst = to, .a = value});
}

Operand KernelCode::call(bpf_func_id helper, std::vector<Operand> args) {
    return result({.op = Op::call, .args = std::move(args), .index = static_cast<uint32_t>(helper)});
}

void KernelCode::run(bpf_func_id helper, std::vector<Operand> args) {
    emit({.op = Op::call, .args = std::move(args), .index = static_cast<uint32_t>(helper)});
}

Operand KernelCode::map(uint32_t index) { return result({.op = Op::map, .index = index}); }

KernelPlace KernelCode::map_value(uint32_t index, int32_t offset) {
    return {result({.op = Op::memory, .index = index, .offset = offset}), 0};
}

void KernelCode::add_to(KernelPlace to, Operand value) {
    emit({.op = Op::add_to, .a = to.base, .b = value, .index = 8, .offset = to.offset});
}

void KernelCode::branch(ir::Cond cond, Operand a, Operand b, ir::Label target) {
    emit({.op = Op::branch, .cond = cond, .a = a, .b = b, .index = target});
}

void KernelCode::jump(ir::Label target) { emit({.op = Op::jump, .index = target}); }

void KernelCode::place(ir::Label label) { emit({.op = Op::label, .index = label}); }

void KernelCode::leave(int64_t value) { emit({.op = Op::ret, .a = number(value)}); }

}  // namespace probevue
