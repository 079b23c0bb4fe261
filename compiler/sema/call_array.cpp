// Calls that work on a whole associative array, or on its keys.
#include <algorithm>

#include "builtins/base/text.h"
#include "builtins/describe.h"
#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

namespace {

bool has(int64_t flags, PrintFlag flag) { return (flags & static_cast<int64_t>(flag)) != 0; }

ArrayPrintOptions::Form form_of(FunctionId id) {
    switch (id) {
        case FunctionId::quantize:
            return ArrayPrintOptions::Form::linear_bars;
        case FunctionId::lquantize:
            return ArrayPrintOptions::Form::logarithmic_bars;
        case FunctionId::rate:
            return ArrayPrintOptions::Form::rates;
        default:
            return ArrayPrintOptions::Form::print;
    }
}

bool prints_array(FunctionId id) {
    constexpr FunctionId all[] = {FunctionId::print,     FunctionId::top,  FunctionId::quantize,
                                  FunctionId::lquantize, FunctionId::rate, FunctionId::print_table};
    return std::find(std::begin(all), std::end(all), id) != std::end(all);
}

// The greatest first, if the call does not say otherwise.
bool sorts_by_value(FunctionId id) { return id == FunctionId::top || id == FunctionId::rate; }

}  // namespace

// The array that the first argument names. Empty: an error was reported, or will be at the end of the script.
std::optional<uint32_t> Checker::array_argument(const FunctionRow& row, const ast::Expr& written) {
    const auto* name_node = std::get_if<ast::Name>(&written.node);
    const Symbol* symbol = name_node == nullptr ? nullptr : find(name_node->storage, name_node->text);
    if (symbol != nullptr && symbol->kind == Symbol::Kind::broken) return std::nullopt;
    const bool is_array = symbol != nullptr && symbol->kind == Symbol::Kind::array;
    const bool unknown = name_node != nullptr && symbol == nullptr && !is_of_language(name_node->text) &&
                         find_function(name_node->text) == nullptr;
    if (!is_array && !unknown) {
        const ExprPtr found = symbol != nullptr && symbol->kind != Symbol::Kind::variable ? nullptr : expr(written);
        const bool prints = row.id == FunctionId::print || row.id == FunctionId::print_table;
        std::string hint;
        if (symbol != nullptr && symbol->kind == Symbol::Kind::list) {
            hint = prints ? "print the aggregates: printf(\"%lld\", sum(" + name_node->text + "))"
                          : "`" + name_node->text + " = list()` empties a list";
        } else if (prints && found != nullptr) {
            const std::string_view conversion = natural_conversion(found->type);
            if (!conversion.empty()) hint = "printf(\"%" + std::string(conversion) + "\\n\", ...) prints it";
        } else if (row.id == FunctionId::quantize || row.id == FunctionId::lquantize) {
            hint = "add_dist(name, value) collects values, " + std::string(row.name) + "(name) prints their histogram";
        }
        if (hint.empty()) hint = "one is made by storing into it: n[key] = value";
        if (found == nullptr && symbol == nullptr) return std::nullopt;
        if (found == nullptr && symbol->kind == Symbol::Kind::variable) return std::nullopt;
        error(written.span, shown(row.name) + " takes the name of an associative array", std::move(hint));
        return std::nullopt;
    }
    const std::optional<uint32_t> array = array_named(*name_node, written.span);
    if (!array) return std::nullopt;
    const checked::AssociativeArray& entry = out_.arrays[*array];
    if (prints_array(row.id)) out_.arrays[*array].printed = true;
    if (!entry.has_dimensions() || entry.value == nullptr)
        pending_.push_back({*array, written.span, !entry.has_dimensions()});
    return array;
}

// exists(a, key...) and delete(a, key...)
ExprPtr Checker::element_call(const FunctionRow& row, const ast::Call& node, Span span) {
    const ast::Expr& first = *node.arguments.front();
    if (std::holds_alternative<ast::Index>(first.node)) {
        error(first.span, shown(row.name) + " takes the array and the key as two arguments",
              std::string(row.name) + "(array, key)");
        return nullptr;
    }
    const std::optional<uint32_t> array = array_argument(row, first);
    std::vector<const ast::Expr*> written;
    for (size_t i = 1; i < node.arguments.size(); ++i) written.push_back(node.arguments[i].get());
    if (!array) {
        // What is wrong in the keys is told all the same.
        for (const ast::Expr* key : written) (void)expr(*key);
        return nullptr;
    }
    std::vector<ExprPtr> keys;
    if (!array_keys(*array, written, span, true, keys)) return nullptr;
    const TypeRef type = row.id == FunctionId::exists ? int_type() : types().void_type();
    return make(checked::ElementCall{row.id, *array, std::move(keys)}, type, span);
}

