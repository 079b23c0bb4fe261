// Unary and binary operators, and `?:`.
#include <algorithm>

#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

constexpr const char* floating_rule = "floating point values have the operators + - * / and comparisons";

// `__tcphdr-flags`, `__tcphdr>-flags`: what follows is no variable.
bool is_torn_arrow(const ast::Binary& node) {
    const auto* left = std::get_if<ast::Name>(&node.left->node);
    return (node.op == ast::BinaryOp::sub || node.op == ast::BinaryOp::gt) && left != nullptr &&
           is_builtin(left->text) && find_builtin(left->text, {}) == nullptr;
}

}  // namespace

// Reports what is no integer where an operator needs one.
bool Checker::integer_operand(const checked::Expr& operand, std::string_view op) {
    const TypeRef type = operand.type;
    if (type->is_integer()) return true;
    if (type->kind == TypeKind::floating) {
        error(operand.span, "a floating point value cannot be an operand of `" + std::string(op) + "`", floating_rule);
        return false;
    }
    std::string hint;
    switch (type->kind) {
        case TypeKind::string:
            hint = op == "+" ? "`+` joins two Strings; atoi() makes a number of a String"
                             : "Strings have the operators `+`, `=` and comparisons";
            break;
        case TypeKind::timestamp:
            hint = "diff_time() gives the time between two timestamps";
            break;
        case TypeKind::ip:
        case TypeKind::mac:
        case TypeKind::path:
        case TypeKind::stack:
            hint = "it has the operators `=`, `==` and `!=`";
            break;
        case TypeKind::structure:
        case TypeKind::net_info:
            hint = "use its members";
            break;
        default:
            break;
    }
    error(operand.span, shown(type) + " cannot be an operand of `" + std::string(op) + "`", std::move(hint));
    return false;
}

// Are these two numbers, one of them at least with decimals? An extension: AIX only assigns and prints such.
bool Checker::decimals(const checked::Expr& a, const checked::Expr& b) {
    const auto real = [](const checked::Expr& one) { return one.type->kind == TypeKind::floating; };
    const auto number = [&](const checked::Expr& one) { return real(one) || one.type->is_integer(); };
    return (real(a) || real(b)) && number(a) && number(b);
}

bool Checker::computes_decimals(ast::BinaryOp op, const checked::Expr& a, const checked::Expr& b) {
    const bool of_decimals =
        op == ast::BinaryOp::add || op == ast::BinaryOp::sub || op == ast::BinaryOp::mul || op == ast::BinaryOp::div;
    return of_decimals && decimals(a, b);
}

ExprPtr Checker::unary(const ast::Unary& node, Span span) {
    if (node.op == ast::UnaryOp::address_of) {
        ExprPtr operand = value(*node.operand);
        return operand == nullptr ? nullptr : address_of(std::move(operand), span);
    }
    if (node.op == ast::UnaryOp::logical_not) {
        ExprPtr operand = condition(*node.operand);
        if (operand == nullptr) return nullptr;
        return make(checked::Unary{checked::Unary::Op::logical_not, std::move(operand)}, int_type(), span);
    }
    ExprPtr operand = value(*node.operand);
    if (operand == nullptr) return nullptr;
    if (node.op == ast::UnaryOp::dereference) return dereference(std::move(operand), span);
    if (node.op == ast::UnaryOp::minus) {
        if (auto* real = std::get_if<checked::FloatingConstant>(&operand->node)) {  // part of the number
            real->value = -real->value;
            operand->span = span;
            return operand;
        }
    }
    if (operand->type->kind == TypeKind::floating && node.op != ast::UnaryOp::bit_not) {
        if (node.op == ast::UnaryOp::plus) return operand;
        // Times -1, because 0 - x makes +0 of 0.
        ExprPtr minus = make(checked::FloatingConstant{-1}, types().double_type(), span);
        return make(checked::Binary{checked::BinaryOp::mul, convert(std::move(operand), types().double_type()),
                                    std::move(minus)},
                    types().double_type(), span);
    }
    const char* op = node.op == ast::UnaryOp::minus ? "-" : node.op == ast::UnaryOp::plus ? "+" : "~";
    if (!integer_operand(*operand, op)) return nullptr;
    const TypeRef type = promoted(types(), *operand);
    operand = convert(std::move(operand), type);
    if (node.op == ast::UnaryOp::plus) return operand;
    if (auto* constant = std::get_if<checked::IntegerConstant>(&operand->node)) {
        const auto bits = static_cast<uint64_t>(constant->value);
        const uint64_t result = node.op == ast::UnaryOp::minus ? 0 - bits : ~bits;
        return integer(wrap(static_cast<int64_t>(result), type), type, span);
    }
    const auto kind = node.op == ast::UnaryOp::minus ? checked::Unary::Op::negate : checked::Unary::Op::bit_not;
    return make(checked::Unary{kind, std::move(operand)}, type, span);
}

