#include "builtins/function.h"

#include <array>

#include "builtins/name_index.h"

namespace probevue {
namespace {

constexpr auto rows = std::to_array<FunctionRow>({
#define FUNCTION(id, name, prototype, probes, doc) {FunctionId::id, name, prototype, probes, doc},
#define TEST_FUNCTION(id, name, prototype, probes, doc) {FunctionId::id, name, prototype, probes, doc, {}, true},
#define READING_FUNCTION(id, name, prototype, variable, member, doc) \
    {FunctionId::id, name, prototype, all_probes, doc, {}, false, #variable, #member},
#define UNAVAILABLE_FUNCTION(id, name, reason, doc) {FunctionId::id, name, {}, {}, doc, reason},
#include "builtins/functions.def"
#undef UNAVAILABLE_FUNCTION
#undef READING_FUNCTION
#undef TEST_FUNCTION
#undef FUNCTION
});
constexpr auto by_name = index_by(rows);
static_assert(by_name.unique());

constexpr size_t most_parameters = 6;

struct Signature {
    std::array<Parameter, most_parameters> parameters{};
    size_t count = 0;
    ValueType result{};
    bool returns_list = false;
};

struct KindWord {
    std::string_view word;
    ParameterKind kind;
};

constexpr auto kind_words = std::to_array<KindWord>({
    {"int", ParameterKind::integer},
    {"String", ParameterKind::string},
    {"literal", ParameterKind::literal},
    {"format", ParameterKind::format},
    {"List", ParameterKind::list},
    {"List|Dist", ParameterKind::list_or_dist},
    {"Dist", ParameterKind::dist},
    {"Distinct", ParameterKind::distinct},
    {"fraction", ParameterKind::fraction},
    {"int|List", ParameterKind::integer_or_list},
    {"int|String", ParameterKind::integer_or_string},
    {"Array", ParameterKind::array},
    {"column", ParameterKind::column},
    {"Element", ParameterKind::element},
    {"key", ParameterKind::key},
    {"Range", ParameterKind::range},
    {"timestamp", ParameterKind::timestamp},
    {"net_info", ParameterKind::net_info},
    {"ip_addr_t", ParameterKind::ip},
    {"address", ParameterKind::address},
    {"variable", ParameterKind::variable},
    {"String_variable", ParameterKind::string_variable},
    {"int_variable", ParameterKind::integer_variable},
    {"any", ParameterKind::any},
});

struct ResultWord {
    std::string_view word;
    ValueType type;
};

constexpr auto result_words = std::to_array<ResultWord>({
    {"void", {ValueKind::none}},
    {"int", {ValueKind::s32}},
    {"long long", {ValueKind::s64}},
    {"unsigned long long", {ValueKind::u64}},
    {"unsigned short", {ValueKind::u16}},
    {"unsigned int", {ValueKind::u32}},
    {"probev_timestamp_t", {ValueKind::timestamp}},
    {"stktrace_t", {ValueKind::stack}},
    {"path_t", {ValueKind::path}},
    {"ip_addr_t", {ValueKind::ip}},
    {"List", {ValueKind::none}},
});

// A mistake in the table is a mistake of ours: throwing in a constant expression makes it a compile error.
consteval void require(bool holds) {
    if (!holds) throw "prototype does not follow the grammar in builtins/function.h";
}

consteval ParameterKind parse_kind(std::string_view word) {
    for (const KindWord& row : kind_words) {
        if (row.word == word) return row.kind;
    }
    require(false);
    return ParameterKind::any;
}

consteval Parameter parse_parameter(std::string_view text) {
    Parameter parameter;
    if (text.starts_with('[')) {
        require(text.ends_with(']'));
        parameter.optional = true;
        text = text.substr(1, text.size() - 2);
    }
    if (text.ends_with("...")) {
        parameter.repeated = true;
        text.remove_suffix(3);
    }
    const size_t blank = text.find(' ');
    require(blank != std::string_view::npos);
    const std::string_view kind = text.substr(0, blank);
    parameter.name = text.substr(blank + 1);
    require(!parameter.name.empty() && parameter.name.find_first_of(" []{}") == std::string_view::npos);
    if (kind.starts_with('{')) {
        require(kind.ends_with('}') && kind.size() > 2);
        parameter.kind = ParameterKind::constant;
        parameter.group = kind.substr(1, kind.size() - 2);
    } else {
        parameter.kind = parse_kind(kind);
    }
    return parameter;
}

consteval ValueType parse_result(std::string_view text) {
    if (text.starts_with("String[")) {
        require(text.ends_with(']'));
        ValueType type{ValueKind::string, 0};
        for (char digit : text.substr(7, text.size() - 8)) {
            require(digit >= '0' && digit <= '9');
            type.size = static_cast<uint16_t>(type.size * 10 + (digit - '0'));
        }
        require(type.size != 0);
        return type;
    }
    for (const ResultWord& row : result_words) {
        if (row.word == text) return row.type;
    }
    require(false);
    return {};
}

consteval Signature parse_prototype(const FunctionRow& row) {
    Signature signature;
    if (!row.unavailable.empty()) return signature;
    const std::string_view text = row.prototype;
    const size_t open = text.find('(');
    require(open != std::string_view::npos && text.ends_with(')'));
    const std::string_view head = text.substr(0, open);
    require(head.ends_with(row.name) && head.size() > row.name.size() + 1);
    const std::string_view result = head.substr(0, head.size() - row.name.size() - 1);
    signature.result = parse_result(result);
    signature.returns_list = result == "List";

    std::string_view rest = text.substr(open + 1, text.size() - open - 2);
    while (!rest.empty()) {
        const size_t comma = rest.find(", ");
        const Parameter parameter = parse_parameter(rest.substr(0, comma));
        if (signature.count > 0) {
            const Parameter& before = signature.parameters[signature.count - 1];
            // A literal may be left out before others: whether it is there is seen by its quotes.
            require(parameter.optional || !before.optional || before.kind == ParameterKind::literal);
            require(parameter.optional || !before.repeated);
        }
        require(signature.count < most_parameters);
        signature.parameters[signature.count++] = parameter;
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 2);
    }
    return signature;
}

consteval auto parse_prototypes() {
    std::array<Signature, rows.size()> parsed{};
    for (size_t i = 0; i < rows.size(); ++i) parsed[i] = parse_prototype(rows[i]);
    return parsed;
}

constexpr auto signatures = parse_prototypes();

const Signature& signature_of(FunctionId id) { return signatures[static_cast<size_t>(id)]; }

}  // namespace

std::span<const FunctionRow> functions() { return rows; }

const FunctionRow& function(FunctionId id) { return rows[static_cast<size_t>(id)]; }

const FunctionRow* find_function(std::string_view name) { return by_name.find(name); }

std::span<const Parameter> parameters(FunctionId id) {
    const Signature& signature = signature_of(id);
    return std::span(signature.parameters).first(signature.count);
}

ValueType result_type(FunctionId id) { return signature_of(id).result; }

bool prints(FunctionId id) {
    switch (id) {
        case FunctionId::printf:
        case FunctionId::eprintf:
        case FunctionId::trace:
        case FunctionId::print_args:
        case FunctionId::stktrace:
        case FunctionId::ptree:
        case FunctionId::print:
        case FunctionId::top:
        case FunctionId::rate:
        case FunctionId::quantize:
        case FunctionId::lquantize:
        case FunctionId::print_table:
        case FunctionId::hexdump:
            return true;
        default:
            return false;
    }
}

bool returns_list(FunctionId id) { return signature_of(id).returns_list; }

}  // namespace probevue
