// Conversions between types: each that happens becomes a node of the checked tree, so that compiler/ir decides nothing.
#include <algorithm>

#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

bool is_byte(TypeRef type) { return type->is_integer() && type->size == 1 && !type->is_boolean; }

// What to do instead of a conversion that does not exist.
std::string advice(TypeRef from, TypeRef to) {
    if (from->kind == TypeKind::string) {
        if (to->is_integer()) return "atoi() makes a number of a String";
        if (to->kind == TypeKind::pointer) return "a variable of the script that holds a text is a `String name[40];`";
        if (to->kind == TypeKind::ip) return "only a quoted constant becomes an address";
        if (to->kind == TypeKind::array) return "a char array is no String; declare `String name[length]`";
    }
    if (to->kind == TypeKind::string) {
        if (from->is_integer()) return "a String holds no number; keep it in an int and print it with %d";
        const std::string_view conversion = natural_conversion(from);
        if (!conversion.empty()) return "printf prints " + from->name + " with `%" + std::string(conversion) + "`";
    }
    if (to->kind == TypeKind::timestamp) return "timestamps come from timestamp()";
    if (from->kind == TypeKind::list) return "count(), sum(), avg(), min() and max() make numbers of a list";
    if (from->kind == TypeKind::dist)
        return "quantile(), count(), avg(), min() and max() make numbers of a distribution";
    if (from->kind == TypeKind::distinct) return "distinct() says how many there are";
    if (to->kind == TypeKind::array) return "copy_kdata() and copy_userdata() fill arrays";
    return {};
}

}  // namespace

std::string shown(TypeRef type) { return type->kind == TypeKind::string ? "`String`" : "`" + type->name + "`"; }

