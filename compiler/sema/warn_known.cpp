// Warnings of comparisons and masks whose result does not depend on what happens.
#include <fmt/format.h>

#include "builtins/describe.h"
#include "builtins/linux.h"
#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"
#include "compiler/sema/known.h"

namespace probevue::sema {

namespace {

const checked::Expr& without_conversions(const checked::Expr& expr) {
    const auto* convert = std::get_if<checked::Convert>(&expr.node);
    return convert == nullptr ? expr : without_conversions(*convert->operand);
}

// The built-in that a value is, or on which a mask is laid that asks for more bits than it has.
const BuiltinRow* builtin_in(const checked::Expr& expr) {
    const checked::Expr& bare = without_conversions(expr);
    if (const auto* builtin = std::get_if<checked::BuiltinRef>(&bare.node)) return builtin->row;
    const auto* binary = std::get_if<checked::Binary>(&bare.node);
    if (binary == nullptr || binary->op != checked::BinaryOp::bit_and) return nullptr;
    const bool constant_left = constant_value(*binary->left).has_value();
    const checked::Expr& mask = constant_left ? *binary->left : *binary->right;
    const checked::Expr& value = constant_left ? *binary->right : *binary->left;
    const bool asks_for_more = constant_value(mask) && (known(mask).must & ~known(value).may) != 0;
    return asks_for_more ? builtin_in(value) : nullptr;
}

// A member of the same header that has the bits too, and more of them: where a field of the wire is cut to what AIX
// has.
const BuiltinRow* wider_member(const BuiltinRow& row) {
    const auto* field = std::get_if<PacketField>(&row.from);
    if (field == nullptr || field->shift != 0 || field->scale != 0) return nullptr;
    for (const BuiltinRow& other : builtin_rows()) {
        const auto* wide = std::get_if<PacketField>(&other.from);
        if (wide == nullptr || other.name != row.name || wide->shift != 0 || wide->scale != 0) continue;
        const bool same_end = wide->layer == field->layer && wide->offset + wide->width == field->offset + field->width;
        const uint64_t bits = possible_bits(*field);
        if (same_end && possible_bits(*wide) != bits && (possible_bits(*wide) & bits) == bits) return &other;
    }
    return nullptr;
}

bool leaves_bits(const checked::Binary& binary) {
    return binary.op == checked::BinaryOp::bit_and || binary.op == checked::BinaryOp::shr;
}

// The value was found to be always 0 where it is made: that has been said.
bool is_told(const checked::Expr& expr, const Known& values) {
    const auto* binary = std::get_if<checked::Binary>(&without_conversions(expr).node);
    return values.is_one_value() && values.least == 0 && binary != nullptr && leaves_bits(*binary);
}

}  // namespace

// As the script has it; long expressions by a word.
std::string Checker::written(const checked::Expr& expr) const {
    constexpr uint32_t longest = 40;
    if (expr.span.end - expr.span.begin > longest) return "the other side";
    return shown(std::string_view(source_.text()).substr(expr.span.begin, expr.span.end - expr.span.begin));
}

std::string Checker::known_hint(const checked::Expr& expr, const std::string& values) const {
    std::string hint = written(expr) + " " + values;
    const BuiltinRow* row = builtin_in(expr);
    if (const BuiltinRow* wider = row == nullptr ? nullptr : wider_member(*row))
        hint += "; more are in " + shown(spelled(*wider));
    return hint;
}

// Both sides have been converted to their common type.
void Checker::warn_of_outcome(const checked::Compare& compare, Span span) {
    const std::optional<int64_t> left_constant = constant_value(*compare.left);
    const std::optional<int64_t> right_constant = constant_value(*compare.right);
    if (left_constant.has_value() == right_constant.has_value()) return;
    const checked::Expr& value = left_constant ? *compare.right : *compare.left;
    const checked::Expr& constant = left_constant ? *compare.left : *compare.right;
    const Known values = known(value);
    if (is_told(value, values)) return;
    const Outcome result = outcome(compare.op, known(*compare.left), known(*compare.right));
    if (result == Outcome::open) return;
    // A parameter may be meant to let everything through, or nothing; a value that cannot be is no such parameter.
    const bool equality = compare.op == checked::CompareOp::eq || compare.op == checked::CompareOp::ne;
    if (!equality && !source_.substituted_from(constant.span.begin).empty()) return;
    warning(span, std::string("this comparison is ") + (result == Outcome::always ? "always" : "never") + " true",
            known_hint(without_conversions(value), describe(known(without_conversions(value)))));
}

// The name of a process, compared with a longer text than the kernel keeps of it.
void Checker::warn_of_length(const checked::Compare& compare, Span span) {
    constexpr size_t longest = task_name_size - 1;
    if (compare.op != checked::CompareOp::eq && compare.op != checked::CompareOp::ne) return;
    const checked::Expr& left = without_conversions(*compare.left);
    const checked::Expr& right = without_conversions(*compare.right);
    const bool constant_left = std::holds_alternative<checked::StringConstant>(left.node);
    const checked::Expr& value = constant_left ? right : left;
    const auto* constant = std::get_if<checked::StringConstant>(&(constant_left ? left : right).node);
    const auto* builtin = std::get_if<checked::BuiltinRef>(&value.node);
    if (constant == nullptr || builtin == nullptr || constant->value.size() <= longest) return;
    const auto* field = std::get_if<EventField>(&builtin->row->from);
    if (field == nullptr || *field != EventField::pname) return;
    warning(span,
            std::string("this comparison is ") + (compare.op == checked::CompareOp::ne ? "always" : "never") + " true",
            written(value) + " has " + std::to_string(longest) +
                " characters at the most, as the kernel keeps it: " + shown(constant->value.substr(0, longest)));
}

// `x & mask` and `x >> bits` that leave nothing.
void Checker::warn_of_nothing_left(const checked::Expr& expr) {
    const auto* binary = std::get_if<checked::Binary>(&expr.node);
    if (binary == nullptr || !leaves_bits(*binary) || constant_value(expr)) return;
    const Known values = known(expr);
    if (!values.is_one_value() || values.least != 0) return;
    const Known left = known(*binary->left);
    const Known right = known(*binary->right);
    if ((left.is_one_value() && left.least == 0) || (right.is_one_value() && right.least == 0)) return;
    const checked::Expr& bare = without_conversions(left.is_one_value() ? *binary->right : *binary->left);
    warning(expr.span, "this is always 0", known_hint(bare, describe_bits(known(bare))));
}

// A number as a condition.
void Checker::warn_of_truth(const checked::Expr& expr) {
    if (constant_value(expr)) return;
    const Known values = known(expr);
    if (is_told(expr, values) || (values.least <= 0 && values.most >= 0 && values.must == 0)) return;
    const auto* binary = std::get_if<checked::Binary>(&without_conversions(expr).node);
    const bool sets = binary != nullptr && binary->op == checked::BinaryOp::bit_or;
    warning(expr.span, "this condition is always true",
            sets ? "`|` sets bits; `&` tests them" : written(expr) + " is never 0");
}

// An address of one version of IP, compared with one of the other. All of IPv4 are less than any of IPv6.
void Checker::warn_of_version(const checked::Expr& address, const std::vector<IpAddress>& values, checked::CompareOp op,
                              Span span) {
    const std::optional<uint64_t> version = known_version(address);
    if (!version) return;
    for (const IpAddress& value : values) {
        if (value.version() == *version) return;
    }
    const bool four = *version == IpAddress::v4;
    const bool always =
        op == checked::CompareOp::ne || (op != checked::CompareOp::eq && holds(op, four ? 0 : 1, four ? 1 : 0, true));
    warning(span, std::string("this comparison is ") + (always ? "always" : "never") + " true",
            written(address) +
                (four ? " is an IPv4 address, this is one of IPv6" : " is an IPv6 address, this is one of IPv4"));
}

}  // namespace probevue::sema
