// print_table(): associative arrays side by side, by their common keys; the format of a row against keys and values.
#include <fmt/format.h>

#include <algorithm>

#include "builtins/base/text.h"
#include "builtins/describe.h"
#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"
#include "compiler/sema/literal.h"

namespace probevue::sema {

namespace {

struct Aggregate {
    FunctionId function;
    ArrayPrintOptions::ListValue value;
};
constexpr Aggregate aggregates[] = {
    {FunctionId::count, ArrayPrintOptions::list_count}, {FunctionId::sum, ArrayPrintOptions::list_sum},
    {FunctionId::avg, ArrayPrintOptions::list_avg},     {FunctionId::min, ArrayPrintOptions::list_min},
    {FunctionId::max, ArrayPrintOptions::list_max},
};

constexpr PrintFlag list_flags[] = {PrintFlag::list_count, PrintFlag::list_sum, PrintFlag::list_avg,
                                    PrintFlag::list_min, PrintFlag::list_max};

bool has(int64_t flags, PrintFlag flag) { return (flags & static_cast<int64_t>(flag)) != 0; }

// Of a call such as `count(a)`; null: it is none.
const Aggregate* aggregate_of(const ast::Call& call) {
    const FunctionRow* row = find_function(call.function);
    if (row == nullptr || call.arguments.size() != 1) return nullptr;
    const auto* found = std::find_if(std::begin(aggregates), std::end(aggregates),
                                     [&](const Aggregate& one) { return one.function == row->id; });
    return found == std::end(aggregates) ? nullptr : found;
}

std::string aggregates_of(const std::string& array) {
    std::string out;
    for (const Aggregate& one : aggregates)
        out += (out.empty() ? "" : ", ") + std::string(function(one.function).name) + "(" + array + ")";
    return out;
}

std::string counted(size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

ExprPtr Checker::table_call(const FunctionRow& row, const ast::Call& node, Span span) {
    const ast::StringLiteral* format = format_literal(row, node);
    bool right = format != nullptr;
    size_t at = 1;
    const bool has_header =
        at < node.arguments.size() && std::holds_alternative<ast::StringLiteral>(node.arguments[at]->node);
    if (has_header) ++at;
    std::vector<TableValue> values;
    for (; at < node.arguments.size() && is_column(*node.arguments[at]); ++at)
        right = table_column(row, *node.arguments[at], values.emplace_back()) && right;
    if (values.empty()) {
        error(span, "a table has at least one array", readable_prototype(row));
        return nullptr;
    }
    if (!right) return nullptr;
    std::vector<TypeRef> types;
    if (!table_keys(values, types)) return nullptr;
    checked::Table table;
    table.layout.keys = static_cast<uint32_t>(types.size());
    table.layout.row.position = position(span.begin);
    for (const TableValue& value : values) {
        table.arrays.push_back(value.array);
        table.layout.columns.push_back(value.column);
        types.push_back(value.type);
    }
    right = table_format(*node.arguments[0], values, std::move(types), table.layout);
    if (!right) return nullptr;
    if (has_header) right = table_header(*node.arguments[1], table.layout);
    right = table_options(row, node, at, table.layout) && right;
    if (!right) return nullptr;
    const auto id = static_cast<uint32_t>(out_.tables.size());
    out_.tables.push_back(std::move(table));
    return make(checked::TableCall{id}, this->types().void_type(), span);
}

// Does the argument name values, or is it a number or flags?
bool Checker::is_column(const ast::Expr& written) const {
    if (const auto* name = std::get_if<ast::Name>(&written.node)) {
        const auto found = globals_.find(name->text);
        if (found != globals_.end()) return found->second.kind != Symbol::Kind::enumerator;
        return find_constant(name->text) == nullptr;
    }
    if (const auto* quotient = std::get_if<ast::Binary>(&written.node))
        return quotient->op == ast::BinaryOp::div && is_column(*quotient->left);
    return std::holds_alternative<ast::Call>(written.node) || std::holds_alternative<ast::Index>(written.node);
}

// `array`, `count(array)`, `sum(array) / 1024`. False: an error was reported, or will be at the end of the script.
bool Checker::table_column(const FunctionRow& row, const ast::Expr& written, TableValue& out) {
    out.span = written.span;
    if (const auto* quotient = std::get_if<ast::Binary>(&written.node)) {
        const bool right = table_column(row, *quotient->left, out);
        const ExprPtr divisor = value(*quotient->right);
        if (divisor == nullptr) return false;
        const std::optional<int64_t> number = constant_value(*divisor);
        int64_t divided = 0;
        if (!divisor->type->is_integer() || !number || *number <= 0 ||
            __builtin_mul_overflow(out.column.divisor, *number, &divided)) {
            error(quotient->right->span, "a column is divided by an integer constant above 0");
            return false;
        }
        if (!right) return false;
        if (!out.type->is_integer()) {
            error(written.span,
                  "only integers are divided, the values of " + shown(out.column.name) + " are " + shown(out.type));
            return false;
        }
        out.span = written.span;
        // x / a / b is x / (a * b), cut to integers as well.
        out.column.divisor = divided;
        out.column.name += " / " + std::to_string(*number);
        return true;
    }
    const ast::Expr* named = &written;
    if (const auto* call = std::get_if<ast::Call>(&written.node)) {
        if (!column_number(*call, written.span, out.column)) return false;
        named = call->arguments.front().get();
    }
    const std::optional<uint32_t> array = array_argument(row, *named);
    if (!array) return false;
    out.array = *array;
    const checked::AssociativeArray& entry = out_.arrays[*array];
    out.column.name = entry.name;
    if (const auto* call = std::get_if<ast::Call>(&written.node))
        out.column.name = call->function + "(" + entry.name + ")";
    if (out.column.quantile)
        out.column.name = fmt::format("quantile({}, {})", entry.name, static_cast<double>(*out.column.quantile) / 1e9);
    if (entry.bare) {
        error(named->span, shown(entry.name) + " has no keys, and a table has a row for each key",
              "print(" + entry.name + ") prints it");
        return false;
    }
    // What is not known yet is noted by array_argument().
    return !entry.keys.empty() && entry.value != nullptr && table_value_fits(out);
}

// Which number of a list, a distribution or a count of different values the call asks for.
bool Checker::column_number(const ast::Call& call, Span span, TableColumn& out) {
    const FunctionRow* row = find_function(call.function);
    if (row != nullptr && row->id == FunctionId::quantile && call.arguments.size() == 2) {
        const ExprPtr part = fraction_argument(*call.arguments[1], "argument 2 of `quantile`");
        if (part == nullptr) return false;
        out.quantile = static_cast<uint64_t>(*constant_value(*part));
        return true;
    }
    if (row != nullptr && row->id == FunctionId::distinct && call.arguments.size() == 1) return true;
    if (const Aggregate* aggregate = aggregate_of(call)) {
        out.list_value = aggregate->value;
        return true;
    }
    error(span, "a column of a table is an array, or a number of what it holds",
          aggregates_of("array") + " of lists; quantile(array, 0.99) of distributions");
    return false;
}

// What the values of the array are, and whether a column shows such.
bool Checker::table_value_fits(TableValue& value) {
    const checked::AssociativeArray& entry = out_.arrays[value.array];
    const bool is_list = entry.value->kind == TypeKind::list;
    const bool is_dist = entry.value->kind == TypeKind::dist;
    const bool asked = value.column.list_value != 0 || value.column.quantile;
    if (entry.value->kind == TypeKind::range) {
        error(value.span, "the values of " + shown(entry.name) + " are ranges, which have no place in a table",
              "print(" + entry.name + ") prints them");
        return false;
    }
    if (is_dist && !asked) {
        error(value.span,
              "the values of " + shown(entry.name) + " are distributions: a column shows one of their numbers",
              "quantile(" + entry.name + ", 0.99), " + aggregates_of(entry.name));
        return false;
    }
    if (is_list && value.column.quantile) {
        error(value.span, "the values of " + shown(entry.name) + " are lists, which have no quantiles",
              "add_dist() in place of append() keeps distributions");
        return false;
    }
    if (is_list && !asked) {
        error(value.span, "the values of " + shown(entry.name) + " are lists: a column shows one of their aggregates",
              aggregates_of(entry.name));
        return false;
    }
    if (!is_list && !is_dist && asked) {
        error(value.span, "the values of " + shown(entry.name) + " are no lists",
              "write " + shown(entry.name) + " alone");
        return false;
    }
    const bool number = is_list || is_dist || entry.value->kind == TypeKind::distinct;
    value.type = number ? types().long_long(true) : entry.value;
    return true;
}

// The types of the keys that all arrays of the table have; of Strings the longest.
bool Checker::table_keys(const std::vector<TableValue>& values, std::vector<TypeRef>& out) {
    const checked::AssociativeArray& first = out_.arrays[values.front().array];
    out = first.keys;
    for (const TableValue& value : values) {
        const checked::AssociativeArray& other = out_.arrays[value.array];
        const std::string hint = "arrays of one table have the same keys";
        if (other.keys.size() != first.keys.size()) {
            error(value.span,
                  shown(first.name) + " has " + counted(first.keys.size(), "key") + ", " + shown(other.name) + " has " +
                      std::to_string(other.keys.size()),
                  hint);
            return false;
        }
        for (size_t i = 0; i < out.size(); ++i) {
            if (other.keys[i]->kind != first.keys[i]->kind) {
                error(value.span,
                      "key " + std::to_string(i + 1) + " of " + shown(first.name) + " is " + sort_of(first.keys[i]) +
                          ", that of " + shown(other.name) + " is " + sort_of(other.keys[i]),
                      hint);
                return false;
            }
            if (out[i]->kind == TypeKind::string && out[i]->count < other.keys[i]->count) out[i] = other.keys[i];
        }
    }
    return true;
}

// The row: a field for each of `types`, keys first, and the conversions that print them.
bool Checker::table_format(const ast::Expr& written, const std::vector<TableValue>& values, std::vector<TypeRef> types,
                           TableLayout& out) {
    Format format = parse_format(std::get<ast::StringLiteral>(written.node).value, true);
    std::vector<size_t> order;
    if (!format_faults(format, written.span)) return false;
    if (format.conversions.size() != types.size()) {
        error(written.span,
              "a row has " + counted(out.keys, "key") + " and " + counted(values.size(), "value") +
                  ", its format has " + counted(format.conversions.size(), "conversion"),
              "the keys come first, then a value of each array");
        return false;
    }
    if (!table_order(written, format, types.size(), order)) return false;
    bool right = true;
    for (size_t i = 0; i < order.size(); ++i) {
        Conversion& conversion = format.conversions[i];
        TypeRef& type = types[order[i]];
        const char letter = conversion.piece.conversion;
        const Fit fit = conversion_fits(letter, type);
        if (!fit.fits) {
            const Span at = span_in_literal(source_, written.span, conversion.at, conversion.length);
            const std::string what = order[i] < out.keys ? "key " + std::to_string(order[i] + 1) + " of " +
                                                               shown(out_.arrays[values.front().array].name)
                                                         : shown(values[order[i] - out.keys].column.name);
            error(at,
                  what + " is " + shown(type) + ", which cannot be printed with " +
                      shown(std::string_view(source_.text()).substr(at.begin, at.end - at.begin)),
                  fit.hint);
            right = false;
        }
        conversion.piece.bytes = printed_bytes(conversion, type);
        conversion.piece.field = static_cast<uint32_t>(order[i]);
        if ((letter == 'A' || letter == 'W') && type->is_integer()) type = this->types().simple(TypeKind::timestamp);
    }
    for (const TypeRef type : types) add_field(out.row, type);
    if (out.row.size > max_record_size) {
        error(written.span, "this prints more than " + std::to_string(max_record_size) + " bytes at once");
        right = false;
    }
    for (Conversion& conversion : format.conversions) out.row.pieces.push_back(std::move(conversion.piece));
    if (!format.tail.empty()) {
        FormatPiece tail;
        tail.literal = std::move(format.tail);
        out.row.pieces.push_back(std::move(tail));
    }
    out.sort_field = out.keys;
    out.descending = true;
    return right;
}

// Which of the `count` values each conversion prints.
bool Checker::table_order(const ast::Expr& written, const Format& format, size_t count, std::vector<size_t>& order) {
    std::vector<bool> printed(count, false);
    const bool numbered = !format.conversions.empty() && format.conversions.front().value != 0;
    for (const Conversion& conversion : format.conversions) {
        const Span at = span_in_literal(source_, written.span, conversion.at, conversion.length);
        if ((conversion.value != 0) != numbered) {
            error(at, "either all conversions of a format have a number or none");
            return false;
        }
        const size_t value = numbered ? conversion.value - 1 : order.size();
        if (value >= count) {
            error(at, "there is no value " + std::to_string(value + 1) + ", a row has " + std::to_string(count));
            return false;
        }
        if (printed[value]) {
            error(at, "value " + std::to_string(value + 1) + " of a row is printed twice");
            return false;
        }
        printed[value] = true;
        order.push_back(value);
    }
    return true;
}

// A label for each conversion, between blanks.
bool Checker::table_header(const ast::Expr& written, TableLayout& out) {
    const std::string& text = std::get<ast::StringLiteral>(written.node).value;
    for (const std::string_view label : split(text, ' ')) {
        if (!label.empty()) out.header.emplace_back(label);
    }
    const size_t conversions = out.row.fields.size();
    if (out.header.size() == conversions) return true;
    error(written.span,
          "the header has " + counted(out.header.size(), "label") + ", a row has " + counted(conversions, "column"),
          "blanks part the labels");
    return false;
}

// `[limit] [, sort_by] [, flags]` from argument `from` on; flags may stand without the others.
bool Checker::table_options(const FunctionRow& row, const ast::Call& node, size_t from, TableLayout& out) {
    const Parameter& flags = parameters(row.id).back();
    bool sorted = false;  // a column to sort by is given
    for (size_t i = from; i < node.arguments.size(); ++i) {
        const ast::Expr& written = *node.arguments[i];
        if (is_column(written) || std::holds_alternative<ast::StringLiteral>(written.node)) {
            error(written.span, "the arrays of a table stand before its limit, a header before the arrays",
                  readable_prototype(row));
            return false;
        }
        if (i - from == 2 || in_group(written, flags.group)) {
            if (i + 1 < node.arguments.size()) {
                error(node.arguments[i + 1]->span, "nothing can stand behind the flags", readable_prototype(row));
                return false;
            }
            const ExprPtr found =
                group_argument(flags, written, "argument " + std::to_string(i + 1) + " of " + shown(row.name));
            return found != nullptr && table_flags(*constant_value(*found), sorted, written.span, out);
        }
        if (i == from) {
            const std::optional<uint64_t> limit = print_limit(written);
            if (!limit) return false;
            out.limit = *limit;
        } else if (!table_sorting(written, sorted, out)) {
            return false;
        }
    }
    return true;
}

// The number of the column to sort by, from 1 on as they stand in the format; 0: the first array.
bool Checker::table_sorting(const ast::Expr& written, bool& sorted, TableLayout& out) {
    const ExprPtr found = value(written);
    if (found == nullptr) return false;
    const std::optional<int64_t> number = constant_value(*found);
    if (!number || !found->type->is_integer()) {
        error(written.span, "the column to sort by is an integer constant", "1 is the first conversion of the format");
        return false;
    }
    const size_t columns = out.row.fields.size();
    if (*number < 0 || static_cast<uint64_t>(*number) > columns) {
        error(written.span,
              "there is no column " + std::to_string(*number) + " to sort by, a row has " + std::to_string(columns));
        return false;
    }
    sorted = *number != 0;
    if (!sorted) return true;
    out.sort_field = out.row.pieces[static_cast<size_t>(*number - 1)].field;
    // Keys from the least on and values from the greatest, unless a flag says otherwise.
    out.descending = out.sort_field >= out.keys;
    return true;
}

bool Checker::table_flags(int64_t flags, bool sorted, Span span, TableLayout& out) {
    if (std::any_of(std::begin(list_flags), std::end(list_flags), [&](PrintFlag one) { return has(flags, one); })) {
        error(span, "columns of a table say by themselves which aggregate of a list they show", aggregates_of("array"));
        return false;
    }
    const bool by_key = has(flags, PrintFlag::by_key);
    const bool by_value = has(flags, PrintFlag::by_value);
    if (sorted && (by_key || by_value)) {
        error(span, "the column to sort by is said twice, by number and by flag",
              "SORT_TYPE_ASCEND and SORT_TYPE_DESCEND say the direction");
        return false;
    }
    if (by_key && !by_value) {
        out.by_key = true;
        out.descending = false;
    }
    if (has(flags, PrintFlag::ascending)) out.descending = false;
    if (has(flags, PrintFlag::descending)) out.descending = true;
    return true;
}

}  // namespace probevue::sema