ExprPtr Checker::binary(const ast::Binary& node, Span span) {
    if (node.op == ast::BinaryOp::logical_and || node.op == ast::BinaryOp::logical_or) return logical(node, span);
    ExprPtr left = value(*node.left);
    // A message about the part behind the arrow, as a variable, would only mislead.
    if (left == nullptr && is_torn_arrow(node)) return nullptr;
    ExprPtr right = value(*node.right);
    if (left == nullptr || right == nullptr) return nullptr;
    if (const std::optional<checked::CompareOp> op = compare_op(node.op))
        return compare(*op, std::move(left), std::move(right), span, node.op_span);
    return arithmetic(node.op, std::move(left), std::move(right), span, node.op_span);
}

ExprPtr Checker::logical(const ast::Binary& node, Span span) {
    ExprPtr left = condition(*node.left);
    ExprPtr right = condition(*node.right);
    if (left == nullptr || right == nullptr) return nullptr;
    const bool is_and = node.op == ast::BinaryOp::logical_and;
    return make(checked::Logical{is_and, std::move(left), std::move(right)}, int_type(), span);
}

ExprPtr Checker::arithmetic(ast::BinaryOp op, ExprPtr left, ExprPtr right, Span span, Span op_span) {
    if (op == ast::BinaryOp::add && (left->type->kind == TypeKind::string || right->type->kind == TypeKind::string)) {
        return concatenate(std::move(left), std::move(right), span, op_span);
    }
    const bool additive = op == ast::BinaryOp::add || op == ast::BinaryOp::sub;
    const auto is_address = [](TypeRef type) {
        return type->kind == TypeKind::pointer || type->kind == TypeKind::array;
    };
    if (additive && (is_address(left->type) || is_address(right->type))) {
        return pointer_arithmetic(op, std::move(left), std::move(right), span, op_span);
    }
    if (computes_decimals(op, *left, *right)) {
        const TypeRef type = types().double_type();
        left = implicit(std::move(left), type, "an operand");
        right = implicit(std::move(right), type, "an operand");
        return make(checked::Binary{arithmetic_op(op).value(), std::move(left), std::move(right)}, type, span);
    }
    // Both are looked at, so that both mistakes are told at once.
    const bool left_fits = integer_operand(*left, spelling(op));
    if (!integer_operand(*right, spelling(op)) || !left_fits) return nullptr;
    TypeRef type = promoted(types(), *left);
    TypeRef right_type = promoted(types(), *right);
    if (op == ast::BinaryOp::shl || op == ast::BinaryOp::shr) {
        // Each operand is promoted by itself, and the left one's type is the result's (C11 6.5.7).
        warn_shift(*right, type);
    } else {
        type = right_type = common_type(types(), type, right_type);
    }
    left = convert(std::move(left), type);
    right = convert(std::move(right), right_type);
    ExprPtr result = make(checked::Binary{arithmetic_op(op).value(), std::move(left), std::move(right)}, type, span);
    warn_of_nothing_left(*result);
    return result;
}

void Checker::warn_shift(const checked::Expr& count, TypeRef type) {
    const std::optional<int64_t> by = constant_value(count);
    if (by && (*by < 0 || *by >= int64_t{type->size} * 8)) {
        warning(count.span, "shift of " + shown(type) + " by " + std::to_string(*by) + " bits",
                "a shift goes from 0 to " + std::to_string(type->size * 8 - 1));
    }
}

ExprPtr Checker::concatenate(ExprPtr left, ExprPtr right, Span span, Span op_span) {
    left = text(std::move(left));
    right = text(std::move(right));
    if (left == nullptr || right == nullptr) return nullptr;
    for (const ExprPtr* side : {&left, &right}) {
        if ((*side)->type->kind == TypeKind::string) continue;
        const std::string_view conversion = natural_conversion((*side)->type);
        std::string hint = "`+` joins Strings only";
        if (!conversion.empty())
            hint += "; printf prints " + (*side)->type->name + " with `%" + std::string(conversion) + "`";
        error(op_span, "a String and " + shown((*side)->type) + " cannot be added", std::move(hint));
        return nullptr;
    }
    const uint32_t length = std::min(left->type->count + right->type->count, max_string);
    return make(checked::Concatenate{std::move(left), std::move(right)}, types().string(length), span);
}

