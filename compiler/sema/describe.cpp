#include "compiler/sema/describe.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "builtins/base/text.h"
#include "builtins/function.h"
#include "compiler/sema/arithmetic.h"

namespace probevue {
namespace {

using namespace checked;

// A line of a comment without what makes it one.
std::string_view bare(std::string_view line) {
    line = trim(line);
    if (line.ends_with("*/")) line.remove_suffix(2);
    while (!line.empty() && (line.front() == '/' || line.front() == '*')) line.remove_prefix(1);
    return trim(line);
}

// The comment that ends on the line before that of `at`, as one line. One that stands behind code does not count.
std::string comment_above(std::string_view text, size_t at) {
    const auto line_start = [&](size_t in) { return in == 0 ? 0 : text.rfind('\n', in - 1) + 1; };
    const size_t end = line_start(std::min(at, text.size()));
    size_t begin = end;
    while (begin > 0) {  // lines of `//`
        const size_t before = line_start(begin - 1);
        if (!trim(text.substr(before, begin - before)).starts_with("//")) break;
        begin = before;
    }
    if (begin == end && trim(text.substr(0, end)).ends_with("*/") && end != 0 &&
        trim(text.substr(line_start(end - 1), end - line_start(end - 1))).ends_with("*/")) {
        const size_t opened = text.substr(0, end).rfind("/*");
        if (opened == std::string_view::npos) return {};
        const size_t line = line_start(opened);
        if (trim(text.substr(line, opened - line)).empty()) begin = line;
    }
    std::string out;
    for (std::string_view line : split(text.substr(begin, end - begin), '\n')) {
        line = bare(line);
        if (!line.empty()) out += (out.empty() ? "" : " ") + std::string(line);
    }
    return out;
}

// The variable, list or array that an expression is, or is a part of.
const Expr& root_of(const Expr& expr) {
    if (const auto* field = std::get_if<FieldRef>(&expr.node)) return root_of(*field->base);
    if (const auto* index = std::get_if<ArrayIndex>(&expr.node)) return root_of(*index->base);
    return expr;
}

// A word for what an expression gives; empty: it has none, or is constant.
std::string word_of(const Expr& expr, const Script& script);

struct Word {
    const Script& script;

