// What an operator makes of constants is what compiled code makes of values at run time:
// tests/diff/expressions_test.cpp holds both against gcc.
#include "compiler/sema/arithmetic.h"

#include <algorithm>

namespace probevue::sema {

namespace {

bool is_long_long(const TypeTable& types, TypeRef type) {
    return type == types.long_long(true) || type == types.long_long(false);
}

// Conversion rank (C11 6.3.1.1) of a promoted type.
// `long` and `long long` have the same size, but not the same rank.
int rank(const TypeTable& types, TypeRef type) { return type->size == 4 ? 1 : is_long_long(types, type) ? 3 : 2; }

bool fits(uint64_t value, uint32_t bytes, bool is_signed) {
    const uint32_t bits = bytes * 8 - (is_signed ? 1 : 0);
    // C++ leaves a shift by all 64 bits undefined.
    return bits >= 64 || value >> bits == 0;
}

std::optional<int64_t> constant_of(const checked::ExprPtr& expr) {
    return expr == nullptr ? std::nullopt : constant_value(*expr);
}

}  // namespace

TypeRef promoted(const TypeTable& types, TypeRef type) {
    if (type->size < 4) return types.integer(4, true);
    if (type->size == 4) return types.integer(4, type->is_signed);
    return type;
}

TypeRef promoted(const TypeTable& types, const checked::Expr& operand) {
    // What an assignment gives is the bit-field's, as gcc has it.
    if (const checked::Expr* target = assigned_target(operand); target != nullptr) return promoted(types, *target);
    if (const auto* field = std::get_if<checked::FieldRef>(&operand.node)) {
        const uint32_t bits = field->field->bit_width;
        // All values of a narrower unsigned bit-field fit an int, which it becomes (C11 6.3.1.1).
        if (bits != 0 && (bits < 32 || (bits == 32 && operand.type->is_signed))) return types.integer(4, true);
        if (bits == 32) return types.integer(4, false);
    }
    return promoted(types, operand.type);
}

TypeRef common_type(const TypeTable& types, TypeRef a, TypeRef b) {
    if (a == b) return a;
    const int rank_a = rank(types, a);
    const int rank_b = rank(types, b);
    // In the order of C11 6.3.1.8: the higher rank; the unsigned type when its rank is not lower; the signed one when
    // it holds all values of the other; else the unsigned one that belongs to the signed one.
    if (a->is_signed == b->is_signed) return rank_a >= rank_b ? a : b;
    const TypeRef with_sign = a->is_signed ? a : b;
    const TypeRef without = a->is_signed ? b : a;
    if ((a->is_signed ? rank_b : rank_a) >= (a->is_signed ? rank_a : rank_b)) return without;
    if (with_sign->size > without->size) return with_sign;
    return is_long_long(types, with_sign) ? types.long_long(false) : types.integer(with_sign->size, false);
}

TypeRef literal_type(const TypeTable& types, const ast::IntegerLiteral& literal) {
    const bool may_be_unsigned = literal.has_unsigned_suffix || !literal.is_decimal;
    const auto candidate = [&](TypeRef type) {
        if (type->is_signed ? literal.has_unsigned_suffix : !may_be_unsigned) return false;
        return fits(literal.value, type->size, type->is_signed);
    };
    if (literal.long_suffixes == 0) {
        if (candidate(types.integer(4, true))) return types.integer(4, true);
        if (candidate(types.integer(4, false))) return types.integer(4, false);
    }
    if (literal.long_suffixes < 2) {
        if (candidate(types.integer(8, true))) return types.integer(8, true);
        if (candidate(types.integer(8, false))) return types.integer(8, false);
    }
    return types.long_long(!literal.has_unsigned_suffix && fits(literal.value, 8, true));
}

int64_t wrap(int64_t value, TypeRef type) {
    if (type->is_boolean) return value != 0 ? 1 : 0;
    switch (type->size) {
        case 1:
            return type->is_signed ? int64_t{static_cast<int8_t>(value)} : int64_t{static_cast<uint8_t>(value)};
        case 2:
            return type->is_signed ? int64_t{static_cast<int16_t>(value)} : int64_t{static_cast<uint16_t>(value)};
        case 4:
            return type->is_signed ? int64_t{static_cast<int32_t>(value)} : int64_t{static_cast<uint32_t>(value)};
        default:
            return value;
    }
}

std::optional<int64_t> fold(checked::BinaryOp op, int64_t a, int64_t b, TypeRef type) {
    // Computed without sign: in C++ overflow wraps there, and is undefined of signed numbers.
    const auto ua = static_cast<uint64_t>(a);
    const auto ub = static_cast<uint64_t>(b);
    switch (op) {
        case checked::BinaryOp::mul:
            return wrap(static_cast<int64_t>(ua * ub), type);
        case checked::BinaryOp::add:
            return wrap(static_cast<int64_t>(ua + ub), type);
        case checked::BinaryOp::sub:
            return wrap(static_cast<int64_t>(ua - ub), type);
        case checked::BinaryOp::div:
        case checked::BinaryOp::mod: {
            // Left to the run time, which gives 0 and warns (ir::Builder::divide).
            if (b == 0) return std::nullopt;
            const bool is_div = op == checked::BinaryOp::div;
            if (!type->is_signed) return wrap(static_cast<int64_t>(is_div ? ua / ub : ua % ub), type);
            if (b == -1) return is_div ? wrap(static_cast<int64_t>(0 - ua), type) : 0;  // INT_MIN / -1 would trap
            return wrap(is_div ? a / b : a % b, type);
        }
        case checked::BinaryOp::shl:
            // The count modulo the width, as x86-64 and eBPF take it.
            return wrap(static_cast<int64_t>(ua << (ub & (type->size * 8 - 1))), type);
        case checked::BinaryOp::shr: {
            const uint64_t by = ub & (type->size * 8 - 1);
            return wrap(type->is_signed ? a >> by : static_cast<int64_t>(ua >> by), type);
        }
        case checked::BinaryOp::bit_and:
            // Both sides are extended in the same way, and so is the result.
            return a & b;
        case checked::BinaryOp::bit_xor:
            return a ^ b;
        case checked::BinaryOp::bit_or:
            return a | b;
    }
    return std::nullopt;
}

bool holds(checked::CompareOp op, int64_t a, int64_t b, bool is_signed) {
    const bool less = is_signed ? a < b : static_cast<uint64_t>(a) < static_cast<uint64_t>(b);
    switch (op) {
        case checked::CompareOp::lt:
            return less;
        case checked::CompareOp::le:
            return less || a == b;
        case checked::CompareOp::gt:
            return !less && a != b;
        case checked::CompareOp::ge:
            return !less;
        case checked::CompareOp::eq:
            return a == b;
        case checked::CompareOp::ne:
            return a != b;
    }
    return false;
}

int64_t fold(checked::Unary::Op op, int64_t a, TypeRef type) {
    switch (op) {
        case checked::Unary::Op::negate:
            return wrap(static_cast<int64_t>(0 - static_cast<uint64_t>(a)), type);
        case checked::Unary::Op::bit_not:
            return wrap(~a, type);
        case checked::Unary::Op::logical_not:
            return a == 0 ? 1 : 0;
    }
    return 0;
}

std::optional<int64_t> constant_value(const checked::Expr& expr) {
    if (expr.type == nullptr || !expr.type->is_integer()) return std::nullopt;
    if (const auto* constant = std::get_if<checked::IntegerConstant>(&expr.node)) return constant->value;
    if (const auto* convert = std::get_if<checked::Convert>(&expr.node)) {
        const std::optional<int64_t> operand = constant_of(convert->operand);
        return operand ? std::optional(wrap(*operand, expr.type)) : std::nullopt;
    }
    if (const auto* unary = std::get_if<checked::Unary>(&expr.node)) {
        const std::optional<int64_t> operand = constant_of(unary->operand);
        return operand ? std::optional(fold(unary->op, *operand, expr.type)) : std::nullopt;
    }
    if (const auto* binary = std::get_if<checked::Binary>(&expr.node)) {
        const std::optional<int64_t> left = constant_of(binary->left);
        const std::optional<int64_t> right = constant_of(binary->right);
        return left && right ? fold(binary->op, *left, *right, expr.type) : std::nullopt;
    }
    if (const auto* compare = std::get_if<checked::Compare>(&expr.node)) {
        const std::optional<int64_t> left = constant_of(compare->left);
        const std::optional<int64_t> right = constant_of(compare->right);
        if (!left || !right) return std::nullopt;
        return holds(compare->op, *left, *right, compare->left->type->is_signed) ? 1 : 0;
    }
    if (const auto* logical = std::get_if<checked::Logical>(&expr.node)) {
        const std::optional<int64_t> left = constant_of(logical->left);
        if (!left) return std::nullopt;
        // Decided by the left side, be the right one a constant or not.
        if ((*left != 0) != logical->is_and) return logical->is_and ? 0 : 1;
        const std::optional<int64_t> right = constant_of(logical->right);
        return right ? std::optional<int64_t>(*right != 0 ? 1 : 0) : std::nullopt;
    }
    if (const auto* conditional = std::get_if<checked::Conditional>(&expr.node)) {
        const std::optional<int64_t> condition = constant_of(conditional->condition);
        if (!condition) return std::nullopt;
        return constant_of(*condition != 0 ? conditional->then : conditional->otherwise);
    }
    return std::nullopt;
}

const checked::Expr* assigned_target(const checked::Expr& expr) {
    if (const auto* node = std::get_if<checked::Assign>(&expr.node)) return node->target.get();
    if (const auto* node = std::get_if<checked::CompoundAssign>(&expr.node)) return node->target.get();
    const auto* node = std::get_if<checked::IncDec>(&expr.node);
    return node == nullptr ? nullptr : node->target.get();
}

bool is_difference(const checked::Expr& expr) {
    if (const auto* node = std::get_if<checked::Convert>(&expr.node)) return is_difference(*node->operand);
    const auto* node = std::get_if<checked::Binary>(&expr.node);
    return node != nullptr && node->op == checked::BinaryOp::sub;
}

std::optional<checked::BinaryOp> arithmetic_op(ast::BinaryOp op) {
    static constexpr std::optional<checked::BinaryOp> table[] = {
#define ARITHMETIC(id, ...) checked::BinaryOp::id,
#define COMPARISON(...) std::nullopt,
#define LOGICAL(...) std::nullopt,
#include "builtins/operators.def"
#undef ARITHMETIC
#undef COMPARISON
#undef LOGICAL
    };
    return table[static_cast<size_t>(op)];
}

std::optional<checked::CompareOp> compare_op(ast::BinaryOp op) {
    static constexpr std::optional<checked::CompareOp> table[] = {
#define ARITHMETIC(...) std::nullopt,
#define COMPARISON(id, ...) checked::CompareOp::id,
#define LOGICAL(...) std::nullopt,
#include "builtins/operators.def"
#undef ARITHMETIC
#undef COMPARISON
#undef LOGICAL
    };
    return table[static_cast<size_t>(op)];
}

}  // namespace probevue::sema
