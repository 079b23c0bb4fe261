// name_of(): which names the numbers of an expression have.
#include <algorithm>

#include "builtins/base/text.h"
#include "builtins/describe.h"
#include "builtins/foreign.h"
#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

// The built-in that a value is, also with bits of it masked out: what is left has the same names.
const checked::Expr* named_builtin(const checked::Expr& expr) {
    if (const auto* convert = std::get_if<checked::Convert>(&expr.node)) return named_builtin(*convert->operand);
    if (std::holds_alternative<checked::BuiltinRef>(expr.node)) return &expr;
    const auto* binary = std::get_if<checked::Binary>(&expr.node);
    if (binary == nullptr || binary->op != checked::BinaryOp::bit_and) return nullptr;
    return named_builtin(constant_value(*binary->left) ? *binary->right : *binary->left);
}

std::string all_sets() {
    std::string out;
    for (const NameSetRow& row : name_sets()) out += (out.empty() ? "" : ", ") + std::string(row.name);
    return out;
}

}  // namespace

// name_of(value) or name_of(value, "set")
ExprPtr Checker::name_call(const FunctionRow& row, const ast::Call& node, Span span) {
    const std::span<const Parameter> wanted = parameters(row.id);
    ExprPtr value = argument(wanted[0], *node.arguments[0], "argument 1 of " + shown(row.name));
    std::optional<NameSet> set;
    if (node.arguments.size() > 1) {
        const ExprPtr said = argument(wanted[1], *node.arguments[1], "argument 2 of " + shown(row.name));
        if (said == nullptr || value == nullptr) return nullptr;
        set = said_set(*said);
    } else if (value != nullptr) {
        const checked::Expr* found = named_builtin(*value);
        const BuiltinRow* builtin_row = found == nullptr ? nullptr : std::get<checked::BuiltinRef>(found->node).row;
        if (builtin_row != nullptr && !named_by(*builtin_row).empty())
            return builtin(std::string(builtin_row->name), std::string(named_by(*builtin_row)), span, span, span);
        if (builtin_row != nullptr) set = names_of(*builtin_row);
        if (!set)
            error(node.arguments[0]->span, "no names are known of " + written(*value),
                  "say which, such as name_of(value, \"" + std::string(name_set(NameSet::error).name) +
                      "\"); there are " + all_sets());
    }
    if (!set) return nullptr;
    std::vector<ExprPtr> arguments;
    arguments.push_back(std::move(value));
    arguments.push_back(integer(static_cast<int64_t>(*set), int_type(), span));
    return make(checked::Call{&row, std::move(arguments)}, types().string(longest_name(*set)), span);
}

std::optional<NameSet> Checker::said_set(const checked::Expr& said) {
    const std::string& name = std::get<checked::StringConstant>(said.node).value;
    if (const NameSetRow* row = find_name_set(name)) return row->id;
    std::vector<std::string_view> names;
    for (const NameSetRow& row : name_sets()) names.push_back(row.name);
    std::string hint(hint_of_foreign(ForeignPlace::set, name));
    if (hint.empty()) hint = did_you_mean(name, names);
    if (hint.empty()) hint = "there are " + all_sets();
    error(said.span, "there is no set of names \"" + escape(name) + "\"", std::move(hint));
    return std::nullopt;
}

}  // namespace probevue::sema
