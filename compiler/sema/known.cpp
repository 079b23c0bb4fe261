// From checked expressions; nothing depends on it but warnings, so that what it does not know costs a warning at most.
#include "compiler/sema/known.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "compiler/sema/arithmetic.h"

namespace probevue::sema {
namespace {

constexpr uint64_t all_bits = ~uint64_t{0};

// All bits up to the highest one of the value.
uint64_t filled(uint64_t value) { return value == 0 ? 0 : all_bits >> std::countl_zero(value); }

Known one_value(Wide value) {
    const auto bits = static_cast<uint64_t>(value);
    return {value, value, bits, bits};
}

Known between(Wide least, Wide most) {
    if (least == most) return one_value(least);
    // Below zero the sign fills the bits above: nothing is known of single ones.
    return {least, most, least < 0 ? all_bits : filled(static_cast<uint64_t>(most)), 0};
}

Known whole(TypeRef type) {
    const uint32_t bits = 8 * std::max(type->size, uint32_t{1});
    const Wide one = 1;
    if (type->is_boolean) return between(0, 1);
    if (type->is_signed) return between(-(one << (bits - 1)), (one << (bits - 1)) - 1);
    return between(0, (one << bits) - 1);
}

bool within(const Known& value, const Known& range) { return value.least >= range.least && value.most <= range.most; }

// What is left when it is known besides that only some bits can be set: of values that are not negative.
Known with_bits(Wide least, Wide most, uint64_t may, uint64_t must) {
    const Wide highest = std::min<Wide>(most, may);
    const Wide lowest = std::max<Wide>(least, must);
    if (lowest >= highest) return one_value(highest);
    return {lowest, highest, may & filled(static_cast<uint64_t>(highest)), must};
}

Known of_builtin(const BuiltinRow& row, TypeRef type) {
    const Known all = whole(type);
    uint64_t may = all.may;
    if (const auto* field = std::get_if<PacketField>(&row.from)) may &= possible_bits(*field);
    if (const auto* either = std::get_if<EitherVersion>(&row.from)) may &= possible_bits(*either);
    if (const auto* slot = std::get_if<PacketSlot>(&row.from)) may &= possible_bits(*slot);
    return may == all.may ? all : with_bits(0, all.most, may, 0);
}

Known of_bit_field(const Field& field, TypeRef type) {
    const Wide one = 1;
    if (field.bit_width == 0) return whole(type);
    if (!type->is_signed) return between(0, (one << field.bit_width) - 1);
    return between(-(one << (field.bit_width - 1)), (one << (field.bit_width - 1)) - 1);
}

Known converted(const Known& operand, TypeRef to) {
    const Known all = whole(to);
    if (within(operand, all)) return operand;
    if (to->is_signed || to->is_boolean) return all;
    // What does not fit is cut off at the top; the bits below stay as they are.
    return with_bits(0, all.most, operand.may & all.may, operand.must & all.may);
}

Known bitwise(checked::BinaryOp op, const Known& a, const Known& b, const Known& all) {
    const bool natural = a.least >= 0 && b.least >= 0;
    if (op == checked::BinaryOp::bit_and) {
        if (a.least < 0 && b.least < 0) return all;
        // One side that is not negative bounds the result, whatever the other is.
        const Wide most = natural ? std::min(a.most, b.most) : a.least >= 0 ? a.most : b.most;
        return with_bits(0, most, a.may & b.may, a.must & b.must);
    }
    if (!natural) return all;
    if (op == checked::BinaryOp::bit_or)
        return with_bits(std::max(a.least, b.least), all.most, a.may | b.may, a.must | b.must);
    return with_bits(0, all.most, a.may | b.may, 0);
}

Known shifted(checked::BinaryOp op, const Known& a, const Known& count, const Known& all) {
    if (!count.is_one_value() || count.least < 0 || a.least < 0) return all;
    // Of the count as many bits hold as the type has places, as in what is generated.
    const auto by = static_cast<int>(count.least & (all.most > UINT32_MAX ? 63 : 31));
    if (op == checked::BinaryOp::shr) return with_bits(a.least >> by, a.most >> by, a.may >> by, a.must >> by);
    // Bits would leave the type at the top.
    if ((a.most << by) > all.most) return all;
    return with_bits(a.least << by, a.most << by, a.may << by, a.must << by);
}

Known arithmetic(checked::BinaryOp op, const Known& a, const Known& b, const Known& all) {
    Wide least = 0;
    Wide most = 0;
    switch (op) {
        case checked::BinaryOp::add:
            least = a.least + b.least;
            most = a.most + b.most;
            break;
        case checked::BinaryOp::sub:
            least = a.least - b.most;
            most = a.most - b.least;
            break;
        case checked::BinaryOp::mul:  // at most 32 bits by 32 bits: products of larger ones may not fit
            if (a.least < 0 || b.least < 0 || a.most > UINT32_MAX || b.most > UINT32_MAX) return all;
            least = a.least * b.least;
            most = a.most * b.most;
            break;
        case checked::BinaryOp::div:
            if (a.least < 0 || !b.is_one_value() || b.least <= 0) return all;
            least = a.least / b.least;
            most = a.most / b.least;
            break;
        default:  // mod; what divides by 0 gives 0
            if (a.least < 0 || !b.is_one_value() || b.least <= 0) return all;
            most = std::min(a.most, b.least - 1);
            break;
    }
    // What leaves the type wraps, and can be anything then.
    const Known result = between(least, most);
    return within(result, all) ? result : all;
}

Known of_binary(const checked::Binary& node, TypeRef type) {
    const Known all = whole(type);
    const Known a = known(*node.left);
    const Known b = known(*node.right);
    switch (node.op) {
        case checked::BinaryOp::bit_and:
        case checked::BinaryOp::bit_or:
        case checked::BinaryOp::bit_xor:
            return bitwise(node.op, a, b, all);
        case checked::BinaryOp::shl:
        case checked::BinaryOp::shr:
            return shifted(node.op, a, b, all);
        default:
            return arithmetic(node.op, a, b, all);
    }
}

bool same_bits_impossible(const Known& a, const Known& b) { return (a.must & ~b.may) != 0 || (b.must & ~a.may) != 0; }

}  // namespace

Known known(const checked::Expr& expr) {
    const Known all = whole(expr.type);
    if (const std::optional<int64_t> value = constant_value(expr))
        return one_value(expr.type->is_signed ? Wide{*value} : Wide{static_cast<uint64_t>(*value)});
    if (const auto* builtin = std::get_if<checked::BuiltinRef>(&expr.node)) return of_builtin(*builtin->row, expr.type);
    // What an assignment gives is what its target holds: of a bit-field no more than its width.
    const checked::Expr* target = assigned_target(expr);
    if (const auto* member = std::get_if<checked::FieldRef>(&(target != nullptr ? *target : expr).node))
        return of_bit_field(*member->field, expr.type);
    if (const auto* binary = std::get_if<checked::Binary>(&expr.node)) return of_binary(*binary, expr.type);
    if (const auto* convert = std::get_if<checked::Convert>(&expr.node))
        return convert->operand->type->is_integer() ? converted(known(*convert->operand), expr.type) : all;
    if (const auto* unary = std::get_if<checked::Unary>(&expr.node))
        return unary->op == checked::Unary::Op::logical_not ? between(0, 1) : all;
    if (std::holds_alternative<checked::Compare>(expr.node) || std::holds_alternative<checked::Logical>(expr.node) ||
        std::holds_alternative<checked::IpAnyOf>(expr.node))
        return between(0, 1);
    if (const auto* conditional = std::get_if<checked::Conditional>(&expr.node)) {
        const Known a = known(*conditional->then);
        const Known b = known(*conditional->otherwise);
        return {std::min(a.least, b.least), std::max(a.most, b.most), a.may | b.may, a.must & b.must};
    }
    return all;
}

std::optional<uint64_t> known_version(const checked::Expr& address) {
    const auto* builtin = std::get_if<checked::BuiltinRef>(&address.node);
    const auto* field = builtin == nullptr ? nullptr : std::get_if<PacketField>(&builtin->row->from);
    if (field == nullptr) return std::nullopt;
    constexpr uint8_t bytes_of_v4 = 4;
    return field->width == bytes_of_v4 ? IpAddress::v4 : IpAddress::v6;
}

Outcome outcome(checked::CompareOp op, const Known& a, const Known& b) {
    const auto result = [](bool always, bool never) {
        return always ? Outcome::always : never ? Outcome::never : Outcome::open;
    };
    switch (op) {
        case checked::CompareOp::lt:
            return result(a.most < b.least, a.least >= b.most);
        case checked::CompareOp::le:
            return result(a.most <= b.least, a.least > b.most);
        case checked::CompareOp::gt:
            return result(a.least > b.most, a.most <= b.least);
        case checked::CompareOp::ge:
            return result(a.least >= b.most, a.most < b.least);
        case checked::CompareOp::eq:
        case checked::CompareOp::ne:
            break;
    }
    const bool differ = a.most < b.least || b.most < a.least || same_bits_impossible(a, b);
    const bool same = a.is_one_value() && b.is_one_value() && a.least == b.least;
    return op == checked::CompareOp::eq ? result(same, differ) : result(differ, same);
}

std::string describe_bits(const Known& values) { return fmt::format("has only the bits {:#x}", values.may); }

std::string describe(const Known& values) {
    const bool gaps = values.least == 0 && values.may != filled(values.may);
    if (gaps) return describe_bits(values);
    const auto text = [](Wide value) {
        return value < 0 ? fmt::format("{}", static_cast<int64_t>(value))
                         : fmt::format("{}", static_cast<uint64_t>(value));
    };
    return fmt::format("goes from {} to {}", text(values.least), text(values.most));
}

}  // namespace probevue::sema