std::string sort_of(TypeRef type) {
    if (type->is_integer()) return "an integer";
    if (type->kind == TypeKind::string) return "a String";
    if (type->kind == TypeKind::list) return "a list";
    if (type->kind == TypeKind::range) return "a range";
    if (type->kind == TypeKind::dist) return "a distribution";
    if (type->kind == TypeKind::distinct) return "a count of different values";
    return shown(type);
}
std::string shown(std::string_view name) {
    constexpr size_t longest = 80;  // what is longer can be seen in the script's line
    size_t end = std::min(name.size(), longest);
    // Not within a character: bytes 10xxxxxx continue one (RFC 3629).
    while (end < name.size() && end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
    return "`" + std::string(name.substr(0, end)) + (end < name.size() ? "...`" : "`");
}

ExprPtr Checker::make(decltype(checked::Expr::node) node, TypeRef type, Span span) const {
    auto expr = std::make_unique<checked::Expr>();
    expr->node = std::move(node);
    expr->type = type;
    expr->span = span;
    return expr;
}

ExprPtr Checker::integer(int64_t value, TypeRef type, Span span) const {
    return make(checked::IntegerConstant{value}, type, span);
}

// The conversion itself, of types that have one.
ExprPtr Checker::convert(ExprPtr expr, TypeRef to) {
    if (expr->type == to) return expr;
    const Span span = expr->span;
    if (auto* constant = std::get_if<checked::IntegerConstant>(&expr->node)) {
        if (to->is_integer()) return integer(wrap(constant->value, to), to, span);
        if (to->kind == TypeKind::floating && expr->type->is_integer()) {
            // A constant lies in an int64_t whatever its type is: what looks negative may be a large unsigned number.
            const double real = expr->type->is_signed ? static_cast<double>(constant->value)
                                                      : static_cast<double>(static_cast<uint64_t>(constant->value));
            return convert(make(checked::FloatingConstant{real}, types().double_type(), span), to);
        }
        if (to->is_scalar() && expr->type->is_integer()) return integer(constant->value, to, span);
    }
    if (auto* real = std::get_if<checked::FloatingConstant>(&expr->node);
        real != nullptr && to->kind == TypeKind::floating) {
        // Rounded now, so that the constant is what a float holds.
        if (to->size == 4) real->value = static_cast<double>(static_cast<float>(real->value));
        expr->type = to;
        return expr;
    }
    return make(checked::Convert{std::move(expr)}, to, span);
}

ExprPtr Checker::mismatch(const checked::Expr& expr, TypeRef to, const std::string& what) {
    error(expr.span, shown(expr.type) + " cannot be " + what, advice(expr.type, to));
    return nullptr;
}

ExprPtr Checker::implicit(ExprPtr expr, TypeRef to, const std::string& what) {
    if (expr == nullptr || to == nullptr) return nullptr;
    const TypeRef from = expr->type;
    if (from == to) return expr;
    switch (to->kind) {
        case TypeKind::integer:
            return implicit_integer(std::move(expr), to, what);
        case TypeKind::floating:
            if (from->is_integer() || from->kind == TypeKind::floating) return convert(std::move(expr), to);
            break;
        case TypeKind::string:
            return implicit_text(std::move(expr), to, what);
        case TypeKind::mac:
            if (std::holds_alternative<checked::StringConstant>(expr->node)) return mac_constant(*expr);
            break;
        case TypeKind::ip:
            if (std::holds_alternative<checked::StringConstant>(expr->node)) return ip_constant(*expr, to);
            break;
        case TypeKind::timestamp:
            if (from->is_integer()) {
                // What went through fewer bytes has lost a part of the time; a constant has not.
                if (from->size == 8 || constant_value(*expr)) return convert(std::move(expr), to);
                error(expr->span, shown(from) + " is too small for a timestamp",
                      "declare the variable as probev_timestamp_t");
                return nullptr;
            }
            break;
        case TypeKind::pointer:
            return implicit_pointer(std::move(expr), to, what);
        default:
            break;
    }
    return mismatch(*expr, to, what);
}

ExprPtr Checker::implicit_integer(ExprPtr expr, TypeRef to, const std::string& what) {
    const TypeRef from = expr->type;
    if (from->is_integer() || from->kind == TypeKind::floating) return convert(std::move(expr), to);
    if (from->kind == TypeKind::timestamp || from->kind == TypeKind::pointer) {
        if (to->size < 8 && !to->is_boolean) {
            warning(expr->span, shown(from) + " is cut to " + std::to_string(to->size) + " bytes here",
                    from->kind == TypeKind::pointer ? "use unsigned long" : "use probev_timestamp_t or long long");
        }
        return convert(std::move(expr), to);
    }
    return mismatch(*expr, to, what);
}

ExprPtr Checker::implicit_pointer(ExprPtr expr, TypeRef to, const std::string& what) {
    if (expr->type->kind == TypeKind::array) {
        expr = decay(std::move(expr));
        if (expr == nullptr) return nullptr;
    }
    const TypeRef from = expr->type;
    if (from->kind == TypeKind::pointer) {
        const bool same = from->element == to->element || from->element->kind == TypeKind::void_ ||
                          to->element->kind == TypeKind::void_ || (is_byte(from->element) && is_byte(to->element));
        if (!same) {
            warning(expr->span, "pointers of different types: " + shown(from) + " becomes " + shown(to),
                    "cast it: (" + to->name + ")");
        }
        // The type says what is there, the value whose memory it is: that stays.
        return convert(std::move(expr), in_space(to, from->space));
    }
    if (from->is_integer()) {
        const std::optional<int64_t> constant = constant_value(*expr);
        // 0 is C's null pointer constant (C11 6.3.2.3). An integer of 8 bytes may well hold an address.
        if (from->size < 8 && !(constant && *constant == 0)) {
            warning(expr->span, shown(from) + " becomes a pointer", "cast it: (" + to->name + ")");
        }
        return convert(std::move(expr), to);
    }
    return mismatch(*expr, to, what);
}

ExprPtr Checker::implicit_text(ExprPtr expr, TypeRef to, const std::string& what) {
    ExprPtr converted = text(std::move(expr));
    if (converted == nullptr) return nullptr;
    if (converted->type->kind != TypeKind::string) return mismatch(*converted, to, what);
    return convert(std::move(converted), to);
}

bool Checker::is_text(TypeRef type) const {
    if (type->kind == TypeKind::string) return true;
    return (type->kind == TypeKind::array || type->kind == TypeKind::pointer) && is_byte(type->element);
}

ExprPtr Checker::text(ExprPtr expr) {
    if (is_untyped_argument(*expr)) {
        const TypeRef type = kernel_type_of(*expr);
        if (type != nullptr && is_text(type)) expr = convert(std::move(expr), type);
    }
    if (expr->type->kind == TypeKind::string || !is_text(expr->type)) return expr;
    if (expr->type->kind == TypeKind::array) {
        const TypeRef to = types().string(std::clamp(expr->type->count, 1u, max_string));
        return convert(std::move(expr), to);
    }
    // Another helper function reads texts of each memory: whose it is has to be known by now.
    if (!resolve_space(*expr)) return nullptr;
    return convert(std::move(expr), types().string(open_string));
}

// A quoted constant where an address is wanted: several addresses of a host name leave the first.
ExprPtr Checker::ip_constant(const checked::Expr& text, TypeRef type) {
    const std::string& quoted = std::get<checked::StringConstant>(text.node).value;
    const Result<std::vector<IpAddress>>& found = hosts_.addresses(quoted);
    if (!found) {
        error(text.span, found.error().message, address_hint(quoted));
        return nullptr;
    }
    if (found->size() > 1) {
        warning(text.span, "host \"" + quoted + "\" has " + std::to_string(found->size()) + " addresses, " +
                               to_string(found->front()) + " is taken");
    }
    return make(checked::IpConstant{found->front()}, type, text.span);
}

ExprPtr Checker::mac_constant(const checked::Expr& text) {
    const std::string& quoted = std::get<checked::StringConstant>(text.node).value;
    const std::optional<uint64_t> address = parse_mac(quoted);
    if (!address) {
        error(text.span, "\"" + quoted + "\" is no MAC address", "write it as \"02:42:ac:11:00:02\"");
        return nullptr;
    }
    return integer(static_cast<int64_t>(*address), types().simple(TypeKind::mac), text.span);
}

}  // namespace probevue::sema
