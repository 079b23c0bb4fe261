#include "compiler/sema/units.h"

#include <optional>

#include "compiler/sema/arithmetic.h"

namespace probevue {
namespace {

using namespace checked;

// Of a constant, or of a name nothing is known of yet: empty, it fits any unit.
using Known = std::optional<Unit>;

Known joined(Known a, Known b) {
    if (!a) return b;
    if (!b) return a;
    return *a == *b ? a : Unit::none;
}

// A factor that is a power of ten; 0: `expr` is no such constant.
int64_t constant_factor(const Expr& expr) {
    if (const auto* convert = std::get_if<Convert>(&expr.node)) return constant_factor(*convert->operand);
    if (const auto* number = std::get_if<FloatingConstant>(&expr.node)) {
        for (const int64_t factor : {1'000, 1'000'000, 1'000'000'000}) {
            if (number->value == static_cast<double>(factor)) return factor;
        }
        return 0;
    }
    return sema::constant_value(expr).value_or(0);
}

const Expr& unconverted(const Expr& expr) {
    const auto* convert = std::get_if<Convert>(&expr.node);
    return convert == nullptr ? expr : unconverted(*convert->operand);
}

bool is_point_of_time(const Expr& expr) { return unconverted(expr).type->kind == TypeKind::timestamp; }

// A time in `unit` times `by`, or divided by it.
Unit scaled(Unit unit, int64_t by, bool divided) {
    if (by == 1) return unit;
    if (!is_time(unit) || by <= 0) return Unit::none;
    const int64_t now = nanoseconds_of(unit);
    int64_t then = 0;
    if (divided) return __builtin_mul_overflow(now, by, &then) ? Unit::none : time_unit(then);
    return now % by == 0 ? time_unit(now / by) : Unit::none;
}

class Inference {
public:
    explicit Inference(Script& script)
        : script_(script),
          variables_(script.variables.size()),
          lists_(script.lists.size()),
          values_(script.arrays.size()),
          keys_(script.arrays.size()) {
        for (size_t i = 0; i < script.arrays.size(); ++i) keys_[i].resize(script.arrays[i].keys.size());
    }

    void run() {
        // Names know their units from each other. Each walk only ever takes freedom away, so it comes to an end.
        do {
            changed_ = false;
            for (const Clause& clause : script_.clauses) {
                if (clause.predicate != nullptr) unit(*clause.predicate);
                block(clause.body);
            }
        } while (changed_);
        for (size_t i = 0; i < variables_.size(); ++i) script_.variables[i].unit = variables_[i].value_or(Unit::none);
        for (size_t i = 0; i < lists_.size(); ++i) script_.lists[i].unit = lists_[i].value_or(Unit::none);
        for (size_t i = 0; i < values_.size(); ++i) {
            script_.arrays[i].unit = values_[i].value_or(Unit::none);
            for (const Known& key : keys_[i]) script_.arrays[i].key_units.push_back(key.value_or(Unit::none));
        }
        for (Table& table : script_.tables) columns(table);
    }

private:
    void block(const Block& block_of) {
        for (const Stmt& statement : block_of.statements) {
            if (const auto* expression = std::get_if<ExprStmt>(&statement.node)) {
                unit(*expression->expr);
            } else if (const auto* choice = std::get_if<IfStmt>(&statement.node)) {
                unit(*choice->condition);
                block(choice->then);
                block(choice->otherwise);
            } else if (const auto* inner = std::get_if<Block>(&statement.node)) {
                block(*inner);
            }
        }
    }

    void note(Known& of, Known with) {
        const Known now = joined(of, with);
        changed_ = changed_ || now != of;
        of = now;
    }

    // The place that an expression names; null: none whose unit is kept.
    Known* place(const Expr& target) {
        if (const auto* variable = std::get_if<VariableRef>(&target.node)) return &variables_[variable->id];
        if (const auto* list = std::get_if<ListRef>(&target.node)) return &lists_[list->id];
        if (const auto* element = std::get_if<ElementRef>(&target.node)) return &values_[element->array];
        return nullptr;
    }

    void store(const Expr& target, Known what) {
        if (Known* to = place(target)) note(*to, what);
    }

    void keys(ArrayId array, const std::vector<ExprPtr>& written) {
        for (size_t i = 0; i < written.size(); ++i) {
            if (written[i] != nullptr) note(keys_[array][i], unit(*written[i]));
        }
    }

    // The unit of a value; notes on its way what is stored where.
    Known unit(const Expr& expr) {
        return std::visit([&](const auto& node) { return of(node, expr); }, expr.node);
    }

