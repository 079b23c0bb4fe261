// Comparisons: both sides get one type, constants in quotes become addresses or numbers.
#include <fmt/format.h>

#include <charconv>

#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

// Decimal or hexadecimal digits with a sign, and nothing else.
std::optional<int64_t> number_in(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    if (hexadecimal) text.remove_prefix(2);
    uint64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
    if (text.empty() || status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return static_cast<int64_t>(negative ? 0 - value : value);
}

// The same seen from the other side.
checked::CompareOp mirrored(checked::CompareOp op) {
    switch (op) {
        case checked::CompareOp::lt:
            return checked::CompareOp::gt;
        case checked::CompareOp::le:
            return checked::CompareOp::ge;
        case checked::CompareOp::gt:
            return checked::CompareOp::lt;
        case checked::CompareOp::ge:
            return checked::CompareOp::le;
        case checked::CompareOp::eq:
        case checked::CompareOp::ne:
            break;
    }
    return op;
}

bool is_constant_text(const ExprPtr& expr) { return std::holds_alternative<checked::StringConstant>(expr->node); }

}  // namespace

// `local_port == "8000"`: the number that is quoted (design: with a warning).
ExprPtr Checker::quoted_number(const checked::Expr& text, TypeRef type) {
    const std::string& quoted = std::get<checked::StringConstant>(text.node).value;
    const std::optional<int64_t> number = number_in(quoted);
    if (!number) return nullptr;
    // Without quotes, a leading 0 would make it octal.
    const bool hexadecimal = quoted.find_first_of("xX") != std::string::npos;
    warning(text.span, "a number is compared with a quoted number",
            "write it without the quotes: " + (hexadecimal ? quoted : std::to_string(*number)));
    const bool small = *number >= INT32_MIN && *number <= INT32_MAX;
    return integer(*number,
                   small             ? int_type()
                   : type->is_signed ? types().long_long(true)
                                     : types().long_long(false),
                   text.span);
}

ExprPtr Checker::compare(checked::CompareOp op, ExprPtr left, ExprPtr right, Span span, Span op_span) {
    if (left->type->kind == TypeKind::ip && is_constant_text(right))
        return compare_address(op, std::move(left), *right, span);
    if (right->type->kind == TypeKind::ip && is_constant_text(left))
        return compare_address(mirrored(op), std::move(right), *left, span);
    if (left->type->is_integer() && is_constant_text(right)) {
        if (ExprPtr number = quoted_number(*right, left->type)) right = std::move(number);
    } else if (right->type->is_integer() && is_constant_text(left)) {
        if (ExprPtr number = quoted_number(*left, right->type)) left = std::move(number);
    }
    if (left->type->kind == TypeKind::mac && is_constant_text(right))
        right = mac_constant(*right);
    else if (right->type->kind == TypeKind::mac && is_constant_text(left))
        left = mac_constant(*left);
    if (left == nullptr || right == nullptr) return nullptr;
    if (left->type->kind == TypeKind::string || right->type->kind == TypeKind::string) {
        left = text(std::move(left));
        right = text(std::move(right));
        if (left == nullptr || right == nullptr) return nullptr;
    }
    const auto done = [&] { return make(checked::Compare{op, std::move(left), std::move(right)}, int_type(), span); };

    const TypeKind a = left->type->kind;
    const TypeKind b = right->type->kind;
    if (decimals(*left, *right)) {
        if (in_predicate_) {
            error(op_span, "floating point values cannot stand in a predicate",
                  "compare them in the clause, with `if`");
            return nullptr;
        }
        left = implicit(std::move(left), types().double_type(), "compared");
        right = implicit(std::move(right), types().double_type(), "compared");
        return done();
    }
    if (a == TypeKind::integer && b == TypeKind::integer) {
        const TypeRef type = common_type(types(), promoted(types(), *left), promoted(types(), *right));
        left = convert(std::move(left), type);
        right = convert(std::move(right), type);
        ExprPtr compared = done();
        warn_of_outcome(std::get<checked::Compare>(compared->node), span);
        return compared;
    }
    const auto joins = [&](TypeKind kind) {
        return (a == kind || a == TypeKind::integer) && (b == kind || b == TypeKind::integer);
    };
    if (joins(TypeKind::timestamp)) {
        const TypeRef type = types().simple(TypeKind::timestamp);
        left = convert(std::move(left), type);
        right = convert(std::move(right), type);
        return done();
    }
    if (joins(TypeKind::pointer)) {
        // Addresses are numbers without a sign, whatever the integer beside them is.
        const TypeRef type = types().integer(8, false);
        left = convert(std::move(left), type);
        right = convert(std::move(right), type);
        return done();
    }
    if (a == b && a == TypeKind::string) {
        ExprPtr compared = done();
        warn_of_length(std::get<checked::Compare>(compared->node), span);
        return compared;
    }
    const bool identity = a == TypeKind::ip || a == TypeKind::mac || a == TypeKind::path || a == TypeKind::stack;
    if (a == b && identity) {
        if (a == TypeKind::ip || op == checked::CompareOp::eq || op == checked::CompareOp::ne) return done();
        error(op_span, shown(left->type) + " values have no order", "compare them with `==` or `!=`");
        return nullptr;
    }
    std::string hint;
    if (a == TypeKind::string || b == TypeKind::string) {
        const TypeKind other = a == TypeKind::string ? b : a;
        if (other == TypeKind::integer) hint = "atoi() makes a number of a String";
        if (other == TypeKind::ip) hint = "compare with an ip_addr_t, or with a quoted constant";
    }
    if ((a == TypeKind::ip && b == TypeKind::integer) || (b == TypeKind::ip && a == TypeKind::integer))
        hint = "write the address in quotes: \"10.10.10.1\"";
    error(op_span, shown(left->type) + " cannot be compared with " + shown(right->type), std::move(hint));
    return nullptr;
}

ExprPtr Checker::compare_address(checked::CompareOp op, ExprPtr address, const checked::Expr& text, Span span) {
    const std::string& quoted = std::get<checked::StringConstant>(text.node).value;
    const Result<std::vector<IpAddress>>& found = hosts_.addresses(quoted);
    if (!found) {
        error(text.span, found.error().message, address_hint(quoted));
        return nullptr;
    }
    const bool ordered = op != checked::CompareOp::eq && op != checked::CompareOp::ne;
    // Equal to one of several addresses means something, less than one of them does not.
    if (ordered && found->size() > 1) {
        error(text.span,
              fmt::format("host \"{}\" has {} addresses, which cannot be put in order with another one", quoted,
                          found->size()),
              fmt::format("write one of them: \"{}\"", to_string(found->front())));
        return nullptr;
    }
    warn_of_version(*address, *found, op, span);
    if (found->size() > 1) {
        return make(checked::IpAnyOf{std::move(address), *found, op == checked::CompareOp::ne}, int_type(), span);
    }
    const TypeRef type = address->type;
    return make(checked::Compare{op, std::move(address), make(checked::IpConstant{found->front()}, type, text.span)},
                int_type(), span);
}

}  // namespace probevue::sema
