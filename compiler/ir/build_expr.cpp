// Values that fit a register, of checked expressions: their types are equal where operators need it, conversions are
// nodes.
#include <fmt/format.h>

#include <bit>

#include "compiler/ir/builder.h"
#include "compiler/sema/arithmetic.h"

namespace probevue::ir {
namespace {

Op op_of(checked::BinaryOp op, bool is_signed) {
    switch (op) {
#define ARITHMETIC(id, text, token, assigning, binding, unsigned_op, signed_op) \
    case checked::BinaryOp::id:                                                 \
        return is_signed ? Op::signed_op : Op::unsigned_op;
#define COMPARISON(...)
#define LOGICAL(...)
#include "builtins/operators.def"
#undef ARITHMETIC
#undef COMPARISON
#undef LOGICAL
    }
    return Op::move;
}

// Does every value of `from` have the same 64-bit form as a value of `to`?
bool same_form(TypeRef from, TypeRef to) {
    if (to->is_boolean) return from->is_boolean;
    if (to->size == 8) return true;
    if (from->size == to->size) return from->is_signed == to->is_signed;
    return from->size < to->size && (!from->is_signed || to->is_signed);
}

}  // namespace

Operand Builder::value(const checked::Expr& expr) {
    if (const auto* node = std::get_if<checked::IntegerConstant>(&expr.node)) return Operand::of_imm(node->value);
    if (const auto* node = std::get_if<checked::FloatingConstant>(&expr.node))
        return Operand::of_imm(std::bit_cast<int64_t>(node->value));
    if (const auto* node = std::get_if<checked::BuiltinRef>(&expr.node)) return builtin_value(*node->row);
    if (const auto* node = std::get_if<checked::ArgumentRef>(&expr.node)) {
        const auto field = static_cast<EventField>(static_cast<uint32_t>(EventField::arg1) + node->number - 1);
        return extend(event_value(field), expr.type);
    }
    if (std::holds_alternative<checked::ReturnValueRef>(expr.node))
        return extend(event_value(EventField::return_value), expr.type);
    if (const auto* node = std::get_if<checked::ElementRef>(&expr.node)) return element_value(*node, expr.type);
    if (const auto* node = std::get_if<checked::VariableRef>(&expr.node)) {
        const bool of_thread = shared_.script.variables[node->id].storage == checked::VariableClass::thread;
        return load(of_thread ? source(expr) : variable_place(node->id, false));
    }
    if (std::holds_alternative<checked::FieldRef>(expr.node) ||
        std::holds_alternative<checked::ArrayIndex>(expr.node) ||
        std::holds_alternative<checked::Dereference>(expr.node)) {
        return load(source(expr));
    }
    if (const auto* node = std::get_if<checked::Convert>(&expr.node)) return convert(*node->operand, expr.type);
    if (const auto* node = std::get_if<checked::Unary>(&expr.node)) return unary(*node, expr.type);
    if (const auto* node = std::get_if<checked::Binary>(&expr.node)) {
        const Operand left = value(*node->left);
        const Operand right = value(*node->right);
        return arithmetic(node->op, left, right, expr.type);
    }
    if (const auto* node = std::get_if<checked::Conditional>(&expr.node)) return conditional(*node, expr.type);
    if (const auto* node = std::get_if<checked::Assign>(&expr.node)) return assign(*node);
    if (const auto* node = std::get_if<checked::CompoundAssign>(&expr.node)) return compound_assign(*node);
    if (const auto* node = std::get_if<checked::IncDec>(&expr.node)) return inc_dec(*node);
    if (const auto* node = std::get_if<checked::Call>(&expr.node)) return call(*node, expr.type);
    if (const auto* node = std::get_if<checked::ElementCall>(&expr.node)) return element_call(*node);
    if (const auto* node = std::get_if<checked::Print>(&expr.node)) {
        print(*node);
        return Operand::of_imm(0);
    }
    if (const auto* node = std::get_if<checked::ArrayCall>(&expr.node)) {
        array_call(*node);
        return Operand::of_imm(0);
    }
    if (const auto* node = std::get_if<checked::TableCall>(&expr.node)) {
        table_call(*node);
        return Operand::of_imm(0);
    }
    return truth(expr);  // Compare, IpAnyOf, Logical
}

void Builder::evaluate(const checked::Expr& expr) {
    if (expr.type != nullptr && (expr.type->is_memory() || expr.type->is_collection())) {
        if (const auto* node = std::get_if<checked::Assign>(&expr.node))
            return assign_memory(*node->target, *node->value);
        if (const auto* node = std::get_if<checked::CompoundAssign>(&expr.node))
            return assign_memory(*node->target, *node->value);
        if (const auto* node = std::get_if<checked::Call>(&expr.node); node != nullptr && expr.type->is_memory())
            static_cast<void>(call_address(*node, expr.type));
        else if (expr.type->is_memory())
            static_cast<void>(address(expr));  // what stands within may do something: `c ? (s = "a") : (s = "b");`
        return;
    }
    static_cast<void>(value(expr));
}

// A condition as 0 or 1.
Operand Builder::truth(const checked::Expr& expr) {
    const Reg out = reg();
    const Label yes = label();
    const Label no = label();
    const Label end = label();
    condition(expr, yes, no);
    place_label(yes);
    move(out, Operand::of_imm(1));
    jump(end);
    place_label(no);
    move(out, Operand::of_imm(0));
    place_label(end);
    return Operand::of(out);
}

Operand Builder::conditional(const checked::Conditional& node, TypeRef) {
    const Reg out = reg();
    const Label then = label();
    const Label otherwise = label();
    const Label end = label();
    condition(*node.condition, then, otherwise);
    place_label(then);
    move(out, value(*node.then));
    jump(end);
    place_label(otherwise);
    move(out, value(*node.otherwise));
    place_label(end);
    return Operand::of(out);
}

Operand Builder::extend(Operand value, TypeRef type) {
    if (!type->is_integer() || type->size == 8) return value;
    if (value.is_imm()) return Operand::of_imm(sema::wrap(value.imm, type));
    return Operand::of(result(
        {.op = Op::extend, .width = static_cast<uint8_t>(type->size), .is_signed = type->is_signed, .a = value}));
}

Operand Builder::unary(const checked::Unary& node, TypeRef type) {
    if (node.op == checked::Unary::Op::logical_not) {
        const Reg out = reg();
        const Label yes = label();
        const Label no = label();
        const Label end = label();
        condition(*node.operand, yes, no);
        place_label(yes);
        move(out, Operand::of_imm(0));
        jump(end);
        place_label(no);
        move(out, Operand::of_imm(1));
        place_label(end);
        return Operand::of(out);
    }
    const Operand operand = value(*node.operand);
    if (operand.is_imm()) return Operand::of_imm(sema::fold(node.op, operand.imm, type));
    if (node.op == checked::Unary::Op::negate) return extend(Operand::of(result({.op = Op::neg, .a = operand})), type);
    return extend(binary(Op::xor_, 8, operand, Operand::of_imm(-1)), type);
}

// Floating point: the instruction set has none, helper functions compute.
Operand Builder::decimal_arithmetic(checked::BinaryOp op, Operand a, Operand b) {
    switch (op) {
        case checked::BinaryOp::add:
            return call_helper(Helper::double_add, {a, b});
        case checked::BinaryOp::sub:
            return call_helper(Helper::double_subtract, {a, b});
        case checked::BinaryOp::mul:
            return call_helper(Helper::double_multiply, {a, b});
        default:
            return call_helper(Helper::double_divide, {a, b});
    }
}

Operand Builder::arithmetic(checked::BinaryOp op, Operand a, Operand b, TypeRef type) {
    if (type->kind == TypeKind::floating) return decimal_arithmetic(op, a, b);
    const bool divides = op == checked::BinaryOp::div || op == checked::BinaryOp::mod;
    if (divides) return divide(op, a, b, type);
    if (a.is_imm() && b.is_imm()) {
        if (const std::optional<int64_t> folded = sema::fold(op, a.imm, b.imm, type)) return Operand::of_imm(*folded);
    }
    const Op made = op_of(op, type->is_signed);
    switch (op) {
        case checked::BinaryOp::shl:
        case checked::BinaryOp::shr: {
            // As on x86-64: the count is taken modulo the width of the left operand.
            const auto width = static_cast<uint8_t>(type->size);
            if (b.is_imm()) b.imm &= width * 8 - 1;
            const Operand shifted = binary(made, width, Operand::of(as_reg(a)), b);
            return type->is_signed ? extend(shifted, type) : shifted;
        }
        case checked::BinaryOp::bit_and:
        case checked::BinaryOp::bit_or:
        case checked::BinaryOp::bit_xor:
            // Both are extended by one type, and so is what comes out.
            return binary(made, 8, a, b);
        default:
            break;
    }
    // 32-bit operations clear the high half, which is the form of an unsigned int already.
    if (type->size == 4 && !type->is_signed) return binary(made, 4, a, b);
    return extend(binary(made, 8, a, b), type);
}

// The divisor may be zero: the result is 0 then, and the site warns once (design, section 8).
Operand Builder::divide(checked::BinaryOp divides, Operand a, Operand b, TypeRef type) {
    const Op op = op_of(divides, type->is_signed);
    const auto warn = [&] {
        const uint32_t index = site("division by zero, the result is 0", position_, Fault::division_by_zero);
        call_helper(Helper::warn, {Operand::of_imm(index)}, false);
    };
    if (b.is_imm() && b.imm == 0) {
        warn();
        return Operand::of_imm(0);
    }
    // The one quotient that does not fit, and a division that instruction sets trap on: negate instead.
    if (b.is_imm() && b.imm == -1 && type->is_signed) {
        if (divides == checked::BinaryOp::mod) return Operand::of_imm(0);
        return extend(Operand::of(result({.op = Op::neg, .a = Operand::of(as_reg(a))})), type);
    }
    if (b.is_imm()) return extend(binary(op, 8, Operand::of(as_reg(a)), b), type);
    const Reg out = reg();
    const Label zero_divisor = label();
    const Label end = label();
    branch(Cond::eq, b, Operand::of_imm(0), zero_divisor);
    move(out, extend(binary(op, 8, Operand::of(as_reg(a)), b), type));
    jump(end);
    place_label(zero_divisor);
    warn();
    move(out, Operand::of_imm(0));
    place_label(end);
    return Operand::of(out);
}

Operand Builder::convert(const checked::Expr& operand, TypeRef to) {
    const TypeRef from = operand.type;
    if (from->is_memory() || from->kind == TypeKind::list) return materialize(address(operand));  // array to pointer
    const Operand source = value(operand);
    // Pointers, timestamps and the like take all 64 bits as they are.
    if (!to->is_integer() && to->kind != TypeKind::floating) return source;
    if (from == to) return source;
    if (from->is_integer() && to->is_integer() && same_form(from, to)) return source;
    return converted(source, from, to);
}

// A number of one type as one of another.
Operand Builder::converted(Operand source, TypeRef from, TypeRef to) {
    if (to->is_boolean) return as_boolean(source, from);
    // Registers hold a double; of a float one that a float can hold.
    if (to->kind == TypeKind::floating && to->size < 8) {
        const TypeRef real = shared_.script.types.double_type();
        const Operand exact = from->is_integer() ? converted(source, from, real) : source;
        return call_helper(Helper::double_of_float, {call_helper(Helper::float_of_double, {exact})});
    }
    if (to->kind == TypeKind::floating && from->kind == TypeKind::floating) return source;
    if (from->kind == TypeKind::floating && to->is_integer()) {
        return extend(call_helper(Helper::integer_of_double, {source, Operand::of_imm(to->is_signed ? 1 : 0)}), to);
    }
    if (from->is_integer() && to->kind == TypeKind::floating) {
        if (source.is_imm()) {
            const double folded = from->is_signed ? static_cast<double>(source.imm)
                                                  : static_cast<double>(static_cast<uint64_t>(source.imm));
            return Operand::of_imm(std::bit_cast<int64_t>(folded));
        }
        return call_helper(Helper::double_of_integer, {source, Operand::of_imm(from->is_signed ? 1 : 0)});
    }
    return extend(source, to);
}

// 0 stays 0, all else becomes 1 (C11 6.3.1.2).
Operand Builder::as_boolean(Operand source, TypeRef from) {
    if (from->is_boolean) return source;
    int64_t zero = 0;
    if (from->kind == TypeKind::floating) {
        source = call_helper(Helper::double_compare, {source, Operand::of_imm(std::bit_cast<int64_t>(0.0))});
        zero = static_cast<int64_t>(DoubleOrder::equal);
    }
    if (source.is_imm()) return Operand::of_imm(source.imm != zero ? 1 : 0);
    const Reg out = reg();
    const Label end = label();
    move(out, Operand::of_imm(0));
    branch(Cond::eq, source, Operand::of_imm(zero), end);
    move(out, Operand::of_imm(1));
    place_label(end);
    return Operand::of(out);
}

Operand Builder::builtin_value(const BuiltinRow& row) {
    if (const auto* field = std::get_if<PacketField>(&row.from)) return packet_field(*field);
    // The header that is not there is all zeros.
    if (const auto* either = std::get_if<EitherVersion>(&row.from))
        return binary(Op::or_, 8, packet_field(either->ip4), packet_field(either->ip6));
    if (const auto* computed = std::get_if<PacketSlot>(&row.from)) {
        if (row.type.kind == ValueKind::packet) packet_bytes_ = ~0u;
        return packet_slot(*computed);
    }
    if (std::holds_alternative<PacketStart>(row.from)) {
        packet_bytes_ = ~0u;
        return Operand::of(result({.op = Op::context, .index = static_cast<uint32_t>(ContextWord::packet)}));
    }
    if (std::holds_alternative<IntervalLength>(row.from)) return call_helper(Helper::interval_seconds, {});
    return event_value(std::get<EventField>(row.from));
}

Operand Builder::packet_slot(PacketSlot which) {
    return Operand::of(result({.op = Op::packet_slot, .index = static_cast<uint32_t>(which)}));
}

// Fields lie in network byte order; masks and shifts apply to the number in host order.
Operand Builder::packet_field(const PacketField& field) {
    const Operand header = Operand::of(result({.op = Op::layer, .index = static_cast<uint32_t>(field.layer)}));
    const auto read = [&](uint8_t offset, uint8_t width) {
        const Operand raw = load_from({header, offset}, width, false);
        if (width == 1) return raw;
        return Operand::of(result({.op = Op::swap, .width = width, .a = raw}));
    };
    if (field.width == 6) {  // a MAC address: its first byte is the most significant
        const Operand high = binary(Op::shl, 8, read(field.offset, 2), Operand::of_imm(32));
        return binary(Op::or_, 8, high, read(static_cast<uint8_t>(field.offset + 2), 4));
    }
    Operand out = read(field.offset, field.width);
    const uint64_t all = field.width >= 4 ? 0xffffffffu : (uint64_t{1} << (field.width * 8)) - 1;
    if (field.shift != 0) out = binary(Op::lshr, 8, out, Operand::of_imm(field.shift));
    if ((field.mask & (all >> field.shift)) != all >> field.shift)
        out = binary(Op::and_, 8, out, Operand::of_imm(field.mask));
    if (field.scale != 0) out = binary(Op::shl, 8, out, Operand::of_imm(field.scale));
    return out;
}

Operand Builder::assign(const checked::Assign& node) {
    if (node.target->type->is_memory() || node.target->type->kind == TypeKind::list) {
        assign_memory(*node.target, *node.value);
        return Operand::of_imm(0);
    }
    // The value first: it may insert into the array that the target's place lies in.
    const Operand source = value(*node.value);
    const Place target = place(*node.target);
    store(target, source);
    finish(target);
    return held(target, source);
}

Operand Builder::compound_assign(const checked::CompoundAssign& node) {
    // The value first, as in assign(). `out` is set before the place is: finish() is also reached where there is none.
    const Operand right = value(*node.value);
    const TypeRef type = node.target->type;
    const Reg out = reg();
    move(out, Operand::of_imm(0));
    const Place target = place(*node.target);
    const bool adds = node.op == checked::BinaryOp::add || node.op == checked::BinaryOp::sub;
    // What is added is cut to the type in the end, whatever type it was computed in.
    if (adds && node.computed->is_integer() && adds_in_place(target)) {
        const bool minus = node.op == checked::BinaryOp::sub;
        const Operand added = !minus ? right
                              : right.is_imm()
                                  ? Operand::of_imm(static_cast<int64_t>(-static_cast<uint64_t>(right.imm)))
                                  : Operand::of(result({.op = Op::neg, .a = right}));
        const Operand before = add_in_place(target, added);
        move(out, extend(binary(Op::add, 8, before, added), type));
        finish(target);
        return Operand::of(out);
    }
    const bool same = type->is_integer() && node.computed->is_integer() && same_form(type, node.computed);
    const Operand before = load(target);
    const Operand left = same ? before : converted(before, type, node.computed);
    const Operand result = arithmetic(node.op, left, right, node.computed);
    const Operand changed = converted(result, node.computed, type);
    store(target, changed);
    move(out, held(target, changed));
    finish(target);
    return Operand::of(out);
}

Operand Builder::inc_dec(const checked::IncDec& node) {
    const TypeRef type = node.target->type;
    const Reg out = reg();
    move(out, Operand::of_imm(0));
    const Place target = place(*node.target);
    const uint32_t step =
        type->kind == TypeKind::pointer && type->element != nullptr ? std::max(1u, type->element->size) : 1;
    const Operand delta = Operand::of_imm(int64_t{node.delta} * step);
    const bool in_place = adds_in_place(target);
    const Operand before = in_place ? add_in_place(target, delta) : load(target);
    // Copied before the store: the operand may be the variable's own register.
    if (!node.is_prefix) move(out, before);
    const Operand sum = binary(Op::add, 8, Operand::of(as_reg(before)), delta);
    const Operand after = type->is_boolean ? as_boolean(sum, shared_.script.types.integer(8, true)) : extend(sum, type);
    if (!in_place) store(target, after);
    if (node.is_prefix) move(out, held(target, after));
    finish(target);
    return Operand::of(out);
}

}  // namespace probevue::ir
