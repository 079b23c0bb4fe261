// Calls of library functions: the row, where it may be called, its arguments; what a prototype cannot say has rules
// here.
#include <fmt/format.h>

#include <algorithm>

#include "builtins/base/text.h"
#include "builtins/describe.h"
#include "builtins/foreign.h"
#include "builtins/giving.h"
#include "builtins/http_names.h"
#include "compiler/sema/arithmetic.h"
#include "compiler/sema/checker.h"
#include "compiler/sema/known.h"

namespace probevue::sema {

namespace {

constexpr int64_t least_cwd = 1024;  // AIX: get_cwd() wants a String of at least so many bytes

std::string plural(size_t count) { return std::to_string(count) + (count == 1 ? " argument" : " arguments"); }

}  // namespace

ExprPtr Checker::call(const ast::Call& node, Span span) {
    const FunctionRow* row = find_function(node.function);
    if (in_predicate_ && (row == nullptr || !row->in_predicates)) {
        error(node.function_span, "functions such as " + shown(node.function) + " cannot be called in a predicate",
              "call it in the clause, and test its result with `if`");
        return nullptr;
    }
    if (constants_only_) {
        error(span, "this is no constant");
        return nullptr;
    }
    if (row == nullptr) return unknown_function(node);
    if (!row->unavailable.empty()) {
        error(node.function_span, "function " + shown(row->name) + " does not exist on Linux",
              std::string(row->unavailable));
        return nullptr;
    }
    if (clause_ == nullptr) {
        error(span, "functions can only be called in a clause");
        return nullptr;
    }
    out_.prints = out_.prints || prints(row->id);
    if (!function_fits(*row, node.function_span) || !argument_count(*row, node, span)) {
        // The arguments of other kinds than values have rules of their own; what stands there is checked where it can
        // be.
        return nullptr;
    }
    switch (row->id) {
        case FunctionId::printf:
        case FunctionId::eprintf:
            return print_call(*row, node, span);
        case FunctionId::trace:
            return trace_call(*row, node, span);
        case FunctionId::exists:
        case FunctionId::delete_:
            return element_call(*row, node, span);
        case FunctionId::print:
        case FunctionId::top:
        case FunctionId::rate:
        case FunctionId::quantize:
        case FunctionId::lquantize:
        case FunctionId::clear:
        case FunctionId::set_aso_print_options:
            return array_call(*row, node, span);
        case FunctionId::name_of:
            return name_call(*row, node, span);
        case FunctionId::print_table:
            return table_call(*row, node, span);
        default:
            return generic_call(*row, node, span);
    }
}

ExprPtr Checker::unknown_function(const ast::Call& node) {
    if (prototypes_.contains(node.function)) {
        error(node.function_span,
              shown(node.function) + " is a function of the probed program and cannot be called by the script",
              "probe it, and read __arg1 and __rv");
    } else {
        std::vector<std::string_view> names;
        for (const FunctionRow& row : functions()) {
            if (row.unavailable.empty()) names.push_back(row.name);
        }
        std::string hint(hint_of_foreign(ForeignPlace::function, node.function));
        if (hint.empty()) hint = did_you_mean(node.function, names);
        if (hint.empty()) hint = "docs/reference.md lists the functions";
        error(node.function_span, "there is no function " + shown(node.function), std::move(hint));
    }
    for (const ast::ExprPtr& argument : node.arguments) {
        // The function that was meant may take whole arrays.
        const auto* name = std::get_if<ast::Name>(&argument->node);
        const Symbol* symbol = name == nullptr ? nullptr : find(name->storage, name->text);
        if (symbol == nullptr || symbol->kind != Symbol::Kind::array) (void)expr(*argument);
    }
    return nullptr;
}

// May the function be called at every probe point of the clause?
bool Checker::function_fits(const FunctionRow& row, Span span) {
    for (const ProbeRequest& probe : clause_->probes) {
        if (contains(row.probes, probe.kind)) continue;
        std::string hint;
        if (row.probes == ProbeSet(ProbeKind::begin))
            hint = "call it in @@BEGIN";
        else if (row.probes.contains(process_probes))
            hint = "it can be called where a probe runs in a process, such as @@syscall";
        error(span, shown(row.name) + " cannot be called in " + probe.text, std::move(hint));
        return false;
    }
    return true;
}

bool Checker::argument_count(const FunctionRow& row, const ast::Call& node, Span span) {
    size_t least = 0;
    bool open = false;
    const std::span<const Parameter> wanted = parameters(row.id);
    for (const Parameter& parameter : wanted) {
        if (parameter.repeated)
            open = true;
        else if (!parameter.optional)
            ++least;
    }
    const size_t given = node.arguments.size();
    if (given >= least && (open || given <= wanted.size())) return true;
    std::string takes = plural(least);
    if (open)
        takes = "at least " + takes;
    else if (wanted.size() > least)
        takes = std::to_string(least) + " to " + plural(wanted.size());
    else if (wanted.empty())
        takes = "no arguments";
    const Span at = given > wanted.size() && !open ? node.arguments[wanted.size()]->span : span;
    std::string hint(hint_of_foreign(ForeignPlace::call, row.name));
    if (hint.empty()) hint = readable_prototype(row);
    error(
        at,
        shown(row.name) + " takes " + takes + ", " + std::to_string(given) + (given == 1 ? " is given" : " are given"),
        std::move(hint));
    return false;
}

ExprPtr Checker::generic_call(const FunctionRow& row, const ast::Call& node, Span span) {
    const std::span<const Parameter> wanted = parameters(row.id);
    std::vector<ExprPtr> arguments;
    bool right = true;
    for (size_t i = 0; i < node.arguments.size(); ++i) {
        // The last parameter may be repeated. print_table(), where another one is, has rules of its own.
        const Parameter& parameter = wanted[std::min(i, wanted.size() - 1)];
        const std::string what = "argument " + std::to_string(i + 1) + " of " + shown(row.name);
        arguments.push_back(argument(parameter, *node.arguments[i], what));
        right = right && arguments.back() != nullptr;
    }
    const bool counts = row.id == FunctionId::add_dist || row.id == FunctionId::add_distinct;
    // Also when another argument is wrong, or warn_uncounted() would say that nothing is ever counted.
    if (counts && arguments.front() != nullptr)
        out_.arrays[std::get<checked::ElementRef>(arguments.front()->node).array].counted = true;
    if (!right || !call_rules(row, arguments, span)) return nullptr;
    const TypeRef type = result_of(row, arguments);
    return make(checked::Call{&row, std::move(arguments)}, type, span);
}

// The type of the result, narrower than the row's where the arguments say so.
TypeRef Checker::result_of(const FunctionRow& row, const std::vector<ExprPtr>& arguments) {
    if (returns_list(row.id)) return types().simple(TypeKind::list);
    const TypeRef type = types().of(result_type(row.id));
    if (row.id == FunctionId::get_userstring || row.id == FunctionId::get_kstring) {
        const std::optional<int64_t> length = constant_value(*arguments[1]);
        if (length && *length > 0 && *length < type->count) return types().string(static_cast<uint32_t>(*length));
    }
    if (row.id == FunctionId::substr || row.id == FunctionId::split || row.id == FunctionId::to_lower) {
        uint32_t most = std::max(1u, arguments[0]->type->count);
        const bool cut = row.id == FunctionId::substr && arguments.size() > 2;
        const std::optional<int64_t> length = cut ? constant_value(*arguments[2]) : std::nullopt;
        if (length && *length > 0 && *length < most) most = static_cast<uint32_t>(*length);
        return types().string(most);
    }
    if (row.id == FunctionId::get_probe) {
        size_t longest = 1;
        for (const ProbeRequest& probe : clause_->probes) longest = std::max(longest, probe.text.size());
        return types().string(static_cast<uint32_t>(std::min<size_t>(longest, type->count)));
    }
    return type;
}

// Rules of single functions that the kinds of their parameters do not say.
bool Checker::call_rules(const FunctionRow& row, std::vector<ExprPtr>& arguments, Span span) {
    switch (row.id) {
        case FunctionId::set_range:
            return range_rules(arguments, span);
        case FunctionId::add_distinct:
            return distinct_rules(arguments);
        case FunctionId::copy_kdata:
        case FunctionId::copy_userdata:
        case FunctionId::get_kbytes:
        case FunctionId::get_ubytes:
        case FunctionId::get_kstring:
        case FunctionId::get_userstring:
            return copy_rules(row, arguments);
        case FunctionId::hexdump:
        case FunctionId::dns_name:
        case FunctionId::tls_sni:
            return dump_rules(row, arguments);
        case FunctionId::http_field:
            return dump_rules(row, arguments) && field_rules(arguments);
        case FunctionId::substr:
        case FunctionId::split:
            return piece_rules(row, arguments);
        case FunctionId::thread_indent:
            return knows_thread(span);
        case FunctionId::get_cwd:
            if (arguments[1]->type->count >= least_cwd) return true;
            error(arguments[1]->span, "get_cwd() needs a String of at least " + std::to_string(least_cwd) +
                                          " bytes, this one has " + std::to_string(arguments[1]->type->count));
            return false;
        case FunctionId::convert_ip6_addr: {
            const TypeRef type = arguments[0]->type;
            if (type->kind != TypeKind::array || type->size >= 16) return true;
            error(arguments[0]->span,
                  "an IPv6 address has 16 bytes, " + shown(type) + " has " + std::to_string(type->size));
            return false;
        }
        case FunctionId::ip_in:
            return network_rules(arguments, span);
        case FunctionId::subnet:
            return subnet_rules(arguments);
        default:
            return row.variable.empty() ||
                   builtin_fits(*find_builtin(row.variable, row.member), std::string(row.name) + "()", span, true);
    }
}

// ip_in(address, network)
bool Checker::network_rules(const std::vector<ExprPtr>& arguments, Span span) {
    const Result<IpAddress> network = parse_subnet(std::get<checked::StringConstant>(arguments[1]->node).value);
    if (!network) {
        error(arguments[1]->span, network.error().message, network.error().hint);
        return false;
    }
    if (known_version(*arguments[0]) == IpAddress::v4 && network->version() == IpAddress::v6)
        warning(span, "this is always 0", written(*arguments[0]) + " is an IPv4 address, this is a network of IPv6");
    return true;
}

// subnet(address, length) or (address, length of IPv4, length of IPv6)
bool Checker::subnet_rules(const std::vector<ExprPtr>& arguments) {
    const bool only_six = known_version(*arguments[0]) == IpAddress::v6;
    for (size_t i = 1; i < arguments.size(); ++i) {
        const bool six = i == 2 || (only_six && arguments.size() == 2);
        const unsigned most = IpAddress::bits(six ? IpAddress::v6 : IpAddress::v4);
        const std::optional<int64_t> length = constant_value(*arguments[i]);
        if (length && *length >= 0 && *length <= most) continue;
        std::string hint;
        if (length && !six && *length <= IpAddress::bits(IpAddress::v6) && *length > 0 && arguments.size() == 2)
            hint = fmt::format("give the lengths of both versions: subnet(address, 24, {})", *length);
        error(arguments[i]->span,
              fmt::format("the length of a subnet of {} is a constant from 0 to {}", six ? "IPv6" : "IPv4", most),
              std::move(hint));
        return false;
    }
    return true;
}

// add_distinct(values, value...): each a value that a key could be, in the width that a key would have.
bool Checker::distinct_rules(std::vector<ExprPtr>& arguments) {
    for (size_t i = 1; i < arguments.size(); ++i) {
        arguments[i] = text(std::move(arguments[i]));
        if (arguments[i] == nullptr) return false;
        if (const TypeRef type = key_type(*arguments[i])) {
            arguments[i] = convert(std::move(arguments[i]), type);
            continue;
        }
        error(arguments[i]->span, shown(arguments[i]->type) + " cannot be counted as a value of its own",
              "integers, Strings, addresses, timestamps and paths can");
        return false;
    }
    return true;
}

bool Checker::range_rules(const std::vector<ExprPtr>& arguments, Span span) {
    const std::optional<int64_t> kind = constant_value(*arguments[1]);
    if (kind && *kind == static_cast<int64_t>(RangeKind::linear)) {
        if (arguments.size() != 5) {
            error(span, "a linear range has a least value, a greatest value and a step",
                  "set_range(range, LINEAR, min, max, step)");
            return false;
        }
        const std::optional<int64_t> low = constant_value(*arguments[2]);
        const std::optional<int64_t> high = constant_value(*arguments[3]);
        const std::optional<int64_t> step = constant_value(*arguments[4]);
        if (step && *step <= 0)
            error(arguments[4]->span, "the step of a range is greater than 0");
        else if (low && high && *high <= *low)
            error(arguments[3]->span, "the greatest value of a range is greater than its least");
        else
            return true;
        return false;
    }
    const std::optional<int64_t> base = constant_value(*arguments[2]);
    if (arguments.size() == 3 && base && *base == 2) return true;
    error(arguments.size() == 3 ? arguments[2]->span : span, "a range of powers has the base 2 and nothing else",
          "set_range(range, POWER, 2)");
    return false;
}

// Memory of the kernel and of the process are read by functions of their own.
bool Checker::copy_rules(const FunctionRow& row, const std::vector<ExprPtr>& arguments) {
    const bool user =
        row.id == FunctionId::copy_userdata || row.id == FunctionId::get_ubytes || row.id == FunctionId::get_userstring;
    const TypeRef type = arguments[0]->type;
    if (type->kind != TypeKind::pointer || type->space == AddressSpace::none) return true;
    const bool points_to_user = type->space == AddressSpace::user;
    if (points_to_user == user) return true;
    const bool text = row.id == FunctionId::get_kstring || row.id == FunctionId::get_userstring;
    const std::string other =
        text ? (user ? "get_kstring" : "get_userstring") : (user ? "copy_kdata" : "copy_userdata");
    const std::string whose = type->space == AddressSpace::packet ? "the packet"
                              : points_to_user                    ? "the process"
                                                                  : "the kernel";
    error(arguments[0]->span, shown(row.name) + " does not read memory of " + whose, "call " + other + "()");
    return false;
}

// What lies elsewhere than in the packet has to be read when the event happens: copy functions do that.
bool Checker::dump_rules(const FunctionRow& row, const std::vector<ExprPtr>& arguments) {
    const TypeRef type = arguments[0]->type;
    if (type->kind != TypeKind::pointer || type->space == AddressSpace::none || type->space == AddressSpace::packet)
        return true;
    const bool user = type->space == AddressSpace::user;
    error(arguments[0]->span, shown(row.name) + " does not read memory of " + (user ? "the process" : "the kernel"),
          std::string("copy it into a char array with ") + (user ? "get_ubytes" : "get_kbytes") + "(), and pass that");
    return false;
}

// What can never be there is no empty String, but a mistake.
bool Checker::piece_rules(const FunctionRow& row, const std::vector<ExprPtr>& arguments) {
    if (row.id == FunctionId::substr) {
        const std::optional<int64_t> from = constant_value(*arguments[1]);
        if (!from || *from >= 0) return true;
        error(arguments[1]->span, "the first position in a String is 0");
        return false;
    }
    const auto* separator = std::get_if<checked::StringConstant>(&arguments[1]->node);
    if (separator != nullptr && separator->value.empty()) {
        error(arguments[1]->span, "an empty separator separates nothing", "write one, such as \".\"");
        return false;
    }
    if (constant_value(*arguments[2]) != int64_t{0}) return true;
    error(arguments[2]->span, "there is no piece 0", "the first is 1, the last -1");
    return false;
}

// http_field(address, length, name)
bool Checker::field_rules(const std::vector<ExprPtr>& arguments) {
    const std::string& name = std::get<checked::StringConstant>(arguments[2]->node).value;
    if (find_http_part(name) != nullptr || is_http_token(name)) return true;
    std::vector<std::string_view> parts;
    std::string all;
    for (const HttpPart& part : http_parts()) {
        parts.push_back(part.name);
        all += (all.empty() ? "" : ", ") + std::string(part.name);
    }
    std::string hint = did_you_mean(name, parts);
    if (hint.empty() && name.ends_with(':') && is_http_token(name.substr(0, name.size() - 1)))
        hint = "write it without the colon";
    if (hint.empty()) hint = "write one such as \"Host\"; of the first line there are " + all;
    error(arguments[2]->span, "no field of HTTP has the name \"" + escape(name) + "\"", std::move(hint));
    return false;
}

// Where an interrupt brings the event, or nobody's, all depths would be those of one thread.
bool Checker::knows_thread(Span span) {
    for (const ProbeRequest& probe : clause_->probes) {
        const auto given = [&](EventField field) { return giving(*probe.point, field) == Giving::given; };
        if (given(EventField::tid) && given(EventField::pname)) continue;
        error(span, "`thread_indent` has no meaning in " + probe.text, "no thread is known there");
        return false;
    }
    return true;
}

}  // namespace probevue::sema