    Known of(const IntegerConstant&, const Expr&) { return std::nullopt; }
    Known of(const FloatingConstant&, const Expr&) { return std::nullopt; }
    Known of(const VariableRef& node, const Expr&) { return variables_[node.id]; }
    Known of(const ListRef& node, const Expr&) { return lists_[node.id]; }
    Known of(const BuiltinRef& node, const Expr&) { return node.row->type.unit; }
    Known of(const ElementRef& node, const Expr&) {
        keys(node.array, node.keys);
        return values_[node.array];
    }
    Known of(const FieldRef& node, const Expr&) {
        unit(*node.base);
        return Unit::none;
    }
    Known of(const ArrayIndex& node, const Expr&) {
        unit(*node.base);
        unit(*node.index);
        return Unit::none;
    }
    Known of(const Dereference& node, const Expr&) {
        unit(*node.pointer);
        return Unit::none;
    }
    Known of(const Convert& node, const Expr&) { return unit(*node.operand); }
    Known of(const Unary& node, const Expr&) {
        const Known inner = unit(*node.operand);
        return node.op == Unary::Op::negate ? inner : Unit::none;
    }
    Known of(const Binary& node, const Expr&) { return combined(node.op, *node.left, *node.right); }
    Known of(const IpAnyOf& node, const Expr&) {
        unit(*node.address);
        return Unit::none;
    }
    Known of(const Conditional& node, const Expr&) {
        unit(*node.condition);
        const Known then = unit(*node.then);
        return joined(then, unit(*node.otherwise));
    }
    Known of(const Assign& node, const Expr&) {
        unit(*node.target);  // its keys
        const Known value = unit(*node.value);
        store(*node.target, value);
        return value;
    }
    Known of(const CompoundAssign& node, const Expr&) {
        // Walks the target: once, or each assignment within a key would double the walks.
        const Known value = combined(node.op, *node.target, *node.value);
        store(*node.target, value);
        const Known* to = place(*node.target);
        return to != nullptr ? *to : Unit::none;
    }
    Known of(const IncDec& node, const Expr&) { return unit(*node.target); }
    Known of(const Call& node, const Expr&) { return call(node); }
    Known of(const Print& node, const Expr&) {
        for (const ExprPtr& argument : node.arguments) unit(*argument);
        return Unit::none;
    }
    Known of(const ElementCall& node, const Expr&) {
        keys(node.array, node.keys);
        return Unit::none;
    }
    // What is no quantity: Compare, Logical and Concatenate, with what is in them; constants that are no numbers,
    // arguments of calls, statements on whole arrays.
    template <typename Node>
    Known of(const Node& node, const Expr&) {
        if constexpr (requires { node.left; }) {
            unit(*node.left);
            unit(*node.right);
        }
        return Unit::none;
    }

    Known combined(BinaryOp op, const Expr& left, const Expr& right) {
        const Known a = unit(left);
        const Known b = unit(right);
        switch (op) {
            case BinaryOp::sub:
                if (is_point_of_time(left) && is_point_of_time(right)) return Unit::nanoseconds;
                return joined(a, b);
            case BinaryOp::add:
                return joined(a, b);
            case BinaryOp::mod:
                return a;
            case BinaryOp::mul:
                if (!a && !b) return std::nullopt;
                if (!b) return scaled(*a, constant_factor(right), false);
                return a ? Unit::none : scaled(*b, constant_factor(left), false);
            case BinaryOp::div:
                if (!a) return b ? Known(Unit::none) : std::nullopt;
                // By a count: what one has on the average. A name may turn out to be one.
                if (b) return *b == Unit::none ? a : Unit::none;
                return is_constant(right) ? scaled(*a, constant_factor(right), true) : a;
            default:
                return Unit::none;
        }
    }

    static bool is_constant(const Expr& expr) {
        const Expr& inner = unconverted(expr);
        return std::holds_alternative<IntegerConstant>(inner.node) ||
               std::holds_alternative<FloatingConstant>(inner.node) || sema::constant_value(expr).has_value();
    }

    Known call(const Call& node) {
        std::vector<Known> given;
        for (const ExprPtr& argument : node.arguments)
            given.push_back(argument == nullptr ? Unit::none : unit(*argument));
        switch (node.function->id) {
            case FunctionId::append:
            case FunctionId::add_dist:
                store(*node.arguments[0], given[1]);
                return Unit::none;
            case FunctionId::sum:
            case FunctionId::avg:
            case FunctionId::min:
            case FunctionId::max:
            case FunctionId::quantile:
                return given[0];
            case FunctionId::diff_time:
                return time_unit(sema::constant_value(*node.arguments[2]).value_or(0));
            case FunctionId::round_trip_time:
                return Unit::microseconds;
            default:
                return Unit::none;
        }
    }

    void columns(Table& table) {
        TableLayout& layout = table.layout;
        for (size_t i = 0; i < layout.keys; ++i) {
            Known key = std::nullopt;
            for (const ArrayId array : table.arrays) key = joined(key, script_.arrays[array].key_units[i]);
            layout.row.fields[i].unit = key.value_or(Unit::none);
        }
        for (size_t i = 0; i < layout.columns.size(); ++i) {
            const TableColumn& column = layout.columns[i];
            const bool counts = column.list_value == ArrayPrintOptions::list_count;
            const Unit value = counts ? Unit::none : script_.arrays[table.arrays[i]].unit;
            layout.row.fields[layout.keys + i].unit = scaled(value, column.divisor, true);
        }
    }

    Script& script_;
    std::vector<Known> variables_;
    std::vector<Known> lists_;
    std::vector<Known> values_;             // of arrays
    std::vector<std::vector<Known>> keys_;  // of arrays
    bool changed_ = false;
};

}  // namespace

void infer_units(Script& script) { Inference(script).run(); }

}  // namespace probevue
