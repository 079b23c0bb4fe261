// Expressions: which node is checked where, and what may stand as a value or a condition.
#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

template <typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // clang 14 does not deduce it

}  // namespace

ExprPtr Checker::expr(const ast::Expr& expr) {
    const Span span = expr.span;
    const auto is_step = [](ast::UnaryOp op) {
        return op == ast::UnaryOp::pre_increment || op == ast::UnaryOp::pre_decrement ||
               op == ast::UnaryOp::post_increment || op == ast::UnaryOp::post_decrement;
    };
    return std::visit(
        Overloaded{
            [&](const ast::IntegerLiteral& node) { return integer_literal(node, span); },
            // C11 6.4.4.4: its type is int.
            [&](const ast::CharacterLiteral& node) { return integer(node.value, int_type(), span); },
            [&](const ast::FloatingLiteral& node) {
                ExprPtr exact = make(checked::FloatingConstant{node.value}, types().double_type(), span);
                return node.is_float ? convert(std::move(exact), types().float_type()) : std::move(exact);
            },
            [&](const ast::StringLiteral& node) { return string_literal(node.value, span); },
            [&](const ast::Name& node) { return name(node, span); },
            [&](const ast::Unary& node) { return is_step(node.op) ? increment(node, span) : unary(node, span); },
            [&](const ast::Binary& node) { return binary(node, span); },
            [&](const ast::Assign& node) { return assign(node, span); },
            [&](const ast::Conditional& node) { return conditional(node, span); },
            [&](const ast::Call& node) { return call(node, span); },
            [&](const ast::Index& node) {
                if (const std::optional<ElementName> found = element_name(expr))
                    return element(*found, span, Use::fetch);
                return index(node, span, false);
            },
            [&](const ast::Member& node) { return member(node, span, false); },
            [&](const ast::Cast& node) { return cast(node, span); },
            [&](const ast::SizeofType& node) { return size_of(whole_type(*node.type, Role::operand), span); },
            [&](const ast::AlignofType& node) { return align_of(*node.type, span); },
            [&](const ast::SizeofExpr& node) {
                // Checked for its type alone, and dropped: nothing of it runs (C11 6.5.3.4).
                const ExprPtr operand = value(*node.operand);
                return operand == nullptr ? nullptr : size_of(operand->type, span);
            },
        },
        expr.node);
}

// Operators and functions take their operands through here, so that none meets a list or another thing without a value.
ExprPtr Checker::value(const ast::Expr& written) {
    ExprPtr result = expr(written);
    if (result == nullptr) return nullptr;
    switch (result->type->kind) {
        case TypeKind::void_:
            if (const auto* call = std::get_if<checked::Call>(&result->node)) {
                error(written.span, shown(call->function->name) + " gives no value");
            } else {
                error(written.span, "this has no value");
            }
            return nullptr;
        case TypeKind::list:
            error(written.span, "a list has no value", "count(), sum(), avg(), min() and max() make numbers of a list");
            return nullptr;
        case TypeKind::range:
            error(written.span, "a range has no value", "ranges are used by set_range(), add_range() and qrange()");
            return nullptr;
        case TypeKind::dist:
            error(written.span, "a distribution has no value",
                  "quantile(), count(), avg(), min() and max() make numbers of a distribution");
            return nullptr;
        case TypeKind::distinct:
            error(written.span, "a count of different values has no value itself",
                  "distinct() says how many there are");
            return nullptr;
        default:
            return result;
    }
}

ExprPtr Checker::condition(const ast::Expr& written) {
    if (const auto* assign = std::get_if<ast::Assign>(&written.node)) {
        if (!assign->op && !written.parenthesized && !in_predicate_) {
            warning(assign->op_span, "assignment used as a condition",
                    "write `==` to compare, or set parentheses around it");
        }
    }
    return truth(value(written));
}

