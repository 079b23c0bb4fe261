// Layouts that the compiler writes down and sinks read: printf records, keys and values of associative arrays.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "builtins/value_type.h"

namespace probevue {

// Position in the script, both from 1; 0 when there is none.
struct SourcePosition {
    uint32_t line = 0;
    uint32_t column = 0;
};

// How the bytes of one field are to be read. Integers, mac, timestamp, path and stack take 8 bytes (canonical: extended
// to 64 bits by their own signedness), floating 8 (a double), ip 24 (IpAddress), string `size` NUL-padded bytes, bytes
// `size` raw bytes, list 32 (ListValue); range, dist and distinct 8: a handle (runtime/values/handle_table.h).
enum class FieldKind : uint8_t {
    integer,
    floating,
    string,
    mac,
    ip,
    timestamp,
    path,
    stack,
    bytes,
    list,
    range,
    dist,
    distinct,
};

struct RecordField {
    FieldKind kind = FieldKind::integer;
    uint32_t offset = 0;    // bytes from the start of the payload; a multiple of 8
    uint32_t size = 8;      // bytes
    uint8_t width = 8;      // integers: bytes of the C type
    bool is_signed = true;  // integers
    // Of a number; of lists and distributions that of what they gather. No field of printf has one.
    Unit unit = Unit::none;
};

// A list as it lies in memory (`__list`): what its aggregates need, and no more.
struct ListValue {
    int64_t count = 0;
    int64_t sum = 0;
    int64_t min = 0;
    int64_t max = 0;
};

// One conversion of a format with the literal text before it. conversion 0: only text (the last piece).
struct FormatPiece {
    std::string literal;
    char conversion = 0;     // d u x X o c s f e g E G F p M I H A W t T
    bool left = false;       // '-'
    bool plus = false;       // '+'
    bool space = false;      // ' '
    bool alternate = false;  // '#'
    bool zero = false;       // '0'
    int width = -1;          // -1: none
    int precision = -1;      // -1: none
    uint8_t bytes = 4;   // integers: the size that is printed: the modifier's, or the argument's when that is larger
    uint32_t field = 0;  // index into RecordLayout::fields
};

enum class RecordKind : uint8_t {
    text,        // printf
    error_text,  // eprintf: to standard error
    trace,       // trace(x): one field, hexadecimal
};

// What one printf, eprintf or trace site emits.
struct RecordLayout {
    RecordKind kind = RecordKind::text;
    std::vector<FormatPiece> pieces;
    std::vector<RecordField> fields;
    std::vector<std::string> names;  // of the fields, as the script writes them; none for print_table()
    uint32_t size = 0;               // bytes of the payload
    SourcePosition position;
};

// Options of print(), top(), rate(), quantize(), lquantize().
struct ArrayPrintOptions {
    enum class Form : uint8_t { print, linear_bars, logarithmic_bars, rates };
    enum ListValue : uint8_t { list_count = 1, list_sum = 2, list_avg = 4, list_min = 8, list_max = 16, list_all = 31 };
    Form form = Form::print;
    uint64_t limit = 0;      // elements printed at the most; 0: all
    bool limit_set = false;  // the call says it (else set_aso_print_options' default holds)
    bool by_value = false;   // sorted by value, else by key
    bool descending = false;
    bool sort_set = false;
    uint8_t list_values = list_all;
    bool list_values_set = false;
    bool hexadecimal = false;  // keys that are integers
    bool folded = false;       // as text: stacks for flame graphs
};

// What is known of a variable besides what it holds, for who shows it by its name (compiler/sema/describe.h).
struct VariableFacts {
    bool only_grows = false;  // a number that starts at 0: the script only ever adds to it, and nothing below 0
    std::string comment;      // that stands above its declaration, or above its first use; one line, empty: none
};

// An associative array: how its keys and values lie in memory.
struct ArrayLayout {
    std::string name;
    std::vector<RecordField> keys;
    uint32_t key_size = 0;    // bytes, a multiple of 8, at least 8; padding is zero
    RecordField value;        // offset 0
    uint32_t value_size = 8;  // bytes, a multiple of 8
    // By key, the last word of what stands for it where the script uses it first: `src_addr` of `__pkt->src_addr`;
    // empty where there is none.
    std::vector<std::string> key_names = {};
    VariableFacts facts = {};
};

}  // namespace probevue