    std::string operator()(const VariableRef& node) const { return script.variables[node.id].name; }
    std::string operator()(const BuiltinRef& node) const {
        return std::string(node.row->member.empty() ? node.row->name : node.row->member);
    }
    std::string operator()(const ArgumentRef& node) const { return "arg" + std::to_string(node.number); }
    std::string operator()(const ReturnValueRef&) const { return "rv"; }
    std::string operator()(const ElementRef& node) const { return script.arrays[node.array].name; }
    std::string operator()(const FieldRef& node) const { return node.field->name; }
    std::string operator()(const ArrayIndex& node) const { return word_of(*node.base, script); }
    std::string operator()(const Dereference& node) const { return word_of(*node.pointer, script); }
    std::string operator()(const Convert& node) const { return word_of(*node.operand, script); }
    std::string operator()(const Unary& node) const { return word_of(*node.operand, script); }
    // A part of one value: `__tcphdr->flags & 2`, `__pkt->len / 100`.
    std::string operator()(const Binary& node) const {
        const std::string left = word_of(*node.left, script);
        const std::string right = word_of(*node.right, script);
        return left.empty() || right.empty() ? left + right : "";
    }
    std::string operator()(const Conditional& node) const {
        const std::string then = word_of(*node.then, script);
        const std::string otherwise = word_of(*node.otherwise, script);
        return then == otherwise || otherwise.empty() ? then : then.empty() ? otherwise : "";
    }
    std::string operator()(const Call& node) const {
        std::string_view name = node.function->name;
        // Those that show a value in another form say less than what they are given.
        for (const ExprPtr& argument : node.arguments) {
            if (argument == nullptr || name.starts_with("get_")) break;
            if (std::string word = word_of(*argument, script); !word.empty()) return word;
        }
        if (name.starts_with("get_")) name.remove_prefix(4);
        return std::string(name);
    }
    template <typename Node>
    std::string operator()(const Node&) const {
        return {};
    }
};

std::string word_of(const Expr& expr, const Script& script) { return std::visit(Word{script}, expr.node); }

// Can the value never be less than 0?
bool is_not_negative(const Expr& expr) {
    if (const auto* number = std::get_if<IntegerConstant>(&expr.node))
        return number->value >= 0 || (expr.type->is_integer() && !expr.type->is_signed);
    if (const auto* number = std::get_if<FloatingConstant>(&expr.node)) return number->value >= 0;
    if (const auto* convert = std::get_if<Convert>(&expr.node)) {
        const bool keeps =
            !expr.type->is_integer() || !expr.type->is_signed || expr.type->size >= convert->operand->type->size;
        return keeps && is_not_negative(*convert->operand);
    }
    if (const auto* binary = std::get_if<Binary>(&expr.node)) {
        const bool left = is_not_negative(*binary->left);
        switch (binary->op) {
            case BinaryOp::add:
            case BinaryOp::mul:
            case BinaryOp::div:
                return left && is_not_negative(*binary->right);
            case BinaryOp::mod:
                return left;
            default:
                return false;
        }
    }
    if (const auto* choice = std::get_if<Conditional>(&expr.node))
        return is_not_negative(*choice->then) && is_not_negative(*choice->otherwise);
    if (std::holds_alternative<Compare>(expr.node) || std::holds_alternative<Logical>(expr.node)) return true;
    if (std::holds_alternative<Unary>(expr.node)) return false;
    return expr.type->is_integer() && !expr.type->is_signed;
}

// One walk over all clauses: where each variable is used first, what its keys are called, whether it can become less.
class Description {
public:
    Description(Script& script, const Source& source)
        : script_(script),
          source_(source),
          lists_(script.lists.size()),
          arrays_(script.arrays.size()),
          variables_(script.variables.size()) {
        for (AssociativeArray& array : script.arrays) {
            array.key_names.resize(array.keys.size());
            array.facts.only_grows = is_number(array.value);
        }
        for (Variable& variable : script.variables)
            variable.facts.only_grows = variable.storage == VariableClass::global && is_number(variable.type);
    }

    void run() {
        for (const Clause& clause : script_.clauses) {
            if (clause.predicate != nullptr) expr(*clause.predicate);
            block(clause.body);
        }
        for (size_t i = 0; i < script_.variables.size(); ++i) {
            Variable& variable = script_.variables[i];
            if (variable.storage == VariableClass::global)
                variable.facts.comment = comment_of(variable.declared, variables_[i]);
        }
        for (size_t i = 0; i < script_.lists.size(); ++i) script_.lists[i].facts.comment = comment_of({}, lists_[i]);
        for (size_t i = 0; i < script_.arrays.size(); ++i)
            script_.arrays[i].facts.comment = comment_of(script_.arrays[i].declared, arrays_[i]);
    }

private:
    static bool is_number(TypeRef type) {
        return type != nullptr && (type->kind == TypeKind::integer || type->kind == TypeKind::floating);
    }

    std::string comment_of(Span declared, const std::optional<Span>& used) const {
        if (declared.end != declared.begin) return comment_above(source_.text(), declared.begin);
        return used ? comment_above(source_.text(), used->begin) : std::string();
    }

    void block(const Block& of) {
        for (const Stmt& statement : of.statements) {
            if (const auto* expression = std::get_if<ExprStmt>(&statement.node)) {
                expr(*expression->expr);
            } else if (const auto* choice = std::get_if<IfStmt>(&statement.node)) {
                expr(*choice->condition);
                block(choice->then);
                block(choice->otherwise);
            } else if (const auto* inner = std::get_if<Block>(&statement.node)) {
                block(*inner);
            }
        }
    }

    void expr(const Expr& of) {
        std::visit([&](const auto& node) { visit(node, of); }, of.node);
    }