// What is true when it is not 0: integers as they are, other scalars compared.
ExprPtr Checker::truth(ExprPtr operand) {
    if (operand == nullptr) return nullptr;
    const TypeRef type = operand->type;
    if (type->is_integer()) {
        warn_of_truth(*operand);
        return operand;
    }
    const Span span = operand->span;
    if (type->kind == TypeKind::pointer || type->kind == TypeKind::timestamp || type->kind == TypeKind::mac) {
        ExprPtr zero = integer(0, type, span);
        return make(checked::Compare{checked::CompareOp::ne, std::move(operand), std::move(zero)}, int_type(), span);
    }
    // Predicates have no floating point values (AIX: probevue_predicate).
    if (type->kind == TypeKind::floating && !in_predicate_) {
        ExprPtr zero = make(checked::FloatingConstant{0}, types().double_type(), span);
        operand = convert(std::move(operand), types().double_type());
        return make(checked::Compare{checked::CompareOp::ne, std::move(operand), std::move(zero)}, int_type(), span);
    }
    std::string hint;
    if (type->kind == TypeKind::string) hint = "compare it: `!= \"\"`";
    if (type->kind == TypeKind::ip) hint = "compare it with an address";
    error(span, shown(type) + " is neither true nor false", std::move(hint));
    return nullptr;
}

ExprPtr Checker::integer_literal(const ast::IntegerLiteral& literal, Span span) {
    if (literal.too_large) return nullptr;  // the parser has said so
    const TypeRef type = literal_type(types(), literal);
    if (literal.is_decimal && !literal.has_unsigned_suffix && !type->is_signed) {
        warning(span, "this number is so large that it is unsigned", "write it with the suffix ULL");
    }
    return integer(static_cast<int64_t>(literal.value), type, span);
}

ExprPtr Checker::string_literal(const std::string& text, Span span) {
    if (text.size() > max_string) {
        error(span, "this String is longer than " + std::to_string(max_string) + " bytes");
        return nullptr;
    }
    const TypeRef type = types().string(text.empty() ? 1 : static_cast<uint32_t>(text.size()));
    return make(checked::StringConstant{text}, type, span);
}

ExprPtr Checker::cast(const ast::Cast& cast, Span span) {
    const TypeRef to = whole_type(*cast.type, Role::operand);
    ExprPtr operand = value(*cast.operand);
    if (to == nullptr || operand == nullptr) return nullptr;
    if (operand->type->kind == TypeKind::array && to->kind == TypeKind::pointer) operand = decay(std::move(operand));
    if (operand == nullptr) return nullptr;
    const TypeRef from = operand->type;
    const auto number_like = [](TypeRef type) {
        return type->is_integer() || type->kind == TypeKind::timestamp || type->kind == TypeKind::pointer;
    };
    const bool real = from->kind == TypeKind::floating || to->kind == TypeKind::floating;
    const bool possible = real ? (from->is_integer() || from->kind == TypeKind::floating) &&
                                     (to->is_integer() || to->kind == TypeKind::floating)
                               : number_like(from) && number_like(to);
    if (!possible) {
        std::string hint;
        if (from->kind == TypeKind::string && to->is_integer()) hint = "atoi() makes a number of a String";
        if (to->kind == TypeKind::ip && from->is_integer()) hint = "convert_ip4_addr() makes an address of a number";
        error(span, "a cast from " + shown(from) + " to " + shown(to) + " is not possible", std::move(hint));
        return nullptr;
    }
    TypeRef target = to;
    // A cast says what is there, not whose memory it is.
    if (to->kind == TypeKind::pointer && from->kind == TypeKind::pointer) target = in_space(to, from->space);
    // A cast bit-field is one no more: it is promoted by the type alone.
    const bool narrower =
        from == target && from->is_integer() && promoted(types(), *operand) != promoted(types(), from);
    ExprPtr result =
        narrower ? make(checked::Convert{std::move(operand)}, target, span) : convert(std::move(operand), target);
    result->span = span;
    return result;
}

ExprPtr Checker::size_of(TypeRef type, Span span) {
    if (type == nullptr) return nullptr;
    // GNU C has arrays without elements and structures without members: their size is 0.
    if (type->size == 0 && type->kind != TypeKind::array && type->kind != TypeKind::structure) {
        error(span, shown(type) + " has no size");
        return nullptr;
    }
    if (!type->complete) {
        lacks(span, "the size of " + shown(type) + " is not known: " + why_unknown(type));
        return nullptr;
    }
    return integer(type->size, types().integer(8, false), span);
}

}  // namespace probevue::sema