// print, top, quantize, lquantize, clear, set_aso_print_options
ExprPtr Checker::array_call(const FunctionRow& row, const ast::Call& node, Span span) {
    const bool named = row.id != FunctionId::set_aso_print_options;
    checked::ArrayCall call{row.id, 0, {}};
    call.options.form = form_of(row.id);
    if (sorts_by_value(row.id)) call.options.by_value = call.options.descending = call.options.sort_set = true;
    bool right = true;
    if (named) {
        const std::optional<uint32_t> array = array_argument(row, *node.arguments.front());
        right = array.has_value();
        call.array = array.value_or(0);
    }
    right = print_options(row, node, named ? 1 : 0, call.options) && right;
    if (!right) return nullptr;
    if (row.id == FunctionId::rate && !has_rates(call.array, node.arguments.front()->span)) return nullptr;
    if (call.options.folded && !is_foldable(row, node.arguments.front()->span, call.array)) return nullptr;
    if (row.id == FunctionId::quantize || row.id == FunctionId::lquantize) {
        const TypeRef type = out_.arrays[call.array].value;
        const bool drawn =
            type == nullptr || type->is_integer() || type->kind == TypeKind::floating || type->is_collection();
        if (!drawn) {
            error(node.arguments.front()->span,
                  shown(row.name) + " draws numbers, the values of " + shown(out_.arrays[call.array].name) + " are " +
                      shown(type),
                  "print() prints them");
            return nullptr;
        }
    }
    return make(std::move(call), types().void_type(), span);
}

// PRINT_FOLDED adds numbers up by stacks.
bool Checker::is_foldable(const FunctionRow& row, Span span, uint32_t array) {
    if (row.id != FunctionId::print && row.id != FunctionId::top) {
        error(span, "PRINT_FOLDED is of print() and top()");
        return false;
    }
    const checked::AssociativeArray& entry = out_.arrays[array];
    const bool known = entry.has_dimensions() && entry.value != nullptr;
    const bool has_stack = std::any_of(entry.keys.begin(), entry.keys.end(),
                                       [](TypeRef key) { return key != nullptr && key->kind == TypeKind::stack; });
    if (!known || (has_stack && entry.value->is_integer())) return true;
    error(span, "PRINT_FOLDED is of integers by stacks, and " + shown(entry.name) + " holds none",
          "count them so: " + entry.name + "[get_stktrace()]++");
    return false;
}

// Differences are known of numbers.
bool Checker::has_rates(uint32_t array, Span span) {
    const TypeRef type = out_.arrays[array].value;
    if (type == nullptr || type->is_integer() || type->kind == TypeKind::floating) return true;
    error(span,
          "`rate` is of numbers, the values of " + shown(out_.arrays[array].name) + " are " +
              (type->is_collection() ? sort_of(type) : shown(type)),
          "keep a sum beside it: name[key] += value");
    return false;
}

// How many elements are to be printed. Empty: an error was reported.
std::optional<uint64_t> Checker::print_limit(const ast::Expr& written) {
    const ExprPtr found = value(written);
    if (found == nullptr) return std::nullopt;
    const std::optional<int64_t> limit = constant_value(*found);
    if (!limit || *limit < 0) {
        error(written.span, limit ? "the number of elements cannot be negative"
                                  : "the number of elements to print must be an integer constant");
        return std::nullopt;
    }
    return static_cast<uint64_t>(*limit);
}

// `[limit] [, flags]` from argument `from` on; flags may stand without a limit.
bool Checker::print_options(const FunctionRow& row, const ast::Call& node, size_t from, ArrayPrintOptions& options) {
    const std::span<const Parameter> wanted = parameters(row.id);
    size_t parameter = from;
    for (size_t i = from; i < node.arguments.size(); ++i, ++parameter) {
        const ast::Expr& written = *node.arguments[i];
        const std::string what = "argument " + std::to_string(i + 1) + " of " + shown(row.name);
        if (parameter == from && parameter + 1 < wanted.size() && in_group(written, wanted[from + 1].group))
            ++parameter;
        if (parameter >= wanted.size()) {
            error(written.span, "nothing can stand behind the flags", readable_prototype(row));
            return false;
        }
        if (wanted[parameter].kind == ParameterKind::integer) {
            const std::optional<uint64_t> limit = print_limit(written);
            if (!limit) return false;
            options.limit = *limit;
            options.limit_set = true;
            continue;
        }
        const ExprPtr found = group_argument(wanted[parameter], written, what);
        if (found == nullptr) return false;
        const int64_t flags = *constant_value(*found);
        const bool ascending = has(flags, PrintFlag::ascending);
        const bool descending = has(flags, PrintFlag::descending);
        const bool by_key = has(flags, PrintFlag::by_key);
        const bool by_value = has(flags, PrintFlag::by_value);
        if (sorts_by_value(row.id)) {
            if (by_key) {
                error(written.span, shown(row.name) + " sorts by value", "print() sorts by key");
                return false;
            }
            options.descending = !ascending;
        } else {
            options.descending = descending;
            options.by_value = by_value;
            options.sort_set = ascending || descending || by_key || by_value;
        }
        options.hexadecimal = has(flags, PrintFlag::hexadecimal);
        options.folded = has(flags, PrintFlag::folded);
        uint8_t values = 0;
        if (has(flags, PrintFlag::list_count)) values |= ArrayPrintOptions::list_count;
        if (has(flags, PrintFlag::list_sum)) values |= ArrayPrintOptions::list_sum;
        if (has(flags, PrintFlag::list_avg)) values |= ArrayPrintOptions::list_avg;
        if (has(flags, PrintFlag::list_min)) values |= ArrayPrintOptions::list_min;
        if (has(flags, PrintFlag::list_max)) values |= ArrayPrintOptions::list_max;
        if (values != 0) {
            options.list_values = values;
            options.list_values_set = true;
        }
    }
    return true;
}

}  // namespace probevue::sema
