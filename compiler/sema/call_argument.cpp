// Arguments of library functions, by the kind of the parameter.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "builtins/base/text.h"
#include "builtins/foreign.h"
#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"

namespace probevue::sema {

ExprPtr Checker::argument(const Parameter& parameter, const ast::Expr& written, const std::string& what) {
    switch (parameter.kind) {
        case ParameterKind::integer: {
            ExprPtr found = value(written);
            if (found == nullptr || found->type->is_integer()) return found;
            if (found->type->kind == TypeKind::timestamp || found->type->kind == TypeKind::pointer)
                return convert(std::move(found), types().long_long(false));
            return mismatch(*found, int_type(), what + ", which is an integer");
        }
        case ParameterKind::string: {
            ExprPtr found = value(written);
            if (found != nullptr) found = text(std::move(found));
            if (found == nullptr || found->type->kind == TypeKind::string) return found;
            return mismatch(*found, types().string(1), what + ", which is a String");
        }
        case ParameterKind::literal:
            if (std::holds_alternative<ast::StringLiteral>(written.node)) return expr(written);
            error(written.span, what + " must be a quoted String");
            return nullptr;
        case ParameterKind::list:
            return kept_list(list_argument(written, what, Use::list), what);
        case ParameterKind::list_or_dist:
            return list_or_dist_argument(written, what);
        case ParameterKind::dist:
            return summary_argument(written, what, Use::dist);
        case ParameterKind::distinct:
            return summary_argument(written, what, Use::distinct);
        case ParameterKind::fraction:
            return fraction_argument(written, what);
        case ParameterKind::integer_or_list: {
            ExprPtr found = expr(written);
            if (found == nullptr || found->type->kind == TypeKind::list || found->type->is_integer()) return found;
            if (found->type->kind == TypeKind::timestamp) return convert(std::move(found), types().long_long(true));
            return mismatch(*found, int_type(), what + ", which is an integer or a list");
        }
        case ParameterKind::integer_or_string: {
            ExprPtr found = value(written);
            if (found != nullptr) found = text(std::move(found));
            if (found == nullptr || found->type->kind == TypeKind::string || found->type->is_integer()) return found;
            return mismatch(*found, int_type(), what + ", which is an integer or a String");
        }
        case ParameterKind::element: {
            const std::optional<ElementName> found = element_name(written);
            if (found) return element(*found, written.span, Use::range);
            error(written.span, what + " is an element of an associative array", "such as name[key]");
            return nullptr;
        }
        case ParameterKind::range: {
            const auto* name = std::get_if<ast::Name>(&written.node);
            const bool unknown =
                name != nullptr && find(name->storage, name->text) == nullptr && !is_of_language(name->text);
            if (unknown) broken_name(name->text, name->storage, written.span);
            ExprPtr found = unknown ? nullptr : expr(written);
            if (unknown) error(written.span, what + " is a range", "declare it: range_t " + name->text + ";");
            if (found == nullptr || std::holds_alternative<checked::RangeRef>(found->node)) return found;
            error(written.span, what + " is a range", "declare it: range_t name;");
            return nullptr;
        }
        case ParameterKind::timestamp: {
            ExprPtr found = value(written);
            return implicit(std::move(found), types().simple(TypeKind::timestamp), what + ", which is a timestamp");
        }
        case ParameterKind::ip: {
            const TypeRef type = types().simple(TypeKind::ip);
            return implicit(value(written), type, what + ", which is an address of IP");
        }
        case ParameterKind::address:
            return address_argument(written, what);
        case ParameterKind::net_info:
        case ParameterKind::variable:
        case ParameterKind::string_variable:
        case ParameterKind::integer_variable:
            return filled_argument(parameter, written, what);
        case ParameterKind::constant:
            return group_argument(parameter, written, what);
        default:
            return value(written);
    }
}

ExprPtr Checker::list_argument(const ast::Expr& written, const std::string& what, Use use) {
    if (const std::optional<ElementName> found = element_name(written)) return element(*found, written.span, use);
    const auto* name_node = std::get_if<ast::Name>(&written.node);
    if (name_node != nullptr && find(name_node->storage, name_node->text) == nullptr &&
        !name_node->text.starts_with("__") && find_constant(name_node->text) == nullptr) {
        std::vector<std::string_view> lists;
        for (const checked::ListVariable& list : out_.lists) lists.push_back(list.name);
        std::string hint = did_you_mean(name_node->text, lists);
        // sum(arg2) of bpftrace makes a sum; here it reads one.
        if (const std::string_view foreign = hint_of_foreign(ForeignPlace::name, name_node->text); !foreign.empty())
            hint = "`n[key] += value` makes a sum, append(name, value) a list; " + std::string(foreign);
        if (hint.empty()) hint = "declare it: __list " + name_node->text + ";";
        lacks(written.span, "there is no list " + shown(name_node->text), std::move(hint));
        broken_name(name_node->text, ast::StorageClass::none, written.span);
        return nullptr;
    }
    // Not value(): that refuses a list.
    ExprPtr found = expr(written);
    if (found == nullptr || found->type->kind == TypeKind::list) return found;
    error(written.span, what + " is a list, this is " + shown(found->type));
    return nullptr;
}

// What is added to a list that nothing keeps would be lost.
ExprPtr Checker::kept_list(ExprPtr list, const std::string& what) {
    if (list == nullptr || std::holds_alternative<checked::ListRef>(list->node) ||
        std::holds_alternative<checked::ElementRef>(list->node))
        return list;
    error(list->span, what + " is a variable or an element of an array", "assign the list to one before");
    return nullptr;
}

// `d` or `d[key]`: a name that stands for nothing yet becomes what is asked for.
ExprPtr Checker::summary_argument(const ast::Expr& written, const std::string& what, Use use) {
    if (const std::optional<ElementName> found = element_name(written)) return element(*found, written.span, use);
    const TypeRef type = types().simple(*collection_of(use));
    const auto* name_node = std::get_if<ast::Name>(&written.node);
    const Symbol* symbol = name_node == nullptr ? nullptr : find(name_node->storage, name_node->text);
    const bool unknown = name_node != nullptr && symbol == nullptr && !is_of_language(name_node->text);
    if (unknown || (symbol != nullptr && symbol->kind == Symbol::Kind::array)) {
        const std::optional<uint32_t> array = bare_array(*name_node, written.span);
        if (!array || !plan_value(*array, type, written.span)) return nullptr;
        return make(checked::ElementRef{*array, {}}, type, written.span);
    }
    if (symbol != nullptr && symbol->kind == Symbol::Kind::broken && plan_.sought.contains(name_node->text)) {
        plan_.arrays[name_node->text].bare = true;
        plan_.arrays[name_node->text].value = Shape::of(type);
        plan_.mark_changed();  // the use that stands before this one is understood in the next walk
        return nullptr;
    }
    const ExprPtr found = expr(written);
    if (found == nullptr) return nullptr;
    error(written.span, what + " is " + sort_of(type) + ", this is " + shown(found->type),
          "a name that is used for nothing else becomes one, alone or with a key: name[key]");
    return nullptr;
}

// Aggregates are known of both. What an array holds is not known before something is stored in it.
ExprPtr Checker::list_or_dist_argument(const ast::Expr& written, const std::string& what) {
    const std::optional<ElementName> found = element_name(written);
    const ast::Expr& named = found ? *found->name : written;
    const auto* name_node = std::get_if<ast::Name>(&named.node);
    if (name_node == nullptr) return list_argument(written, what, Use::list);
    const Symbol* symbol = find(name_node->storage, name_node->text);
    const auto plan = plan_.arrays.find(name_node->text);
    const bool is_array = symbol != nullptr && symbol->kind == Symbol::Kind::array;
    const bool is_dist = is_array && out_.arrays[symbol->id].value != nullptr
                             ? out_.arrays[symbol->id].value->kind == TypeKind::dist
                             : plan != plan_.arrays.end() && plan->second.value &&
                                   plan->second.value->kind == TypeKind::dist && (is_array || symbol == nullptr);
    if (is_dist) return summary_argument(written, what, Use::dist);
    if (!found) {
        if (symbol == nullptr) plan_.sought.insert(name_node->text);
        return list_argument(written, what, Use::list);
    }
    ExprPtr element = this->element(*found, written.span, Use::fetch);
    if (element == nullptr || element->type->kind == TypeKind::list) return element;
    error(written.span, what + " is a list or a distribution, this is " + shown(element->type));
    return nullptr;
}

// A constant from 0 to 1, as billionths: what is written in decimals is exact in them, not in a double.
ExprPtr Checker::fraction_argument(const ast::Expr& written, const std::string& what) {
    const ExprPtr found = value(written);
    if (found == nullptr) return nullptr;
    constexpr double billion = 1e9;
    std::optional<double> part;
    if (const auto* real = std::get_if<checked::FloatingConstant>(&found->node))
        part = real->value;
    else if (const std::optional<int64_t> number = constant_value(*found); number && found->type->is_integer())
        part = static_cast<double>(*number);
    if (part && *part >= 0 && *part <= 1)
        return integer(std::llround(*part * billion), types().long_long(true), written.span);
    const bool percent = part && *part >= 10 && *part <= 100;
    error(written.span, what + (part ? " lies from 0 to 1" : " is a constant from 0 to 1"),
          percent ? "write " + fmt::format("{}", *part / 100) : "such as 0.99");
    return nullptr;
}

// A variable that the function fills.
ExprPtr Checker::filled_argument(const Parameter& parameter, const ast::Expr& written, const std::string& what) {
    ExprPtr found = place(written);
    if (found == nullptr) return nullptr;
    const TypeRef type = found->type;
    bool right = true;
    std::string wanted;
    std::string hint;
    switch (parameter.kind) {
        case ParameterKind::net_info:
            right = type->kind == TypeKind::net_info;
            wanted = "a variable of type net_info_t";
            break;
        case ParameterKind::string_variable:
            right = type->kind == TypeKind::string;
            wanted = "a String variable";
            break;
        case ParameterKind::integer_variable:
            right = type->is_integer();
            wanted = "an integer variable";
            break;
        default:
            right = type->is_integer() || type->kind == TypeKind::pointer || type->kind == TypeKind::timestamp ||
                    type->kind == TypeKind::string || type->kind == TypeKind::array ||
                    type->kind == TypeKind::structure;
            wanted = "a variable that bytes can be copied into";
            if (type->kind == TypeKind::ip)
                hint = "copy into an int or char[16], and call convert_ip4_addr() or convert_ip6_addr()";
            break;
    }
    if (!right) {
        error(written.span, what + " is " + wanted + ", this is " + shown(type), std::move(hint));
        return nullptr;
    }
    // To what is used behind the call the variable has a value, as after `=`.
    assigned_now(written);
    return found;
}

ExprPtr Checker::address_argument(const ast::Expr& written, const std::string& what) {
    ExprPtr found = value(written);
    if (found == nullptr) return nullptr;
    const TypeRef type = found->type;
    if (type->kind == TypeKind::pointer || type->kind == TypeKind::array) return found;
    if (type->is_integer()) return convert(std::move(found), types().pointer(types().void_type(), AddressSpace::none));
    error(written.span, what + " is an address, this is " + shown(type));
    return nullptr;
}

// A constant expression made of the constants of one group.
ExprPtr Checker::group_argument(const Parameter& parameter, const ast::Expr& written, const std::string& what) {
    const auto* name_node = std::get_if<ast::Name>(&written.node);
    std::vector<std::string_view> names;
    for (const ConstantRow& row : constants()) {
        if (row.group == parameter.group && !row.doc.starts_with("another spelling")) names.push_back(row.name);
    }
    std::string all;
    for (const std::string_view name : names) all += (all.empty() ? "" : ", ") + std::string(name);
    if (name_node != nullptr && find(name_node->storage, name_node->text) == nullptr &&
        find_constant(name_node->text) == nullptr && find_constant(name_node->text, parameter.group) == nullptr &&
        !is_builtin(name_node->text)) {
        std::string hint = did_you_mean(name_node->text, names);
        if (hint.empty()) hint = "write " + all;
        error(written.span, shown(name_node->text) + " cannot be " + what, std::move(hint));
        return nullptr;
    }
    // Within the argument, names of the group come before those of the script.
    const std::string_view before = group_;
    group_ = parameter.group;
    ExprPtr found = value(written);
    group_ = before;
    if (found == nullptr) return nullptr;
    int64_t bits = 0;
    bool is_one = false;
    const std::optional<int64_t> number = constant_value(*found);
    for (const ConstantRow& row : constants()) {
        if (row.group != parameter.group) continue;
        bits |= row.value;
        is_one = is_one || (number && *number == row.value);
    }
    const bool flags = parameter.group.ends_with("flags");
    if (number && (flags ? (*number & ~bits) == 0 : is_one)) return found;
    error(written.span, number ? what + " is none of its constants" : what + " must be a constant",
          "write " + all + (flags ? ", joined with `|`" : ""));
    return nullptr;
}

// Is a constant of the group named in the expression?
bool Checker::in_group(const ast::Expr& written, std::string_view group) const {
    if (const auto* name_node = std::get_if<ast::Name>(&written.node))
        return find_constant(name_node->text, group) != nullptr;
    if (const auto* binary_node = std::get_if<ast::Binary>(&written.node))
        return in_group(*binary_node->left, group) || in_group(*binary_node->right, group);
    return false;
}

}  // namespace probevue::sema