// Pointers move by elements; the difference of two is a number of elements.
ExprPtr Checker::pointer_arithmetic(ast::BinaryOp op, ExprPtr left, ExprPtr right, Span span, Span op_span) {
    if (left->type->kind == TypeKind::array) left = decay(std::move(left));
    if (right->type->kind == TypeKind::array) right = decay(std::move(right));
    if (left == nullptr || right == nullptr) return nullptr;
    const TypeRef word = types().integer(8, true);
    const auto element_size = [](TypeRef pointer) {
        // GNU C moves a `void *` by bytes.
        return pointer->element->kind == TypeKind::void_ ? 1u : pointer->element->size;
    };
    const bool left_points = left->type->kind == TypeKind::pointer;
    const bool right_points = right->type->kind == TypeKind::pointer;
    if (left_points && right_points) {
        if (op != ast::BinaryOp::sub || left->type->element != right->type->element || element_size(left->type) == 0) {
            error(op_span, "two pointers can only be subtracted, and when they point to the same type");
            return nullptr;
        }
        const int64_t size = element_size(left->type);
        ExprPtr bytes = make(
            checked::Binary{checked::BinaryOp::sub, convert(std::move(left), word), convert(std::move(right), word)},
            word, span);
        return make(checked::Binary{checked::BinaryOp::div, std::move(bytes), integer(size, word, span)}, word, span);
    }
    ExprPtr& pointer = left_points ? left : right;
    ExprPtr& count = left_points ? right : left;
    if (!count->type->is_integer() || (right_points && op == ast::BinaryOp::sub)) {
        error(op_span, shown(left->type) + " and " + shown(right->type) + " cannot be operands of `" +
                           std::string(spelling(op)) + "`");
        return nullptr;
    }
    // A structure that the script only names is the kernel's, whose type information knows its size.
    if (pointer->type->space == AddressSpace::kernel &&
        known_structure(pointer->type->element) != pointer->type->element)
        pointer =
            convert(std::move(pointer), types().pointer(known_structure(pointer->type->element), AddressSpace::kernel));
    const int64_t size = element_size(pointer->type);
    if (!pointer->type->element->complete) {
        error(pointer->span,
              "the size of " + shown(pointer->type->element) + " is not known: " + why_unknown(pointer->type->element));
        return nullptr;
    }
    ExprPtr bytes = convert(std::move(count), word);
    if (size != 1)
        bytes = make(checked::Binary{checked::BinaryOp::mul, std::move(bytes), integer(size, word, span)}, word, span);
    if (op == ast::BinaryOp::sub)
        bytes = make(checked::Unary{checked::Unary::Op::negate, std::move(bytes)}, word, span);
    const TypeRef type = pointer->type;
    return offset_pointer(std::move(pointer), std::move(bytes), type, span);
}

ExprPtr Checker::conditional(const ast::Conditional& node, Span span) {
    ExprPtr test = condition(*node.condition);
    ExprPtr then = value(*node.then);
    ExprPtr otherwise = value(*node.otherwise);
    if (test == nullptr || then == nullptr || otherwise == nullptr) return nullptr;
    if (!join(then, otherwise, span)) return nullptr;
    const TypeRef type = then->type;
    return make(checked::Conditional{std::move(test), std::move(then), std::move(otherwise)}, type, span);
}

// Brings both results of `?:` to one type.
bool Checker::join(ExprPtr& a, ExprPtr& b, Span span) {
    const auto is_constant_text = [](const ExprPtr& expr) {
        return std::holds_alternative<checked::StringConstant>(expr->node);
    };
    const auto takes_text = [](const ExprPtr& expr) {
        return expr->type->kind == TypeKind::ip || expr->type->kind == TypeKind::mac;
    };
    if (a->type->is_integer() && b->type->is_integer()) {
        const TypeRef type = common_type(types(), promoted(types(), *a), promoted(types(), *b));
        a = convert(std::move(a), type);
        b = convert(std::move(b), type);
        return true;
    }
    // Before Strings are made of both: a quoted constant beside an address is an address.
    if (takes_text(a) && is_constant_text(b))
        b = implicit(std::move(b), a->type, "a result of this `?:`");
    else if (takes_text(b) && is_constant_text(a))
        a = implicit(std::move(a), b->type, "a result of this `?:`");
    if (a == nullptr || b == nullptr) return false;
    if (a->type->kind == TypeKind::string || b->type->kind == TypeKind::string) {
        a = text(std::move(a));
        b = text(std::move(b));
        if (a == nullptr || b == nullptr) return false;
    }
    if (a->type == b->type) return true;
    if (a->type->kind == TypeKind::string && b->type->kind == TypeKind::string) {
        const TypeRef type = types().string(std::max(a->type->count, b->type->count));
        a = convert(std::move(a), type);
        b = convert(std::move(b), type);
        return true;
    }
    const auto number_like = [](TypeRef type) { return type->is_integer() || type->kind == TypeKind::floating; };
    const auto pointer_like = [](const ExprPtr& expr) {
        return expr->type->kind == TypeKind::pointer || expr->type->is_integer();
    };
    if (number_like(a->type) && number_like(b->type)) {
        a = convert(std::move(a), types().double_type());
        b = convert(std::move(b), types().double_type());
        return true;
    }
    const bool stamp = a->type->kind == TypeKind::timestamp || b->type->kind == TypeKind::timestamp;
    if (stamp || (pointer_like(a) && pointer_like(b))) {
        const TypeRef type = stamp                                ? types().simple(TypeKind::timestamp)
                             : a->type->kind == TypeKind::pointer ? a->type
                                                                  : b->type;
        a = implicit(std::move(a), type, "a result of this `?:`");
        b = implicit(std::move(b), type, "a result of this `?:`");
        return a != nullptr && b != nullptr;
    }
    error(span, "the two results of `?:` have different types: " + shown(a->type) + " and " + shown(b->type));
    return false;
}

}  // namespace probevue::sema
