// The library functions and constants of Vue: one row each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "builtins/probe.h"
#include "builtins/value_type.h"

namespace probevue {

enum class FunctionId : uint8_t {
#define FUNCTION(id, name, prototype, probes, doc) id,
#define TEST_FUNCTION(id, name, prototype, probes, doc) id,
#define READING_FUNCTION(id, name, prototype, variable, member, doc) id,
#define UNAVAILABLE_FUNCTION(id, name, reason, doc) id,
#include "builtins/functions.def"
#undef UNAVAILABLE_FUNCTION
#undef READING_FUNCTION
#undef TEST_FUNCTION
#undef FUNCTION
    end_  // one past the last
};

// What a parameter takes. The word that stands for it in a prototype is in quotes.
enum class ParameterKind : uint8_t {
    integer,          // "int": any integral value
    string,           // "String"
    literal,          // "literal": a String literal
    format,           // "format": a String literal with conversion specifiers, which the arguments behind it must fit
    list,             // "List": a list variable, or an array's element of type list
    list_or_dist,     // "List|Dist": as "List" or as "Dist"
    dist,             // "Dist": a distribution: a name alone, or an array's element of type dist_t
    distinct,         // "Distinct": a count of different values: a name alone, or an array's element of type distinct_t
    fraction,         // "fraction": a constant from 0 to 1, which becomes a number of billionths
    integer_or_list,  // "int|List"
    integer_or_string,  // "int|String"
    array,              // "Array": the name of an associative array
    column,             // "column": as "Array", or count(), sum(), avg(), min(), max() of one that holds lists
    element,            // "Element": an element of an associative array, a[k]; its value type is range
    key,                // "key": a value that fits the key of its dimension (the first `key` is dimension 1), or ANY
    range,              // "Range": a range variable
    timestamp,          // "timestamp": a timestamp, or a long or long long
    net_info,           // "net_info": a net_info_t variable, which is filled
    ip,                 // "ip_addr_t": an address, or a quoted one
    address,            // "address": any pointer or integral value, or a C array
    variable,           // "variable": an assignable variable of any type that has a size, which is filled
    string_variable,    // "String_variable": an assignable String variable, which is filled
    integer_variable,   // "int_variable": an assignable variable of integral type, which is filled
    constant,           // "{group}": a constant integral expression, made of the constants of the group (constants())
    any,                // "any": whatever can be printed
};

// Is the argument a variable that the function writes to?
constexpr bool is_filled(ParameterKind kind) {
    return kind == ParameterKind::variable || kind == ParameterKind::string_variable ||
           kind == ParameterKind::integer_variable || kind == ParameterKind::net_info;
}

struct Parameter {
    ParameterKind kind = ParameterKind::any;
    std::string_view name;
    std::string_view group = {};  // `constant`: of which group
    bool optional = false;        // may be left out, with all behind it
    bool repeated = false;        // any number of them, none included; behind them only what may be left out
};

struct FunctionRow {
    FunctionId id;
    std::string_view name;
    // prototype := result " " name "(" [ parameter { ", " parameter } ] ")"
    // parameter := kind " " name          one
    //            | kind " " name "..."    any number of them (behind them only what may be left out)
    //            | "[" kind " " name "]"  may be left out, with all behind it; a literal alone, as it is told from them
    // kind      := a word of ParameterKind, or "{" group of constants "}"
    // result    := "void" | "int" | "long long" | "unsigned long long" | "unsigned short" | "unsigned int" | "String["
    // length "]"
    //            | "probev_timestamp_t" | "stktrace_t" | "path_t" | "ip_addr_t" | "List"
    // Empty when the function is unavailable.
    std::string_view prototype;
    ProbeSet probes;  // where it may be called
    std::string_view doc;
    std::string_view unavailable = {};  // why it can never be had on Linux; named in the error
    bool in_predicates = false;         // may stand in a predicate
    // The built-in variable whose places it shares: it may be called where that may be read. Empty: everywhere in
    // `probes`.
    std::string_view variable = {};
    std::string_view member = {};
};

std::span<const FunctionRow> functions();
const FunctionRow& function(FunctionId id);
const FunctionRow* find_function(std::string_view name);

// The prototype, parsed. The span lives as long as the program.
std::span<const Parameter> parameters(FunctionId id);
// The type of the result; kind `none` for void, and for the one function whose result is a list.
ValueType result_type(FunctionId id);
// Is the result a list (`list()`)?
bool returns_list(FunctionId id);

// Does it write trace output by itself?
bool prints(FunctionId id);

// Bits of the constants of group "print_flags". They lie above any number of elements, so that flags that stand where
// the number may stand are told from it by value.
enum class PrintFlag : int64_t {
    ascending = int64_t{1} << 32,
    descending = int64_t{1} << 33,
    by_key = int64_t{1} << 34,
    by_value = int64_t{1} << 35,
    list_count = int64_t{1} << 36,  // the value of a list that is printed; several may be asked for
    list_sum = int64_t{1} << 37,
    list_avg = int64_t{1} << 38,
    list_min = int64_t{1} << 39,
    list_max = int64_t{1} << 40,
    hexadecimal = int64_t{1} << 41,  // keys that are integers
    folded = int64_t{1} << 42,       // for flame graphs
};

// Bits of the constants of group "stack_flags" (stktrace).
enum class StackFlag : int64_t {
    print_symbols = 1,
    user_trace = 2,   // the stack in user mode too
    all_threads = 4,  // of the process
    functions = 8,    // where functions begin, so that stacks through the same ones are equal
};

// Values of the constants of group "range_kind" (set_range).
enum class RangeKind : int64_t { linear = 1, power = 2 };

// Constants of group "time_unit" (diff_time) have the number of nanoseconds of a unit as their values.

struct ConstantRow {
    std::string_view name;
    int64_t value;
    std::string_view
        group;  // "TH_", "TCPS_", "time_unit": for listings, did-you-mean and parameters of kind `constant`
    std::string_view doc;
    std::string_view right = {};  // a misprint of the AIX documents: the right spelling
};

std::span<const ConstantRow> constants();
// A constant that may stand in any expression; null when there is none. Names of attributes (PID, SIZE, ...: the groups
// that end in "_attribute") are so common that they are no words of the language: they are found only in their group.
const ConstantRow* find_constant(std::string_view name);
// A constant of one group: for arguments of parameters of kind `constant`.
const ConstantRow* find_constant(std::string_view name, std::string_view group);

// Names of Vue's own types as they stand in declarations ("String", "ip_addr_t", "__list", ...).
struct TypeNameRow {
    std::string_view name;
    std::string_view doc;
};
std::span<const TypeNameRow> type_names();
const TypeNameRow* find_type_name(std::string_view name);

}  // namespace probevue