    template <typename Node>
    void visit(const Node& node, const Expr& of) {
        note(node, of);
        const auto part = [&](const ExprPtr& inner) {
            if (inner != nullptr) expr(*inner);
        };
        if constexpr (requires { node.base; }) part(node.base);
        if constexpr (requires { node.index; }) part(node.index);
        if constexpr (requires { node.pointer; }) part(node.pointer);
        if constexpr (requires { node.operand; }) part(node.operand);
        if constexpr (requires { node.address; }) part(node.address);
        if constexpr (requires { node.left; }) part(node.left);
        if constexpr (requires { node.right; }) part(node.right);
        if constexpr (requires { node.condition; }) part(node.condition);
        if constexpr (requires { node.then; }) part(node.then);
        if constexpr (requires { node.otherwise; }) part(node.otherwise);
        if constexpr (requires { node.target; }) part(node.target);
        if constexpr (std::is_same_v<Node, Assign> || std::is_same_v<Node, CompoundAssign>) part(node.value);
        if constexpr (requires { node.arguments; }) std::for_each(node.arguments.begin(), node.arguments.end(), part);
        if constexpr (requires { node.keys; }) std::for_each(node.keys.begin(), node.keys.end(), part);
    }

    static void use(std::optional<Span>& first, const Expr& of) {
        if (!first) first = of.span;
    }

    void keys(ArrayId array, const std::vector<ExprPtr>& written, const Expr& of) {
        use(arrays_[array], of);
        std::vector<std::string>& names = script_.arrays[array].key_names;
        for (size_t i = 0; i < std::min(written.size(), names.size()); ++i) {
            if (names[i].empty() && written[i] != nullptr) names[i] = word_of(*written[i], script_);
        }
    }

    void changes(const Expr& target) {
        const Expr& root = root_of(target);
        if (const auto* variable = std::get_if<VariableRef>(&root.node))
            script_.variables[variable->id].facts.only_grows = false;
        if (const auto* element = std::get_if<ElementRef>(&root.node))
            script_.arrays[element->array].facts.only_grows = false;
    }

    void note(const VariableRef& node, const Expr& of) { use(variables_[node.id], of); }
    void note(const ListRef& node, const Expr& of) { use(lists_[node.id], of); }
    void note(const ElementRef& node, const Expr& of) { keys(node.array, node.keys, of); }
    void note(const Assign& node, const Expr&) { changes(*node.target); }
    void note(const CompoundAssign& node, const Expr&) {
        // What only grows is a counter to those who read the results: an addition that may take away ends that.
        if (node.op != BinaryOp::add || !is_not_negative(*node.value)) changes(*node.target);
    }
    void note(const IncDec& node, const Expr&) {
        if (node.delta < 0) changes(*node.target);
    }
    void note(const Call& node, const Expr&) {
        const auto rows = parameters(node.function->id);
        if (std::none_of(rows.begin(), rows.end(), [](const Parameter& row) { return is_filled(row.kind); })) return;
        for (const ExprPtr& argument : node.arguments) {
            if (argument != nullptr) changes(*argument);
        }
    }
    void note(const ElementCall& node, const Expr& of) {
        keys(node.array, node.keys, of);
        if (node.function == FunctionId::delete_) script_.arrays[node.array].facts.only_grows = false;
    }
    void note(const ArrayCall& node, const Expr& of) {
        if (node.function == FunctionId::set_aso_print_options) return;  // of all arrays
        use(arrays_[node.array], of);
        if (node.function == FunctionId::clear) script_.arrays[node.array].facts.only_grows = false;
    }
    template <typename Node>
    void note(const Node&, const Expr&) {}

    Script& script_;
    const Source& source_;
    std::vector<std::optional<Span>> lists_;  // where each is used first
    std::vector<std::optional<Span>> arrays_;
    std::vector<std::optional<Span>> variables_;
};

}  // namespace

void describe_variables(Script& script, const Source& source) { Description(script, source).run(); }

}  // namespace probevue
